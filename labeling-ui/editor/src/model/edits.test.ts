import assert from "node:assert/strict";
import test from "node:test";
import { LabelDocument } from "./document";
import { clampMove, convert, cornersOf, cutHole, deleteSelected, insertPoint, maskOf, movedTogether, movePoints, nudge, reorder, setClass, tidy, toggle, withoutPoints } from "./edits";
import type { Item } from "./shape";
import { drawn, square } from "./testing";

const opened = (...items: Item[]) => LabelDocument.fresh(40, 30, { items, suggestions: [] }, () => 0);
const order = (doc: LabelDocument) => doc.items.value.map(({ id }) => id);

test("points stay on the grid and inside the image", () => {
  assert.deepEqual(tidy([3.07, -2], 40, 30), [3.125, 0]);
  assert.deepEqual(tidy([99, 29.99], 40, 30), [40, 30]);
});

test("a hole is cut only where it lies wholly within the object and around no other hole", () => {
  const doc = opened(square(1, 0, 0, 20));
  const item = () => doc.find(1) ?? square(1, 0, 0, 20);
  assert.equal(cutHole(doc, item(), [[5, 5], [9, 5], [9, 9]]), "cut");
  assert.equal(cutHole(doc, item(), [[15, 15], [25, 15], [15, 18]]), "crosses");
  assert.equal(cutHole(doc, item(), [[2, 2], [18, 2], [18, 18], [2, 18]]), "crosses");
  assert.equal(cutHole(doc, item(), [[30, 5], [35, 5], [35, 9]]), "outside");
  assert.equal(cutHole(doc, square(2, 0, 0, 9, { geometry: { type: "tag" } }), [[1, 1], [2, 1], [2, 2]]), "outside");
  const { geometry } = item();
  assert.equal(geometry.type === "polygon" && geometry.parts[0]?.holes.length, 1);
});

test("a box follows its corners, may turn over, and never becomes a line", () => {
  const box = square(1, 0, 0, 1, { geometry: { type: "box", box: [10, 10, 20, 20] } });
  const moved = (corner: number, dx: number, dy: number) => {
    const { geometry } = movePoints(box, [{ ring: 0, point: corner }], dx, dy, 40, 30);
    return geometry.type === "box" && geometry.box;
  };
  assert.deepEqual(cornersOf([10, 10, 20, 20]), [[10, 10], [20, 10], [20, 20], [10, 20]]);
  assert.deepEqual(moved(0, -2, 3), [8, 13, 20, 20]);
  assert.deepEqual(moved(1, 5, -5), [10, 5, 25, 20]);
  assert.deepEqual(moved(2, -15, 1), [5, 10, 10, 21]);
  assert.deepEqual(moved(3, -50, 50), [0, 10, 20, 30]);
  assert.deepEqual(moved(2, -10, 0), [10, 10, 20, 20]);
  const tag = square(2, 0, 0, 1, { geometry: { type: "tag" } });
  assert.equal(movePoints(tag, [{ ring: 0, point: 0 }], 1, 1, 40, 30), tag);
  assert.equal(insertPoint(tag, 0, 0, [1, 1]), tag);
  assert.equal(withoutPoints(tag, []), tag);
});

test("points are put in and taken out; a ring of two points is none", () => {
  const item = square(1, 0, 0, 10);
  const more = insertPoint(item, 0, 1, [5, 0]);
  assert.deepEqual(more.geometry.type === "polygon" && more.geometry.parts[0]?.outer[1], [5, 0]);
  assert.equal(withoutPoints(item, [{ ring: 0, point: 0 }, { ring: 0, point: 1 }]), null);
});

test("neighbours move a shared point together, and only if they should", () => {
  const doc = opened(square(1, 0, 0, 10), square(2, 10, 0, 10));
  const [one] = doc.items.value;
  assert.ok(one);
  const both = movedTogether(doc, one, [{ ring: 0, point: 1 }], 1, 2, true);
  const { geometry } = both.get(2) ?? one;
  assert.deepEqual(geometry.type === "polygon" && geometry.parts[0]?.outer[0], [11, 2]);
  assert.deepEqual([...movedTogether(doc, one, [{ ring: 0, point: 1 }], 1, 2, false).keys()], [1]);
});

