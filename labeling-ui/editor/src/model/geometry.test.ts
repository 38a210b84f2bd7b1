import assert from "node:assert/strict";
import test from "node:test";
import { type Point, type Ring, boundsOfRings, contains, distance, grow, intersect, isEmpty, join, mapRings, nearestEdge, nearestOnSegment, nearestPoint, NOWHERE, ringsCross, signedArea2, simplify, spacing } from "./geometry";
import { random } from "./testing";

const outer: Ring = [[0, 0], [10, 0], [10, 10], [0, 10]];
const hole: Ring = [[4, 4], [6, 4], [6, 6], [4, 6]];

test("rectangles join, meet and grow; nowhere adds nothing", () => {
  const [a, b] = [{ x0: 0, y0: 0, x1: 4, y1: 4 }, { x0: 2, y0: 1, x1: 9, y1: 3 }];
  assert.deepEqual(join(a, b), { x0: 0, y0: 0, x1: 9, y1: 4 });
  assert.deepEqual(join(a, NOWHERE), a);
  assert.deepEqual(intersect(a, b), { x0: 2, y0: 1, x1: 4, y1: 3 });
  assert.deepEqual(grow(a, 2), { x0: -2, y0: -2, x1: 6, y1: 6 });
  assert.ok(isEmpty(NOWHERE) && isEmpty(intersect(a, { x0: 5, y0: 0, x1: 9, y1: 9 })) && !isEmpty(a));
  assert.deepEqual(boundsOfRings([hole, [[1, 7]]]), { x0: 1, y0: 4, x1: 6, y1: 7 });
});

test("an outline that goes takes its holes along; a hole goes alone", () => {
  const parts = [{ outer, holes: [hole] }, { outer: hole, holes: [] }];
  assert.deepEqual(mapRings(parts, (ring, index) => (index === 0 ? null : ring)), [{ outer: hole, holes: [] }]);
  assert.deepEqual(mapRings(parts, (ring, index) => (index === 1 ? null : ring)), [{ outer, holes: [] }, { outer: hole, holes: [] }]);
});

test("areas have a sign for their way round, and holes are outside", () => {
  assert.equal(signedArea2(outer), 200);
  assert.equal(signedArea2([...outer].reverse()), -200);
  assert.equal(signedArea2([]), 0);
  assert.ok(contains([outer, hole], 1, 1) && !contains([outer, hole], 5, 5) && !contains([outer], 11, 5));
});

test("the nearest place of a segment is never farther than any other of it", () => {
  const next = random(3);
  const place = (): Point => [20 * next(), 20 * next()];
  for (let round = 0; round < 500; round++) {
    const [p, a, b] = [place(), place(), place()];
    const least = distance(p, nearestOnSegment(p, a, b));
    for (let t = 0; t <= 1; t += 0.05) assert.ok(least <= distance(p, [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]) + 1e-9);
  }
  assert.deepEqual(nearestOnSegment([3, 4], [1, 1], [1, 1]), [1, 1]);
});

test("points and edges are found within reach only, the nearest of all rings", () => {
  assert.deepEqual(nearestEdge([outer, hole], [5, 3.5], 2), { ring: 1, before: 1, at: [5, 4], distance: 0.5 });
  assert.deepEqual(nearestEdge([outer, hole], [-1, 9], 2), { ring: 0, before: 0, at: [0, 9], distance: 1 });
  assert.equal(nearestEdge([outer, hole], [2, 2], 1), null);
  assert.deepEqual(nearestPoint([outer, hole], [6.5, 6], 2), { ring: 1, point: 2, distance: 0.5 });
  assert.equal(nearestPoint([outer, hole], [2, 2], 1), null);
  assert.equal(spacing([outer, hole]), 6);
  assert.equal(spacing([]), 0);
});

test("rings that cross are told from those that touch or lie apart", () => {
  assert.ok(ringsCross(outer, [[5, 5], [15, 5], [15, 7]]));
  assert.ok(!ringsCross(outer, hole));
  assert.ok(!ringsCross(outer, [[10, 0], [20, 0], [20, 10], [10, 10]]));
});

test("a simplified line keeps its ends and stays within its tolerance of every point it dropped", () => {
  const next = random(11);
  for (let round = 0; round < 100; round++) {
    const line = Array.from({ length: 2 + Math.floor(40 * next()) }, (_, i): Point => [i, 6 * next()]);
    const tolerance = 3 * next();
    const kept = simplify(line, tolerance);
    assert.deepEqual([kept[0], kept.at(-1)], [line[0], line.at(-1)]);
    for (const p of line) {
      const away = kept.slice(1).map((b, i) => distance(p, nearestOnSegment(p, kept[i] ?? b, b)));
      assert.ok(Math.min(...away) <= tolerance + 1e-9);
    }
  }
});
