import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../model/testing";
import { Space } from "./pool";

test("stretches never overlap, and what was given back is used again", () => {
  const next = random(5);
  const space = new Space();
  const held: { at: number; length: number }[] = [];
  for (let i = 0; i < 3000; i++) {
    if (held.length > 0 && next() < 0.48) {
      const [gone] = held.splice(Math.floor(next() * held.length), 1);
      if (gone) space.give(gone);
    } else held.push(space.take(1 + Math.floor(next() * 60)));
    const sorted = [...held].sort((a, b) => a.at - b.at);
    sorted.forEach((stretch, k) => assert.ok(k === 0 || stretch.at >= (sorted[k - 1]?.at ?? 0) + (sorted[k - 1]?.length ?? 0)));
    const used = held.reduce((sum, { length }) => sum + length, 0);
    assert.equal(space.end, used + space.unused, "every record is either used or free");
  }
  for (const stretch of held) space.give(stretch);
  assert.equal(space.end, 0);
});