test("arrow keys move objects up to the image's edge, and single points", () => {
  const doc = opened(square(1, 2, 2, 10), square(2, 20, 20, 5, { locked: true }));
  doc.select([1, 2]);
  nudge(doc, -5, 0);
  const outer = (id: number) => {
    const geometry = doc.find(id)?.geometry;
    return geometry?.type === "polygon" ? geometry.parts[0]?.outer[0] : null;
  };
  assert.deepEqual([outer(1), outer(2)], [[0, 2], [20, 20]]);
  doc.select([1]);
  doc.points.value = [{ ring: 0, point: 0 }];
  nudge(doc, 3, 0);
  assert.deepEqual(outer(1), [3, 2]);
  doc.select([2]);
  nudge(doc, 1, 1);
  assert.deepEqual(outer(2), [20, 20]);
  assert.ok(clampMove([square(1, 30, 0, 10)], 5, -5, 40, 30).every((by) => by === 0));
});

test("deleting takes points before objects, and says how many locked ones stayed", () => {
  const doc = opened(square(1, 0, 0, 10), square(2, 20, 0, 5, { locked: true }));
  doc.select([1]);
  doc.points.value = [{ ring: 0, point: 2 }];
  assert.equal(deleteSelected(doc), 0);
  const left = doc.find(1)?.geometry;
  assert.equal(left?.type === "polygon" && left.parts[0]?.outer.length, 3);
  doc.select([2]);
  doc.points.value = [{ ring: 0, point: 0 }];
  assert.equal(deleteSelected(doc), 1);
  doc.points.value = [];
  doc.select([1, 2]);
  assert.equal(deleteSelected(doc), 1);
  assert.deepEqual(order(doc), [2]);
});

test("the order of painting changes by one place or to its end, for several at once", () => {
  const doc = opened(...[1, 2, 3, 4].map((id) => square(id, id, id, 2)));
  const after = (ids: number[], where: "up" | "down" | "top" | "bottom") => {
    doc.select(ids);
    reorder(doc, where);
    return order(doc);
  };
  assert.deepEqual(after([1], "up"), [2, 1, 3, 4]);
  assert.deepEqual(after([1, 3], "up"), [2, 4, 1, 3]);
  assert.deepEqual(after([1, 3], "down"), [2, 1, 3, 4]);
  assert.deepEqual(after([2], "down"), [2, 1, 3, 4]);
  assert.deepEqual(after([2, 3], "top"), [1, 4, 2, 3]);
  assert.deepEqual(after([3], "bottom"), [3, 1, 4, 2]);
});

test("classes, locks and visibility change for what is selected, locked objects apart", () => {
  const doc = opened(square(1, 0, 0, 4, { instance: 5, confidence: 0.4 }), square(2, 5, 5, 4, { locked: true }));
  doc.select([1, 2]);
  assert.ok(setClass(doc, 3, true));
  assert.deepEqual([doc.find(1)?.class, doc.find(1)?.instance, doc.find(1)?.confidence, doc.find(2)?.class], [3, 5, null, 1]);
  assert.ok(setClass(doc, 4, false));
  assert.equal(doc.find(1)?.instance, null);
  assert.ok(!setClass(doc, 4, false));
  toggle(doc, doc.items.value, "hidden");
  assert.ok(doc.items.value.every(({ hidden }) => hidden));
  toggle(doc, doc.items.value, "hidden");
  assert.ok(doc.items.value.every(({ hidden }) => !hidden));
  toggle(doc, doc.items.value, "locked");
  assert.ok(doc.items.value.every(({ locked }) => locked));
});

test("outlines become masks and masks outlines with the same pixels; other shapes stay", () => {
  const blob = drawn(...Array.from({ length: 30 }, (_, y) => Array.from({ length: 40 }, (_, x) => ((x - 20) ** 2 + (y - 15) ** 2 < 64 ? "#" : ".")).join("")));
  const doc = opened(square(1, 0, 0, 1, { geometry: { type: "mask", mask: blob } }), square(2, 0, 0, 1, { geometry: { type: "point", point: [3, 3] } }));
  doc.select([1, 2]);
  assert.equal(convert(doc), "polygons");
  const outline = doc.find(1)?.geometry;
  assert.equal(outline?.type, "polygon");
  assert.deepEqual([...(outline && maskOf(outline, 40, 30))?.runs ?? []], [...blob.runs]);
  assert.equal(convert(doc), "masks");
  assert.deepEqual(doc.find(1)?.geometry, { type: "mask", mask: blob });
  doc.select([2]);
  assert.equal(convert(doc), "nothing");
  assert.equal(maskOf({ type: "tag" }, 40, 30), null);
});
