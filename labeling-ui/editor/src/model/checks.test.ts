import assert from "node:assert/strict";
import { test } from "node:test";
import { attributesFrom, fits, missing, withValue } from "./attributes";
import { findings } from "./checks";
import { ClassList } from "./classes";
import { fromWire, toWire } from "./shape";
import { drawn, square } from "./testing";

const CLASSES = new ClassList([{ index: 1, name: "cell", color: "#ff0000", kind: "thing", attributes: [{ name: "stage", kind: "choice", options: ["a", "b"], required: true }, { name: "sure", kind: "checkbox", required: true }] }]);
const done = { attributes: { stage: "a" } };

test("a finished image has nothing to tell, and nothing is looked for that isn't switched on", () => {
  assert.deepEqual(findings([square(1, 0, 0, 10, done)], CLASSES, { unlabeled: 0.1, tiny: 50, overlap: 0.1, attributes: true }, 10, 10), []);
  assert.deepEqual(findings([square(1, 0, 0, 1), square(2, 0, 0, 1)], CLASSES, {}, 10, 10), []);
});

test("unlabeled area, tiny shapes, overlaps and missing answers are told with their objects", () => {
  const mask = { ...square(3, 0, 0, 1), geometry: { type: "mask" as const, mask: drawn("##........", ...Array.from({ length: 9 }, () => "..........")) }, ...done };
  const items = [square(1, 0, 0, 5), square(2, 2, 2, 5, done), mask];
  const found = findings(items, CLASSES, { unlabeled: 0.5, tiny: 10, overlap: 0.2, attributes: true }, 10, 10);
  assert.deepEqual(found.map(({ kind, ids }) => [kind, [...ids]]), [["unlabeled", []], ["tiny", [3]], ["overlap", [1, 2, 3]], ["attributes", [1]]]);
  assert.match(found[0]?.text ?? "", /^59 % of the image has no label/);
  assert.match(found[2]?.text ?? "", /^2 pairs/);
});

test("void is no overlap", () => {
  assert.deepEqual(findings([square(1, 0, 0, 5), square(2, 0, 0, 5, { class: 255 })], CLASSES, { overlap: 0.1 }, 10, 10), []);
});

test("attributes fit their question, and travel with the shape", () => {
  assert.ok(fits({ name: "n", kind: "number", min: 0, max: 5 }, 5) && !fits({ name: "n", kind: "number", max: 5 }, 6) && !fits({ name: "n", kind: "number" }, NaN));
  assert.ok(fits({ name: "t", kind: "text", max_length: 2 }, "ab") && !fits({ name: "t", kind: "text", max_length: 2 }, "abc"));
  assert.deepEqual(missing([{ name: "t", kind: "text", required: true }], { t: "" }), ["t"]);
  assert.equal(withValue({ a: 1 }, "a", null), undefined);
  assert.deepEqual(withValue({ a: 1 }, "b", true), { a: 1, b: true });
  assert.deepEqual(attributesFrom({ a: 1, b: "x", c: [1], d: null, e: Infinity }), { a: 1, b: "x" });
  const item = square(1, 0, 0, 5, { attributes: { stage: "b", n: 3 } });
  assert.deepEqual(fromWire(toWire(item), 1, 10, 10)?.attributes, { stage: "b", n: 3 });
  assert.equal("attributes" in toWire(square(1, 0, 0, 5)), false);
});
