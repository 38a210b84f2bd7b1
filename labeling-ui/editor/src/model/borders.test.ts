import assert from "node:assert/strict";
import test from "node:test";
import { type Anchor, edgeSharers, sharers, traceBorder, withTouchPoints } from "./borders";
import type { Point } from "./geometry";
import { square } from "./testing";

const ring: Point[] = [[0, 0], [10, 0], [10, 10], [0, 10]];
const corner = (index: number): Anchor => ({ item: 1, ring: 0, index, at: ring[index] ?? [0, 0], on: "point" });
const edge = (index: number, at: Point): Anchor => ({ item: 1, ring: 0, index, at, on: "edge" });

test("a border is traced the shorter way round, between corners and places on edges", () => {
  assert.deepEqual(traceBorder(ring, corner(0), corner(2)), [[10, 0]]);
  assert.deepEqual(traceBorder(ring, corner(0), corner(1)), []);
  assert.deepEqual(traceBorder(ring, corner(1), corner(0)), []);
  assert.deepEqual(traceBorder(ring, corner(0), corner(3)), []);
  assert.deepEqual(traceBorder(ring, edge(0, [7, 0]), edge(1, [10, 5])), [[10, 0]]);
  assert.deepEqual(traceBorder(ring, edge(1, [10, 5]), edge(0, [7, 0])), [[10, 0]]);
  assert.deepEqual(traceBorder(ring, edge(0, [2, 0]), edge(0, [8, 0])), []);
  assert.deepEqual(traceBorder(ring, edge(0, [8, 0]), edge(0, [2, 0])), []);
  assert.deepEqual(traceBorder(ring, edge(0, [1, 0]), edge(2, [1, 10])), [[0, 0], [0, 10]]);
  assert.deepEqual(traceBorder(ring, edge(2, [1, 10]), edge(0, [1, 0])), [[0, 10], [0, 0]]);
  assert.deepEqual(traceBorder(ring, edge(0, [9, 0]), edge(2, [9, 10])), [[10, 0], [10, 10]]);
  assert.deepEqual(traceBorder(ring, corner(3), edge(0, [4, 0])), [[0, 0]]);
  assert.deepEqual(traceBorder(ring, corner(2), corner(2)), []);
});

test("points in one place are found together, those of locked and hidden shapes not", () => {
  const items = [square(1, 0, 0, 10), square(2, 10, 0, 10), square(3, 10, 10, 10, { locked: true }), square(4, 0, 10, 10), { ...square(5, 0, 0, 1), geometry: { type: "tag" } as const }];
  const [first] = items;
  assert.ok(first);
  assert.deepEqual([...sharers(items, first, [{ ring: 0, point: 2 }])], [[2, [{ ring: 0, point: 3 }]], [4, [{ ring: 0, point: 1 }]]]);
  assert.equal(sharers(items, items[4] ?? first, []).size, 0);
  assert.deepEqual([...edgeSharers(items, 1, [10, 0], [10, 10])], [[2, { ring: 0, before: 0 }]]);
});

test("a neighbour gets the point where a new outline touches its edge, once", () => {
  const items = [square(1, 0, 0, 10), square(2, 20, 0, 10, { locked: true })];
  const made = withTouchPoints(items, [edge(0, [4, 0]), edge(0, [7, 0]), edge(0, [4, 0]), corner(1), { ...edge(3, [20, 5]), item: 2 }]);
  assert.deepEqual([...made.keys()], [1]);
  const { geometry } = made.get(1) ?? square(0, 0, 0, 1);
  assert.deepEqual(geometry.type === "polygon" && geometry.parts[0]?.outer, [[0, 0], [4, 0], [7, 0], [10, 0], [10, 10], [0, 10]]);
});
