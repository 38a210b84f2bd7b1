import assert from "node:assert/strict";
import test from "node:test";
import { TwoFingers } from "./gesture";

test("two fingers spread and move; one or three do neither", () => {
  const fingers = new TwoFingers();
  assert.equal(fingers.down(1, [0, 0]), false);
  assert.equal(fingers.move(1, [0, 10]), null);
  assert.equal(fingers.down(2, [100, 10]), true);
  assert.deepEqual(fingers.move(2, [200, 10]), { at: [100, 10], moved: [50, 0], spread: 2 });
  assert.deepEqual(fingers.move(1, [0, 30])?.moved, [0, 10]);
  assert.equal(fingers.down(3, [5, 5]), false);
  assert.equal(fingers.move(3, [9, 9]), null);
  assert.equal(fingers.move(99, [9, 9]), null);
  assert.equal(fingers.up(3), false);
  assert.ok(fingers.move(1, [0, 40]));
  assert.equal(fingers.up(1), false);
  assert.equal(fingers.up(2), true);
});
