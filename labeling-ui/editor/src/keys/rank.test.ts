import assert from "node:assert/strict";
import { test } from "node:test";
import { rank } from "./rank";

const ALL = ["Undo", "Redo", "Zoom to the selection", "Zoom in", "Turn the view by 90°", "核", "خلية نواة"];
const find = (query: string) => rank(ALL, query, (text) => text);

test("whole words first, then letters in order, and nothing for what isn't there", () => {
  assert.equal(find("zoom")[0], "Zoom in");
  assert.equal(find("sel")[0], "Zoom to the selection");
  assert.equal(find("zts")[0], "Zoom to the selection");
  assert.equal(find("turn 90")[0], "Turn the view by 90°");
  assert.deepEqual(find("xyzzy"), []);
  assert.deepEqual(find(" "), ALL);
});

test("any script can be searched", () => {
  assert.deepEqual(find("核"), ["核"]);
  assert.deepEqual(find("نواة"), ["خلية نواة"]);
});
