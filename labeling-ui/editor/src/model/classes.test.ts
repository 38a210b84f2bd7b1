import assert from "node:assert/strict";
import test from "node:test";
import { ClassList, rgb } from "./classes";
import { square } from "./testing";

const list = new ClassList([{ index: 0, name: "background", color: "#000000", kind: "stuff" }, ...[7, 3, 5].map((index) => ({ index, name: `kind ${index}`, color: "#10ff80", kind: index === 5 ? "stuff" as const : "thing" as const }))]);

test("classes have the keys of their order, void has 0, and background none", () => {
  assert.deepEqual(list.all.map(({ index }) => index), [7, 3, 5, 255]);
  assert.deepEqual([1, 2, 3, 4, 0].map((digit) => list.forDigit(digit)?.index ?? null), [7, 3, 5, null, 255]);
  assert.deepEqual([7, 3, 5, 255, 9].map((index) => list.digitOf(index)), ["1", "2", "3", "0", ""]);
  assert.ok(list.has(3) && list.has(255) && !list.has(0));
  const many = new ClassList(Array.from({ length: 12 }, (_, i) => ({ index: i + 1, name: `${i}`, color: "#000000", kind: "thing" as const })));
  assert.deepEqual([many.digitOf(9), many.digitOf(10)], ["9", ""]);
});

test("objects are named by class and number, areas by class; an unknown class has a name too", () => {
  assert.equal(list.nameOf(square(4, 0, 0, 1, { class: 7, instance: 29 })), "kind 7 29");
  assert.equal(list.nameOf(square(4, 0, 0, 1, { class: 7 })), "kind 7 4");
  assert.equal(list.nameOf(square(4, 0, 0, 1, { class: 5, instance: 2 })), "kind 5");
  assert.equal(list.get(99).name, "class 99");
});

test("colours that can't be read are gray", () => {
  assert.deepEqual(rgb("#10fF80"), [16, 255, 128]);
  assert.deepEqual(rgb("red"), [146, 152, 164]);
});
