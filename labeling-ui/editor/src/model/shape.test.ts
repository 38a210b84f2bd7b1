import assert from "node:assert/strict";
import test from "node:test";
import { covers, HitIndex } from "./hit";
import { type Geometry, type Item, boundsOf, describe, fromWire, pixelArea, toWire, translate, weight } from "./shape";
import { drawn, square } from "./testing";

const mask = drawn("....", ".##.", ".#..", "....");
const geometries: Geometry[] = [
  { type: "polygon", parts: [{ outer: [[0, 0], [4, 0], [4, 4], [0, 4]], holes: [[[1, 1], [2, 1], [2, 2]]] }] },
  { type: "mask", mask },
  { type: "box", box: [1, 1, 3, 2] },
  { type: "point", point: [2, 3] },
  { type: "tag" },
];
const items = geometries.map((geometry, i): Item => square(i + 1, 0, 0, 1, { geometry, class: 2, ...(i === 0 ? { instance: 3, confidence: 0.5, attributes: { stage: "late" } } : {}) }));

test("every kind of shape survives the way to the server and back", () => {
  for (const item of items) assert.deepEqual(fromWire(JSON.parse(JSON.stringify(toWire(item))), item.id, 4, 4), item);
});

test("shapes that make no sense are left out", () => {
  const bad = [
    { class: 1, type: "polygon", parts: [{ outer: [[0, 0], [1, 1]] }] },
    { class: 1, type: "polygon", parts: [{ outer: [[0, 0], [1, NaN], [2, 2]] }] },
    { class: 1, type: "mask", size: [4, 4], counts: [3] },
    { class: 1, type: "mask", size: [2, 2], counts: [4] },
    { class: 1, type: "box", box: [0, 0, Infinity, 1] },
    { class: 1, type: "point", point: [NaN, 1] },
    { class: 1, type: "spiral" },
    { class: 0, type: "tag" },
    { class: 1.5, type: "tag" },
    { class: 256, type: "tag" },
  ];
  for (const shape of bad) assert.equal(fromWire(shape as never, 1, 4, 4), null, JSON.stringify(shape));
});

test("bounds, areas and words of each kind", () => {
  assert.deepEqual(geometries.slice(0, 4).map(boundsOf), [{ x0: 0, y0: 0, x1: 4, y1: 4 }, { x0: 1, y0: 1, x1: 3, y1: 3 }, { x0: 1, y0: 1, x1: 3, y1: 2 }, { x0: 2, y0: 3, x1: 2, y1: 3 }]);
  assert.equal(boundsOf({ type: "tag" }).x0, Infinity);
  assert.deepEqual(geometries.map((geometry) => pixelArea(geometry, 4, 4)), [15, 3, 0, 0, 0]);
  assert.deepEqual(geometries.map(describe), ["1 hole", "mask", "box", "point", "tag"]);
  assert.equal(describe(square(1, 0, 0, 2).geometry), "4 pts");
  const two = [...(geometries[0]?.type === "polygon" ? geometries[0].parts : [])];
  assert.equal(describe({ type: "polygon", parts: [...two, ...two] }), "2 holes");
  assert.ok(items.every((item) => weight(item) >= 100) && weight(items[0] ?? square(0, 0, 0, 1)) > 100 + 7 * 16);
});

test("moved shapes are where they were sent, masks by whole pixels", () => {
  for (const geometry of geometries.slice(0, 4)) {
    const [before, after] = [boundsOf(geometry), boundsOf(translate(geometry, 1, 0.75))];
    assert.deepEqual(after, { x0: before.x0 + 1, y0: before.y0 + (geometry.type === "mask" ? 1 : 0.75), x1: before.x1 + 1, y1: before.y1 + (geometry.type === "mask" ? 1 : 0.75) });
  }
  assert.deepEqual(translate({ type: "tag" }, 3, 3), { type: "tag" });
});

test("what lies under the pointer: areas by their pixels, boxes and points within reach, tags never", () => {
  assert.deepEqual(geometries.map((geometry) => covers(geometry, [2.5, 1.5], 0)), [true, true, true, false, false]);
  assert.deepEqual(geometries.map((geometry) => covers(geometry, [2.5, 3.4], 0.7)), [true, false, false, true, false]);
  const index = new HitIndex([...items, square(9, 0, 0, 4, { hidden: true })]);
  assert.deepEqual(index.at([2.5, 1.5], 0).map(({ id }) => id), [3, 2, 1]);
  assert.deepEqual(index.within({ x0: 0.5, y0: 0.5, x1: 3.5, y1: 3.5 }).map(({ id }) => id), [2, 3, 4]);
  assert.deepEqual(index.within({ x0: 1, y0: 1, x1: 1, y1: 1 }), []);
  assert.deepEqual(index.near([2, 3.4], 0.3).map(({ id }) => id).sort(), [1]);
  assert.deepEqual(index.near([2, 3.4], 0.5).map(({ id }) => id).sort(), [1, 2, 4]);
  assert.deepEqual(new HitIndex([]).at([1, 1], 5), []);
});
