import assert from "node:assert/strict";
import test from "node:test";
import { combineParts, onGrid, strokeParts, untangle } from "./booleans";
import { type CombineOp, combineGeometry, coverOf, cutGeometry, cutItems, fillItems, joinItems, keptApart, paintPolygon, partsOf, withoutHoles } from "./combine";
import { crossesItself, cutPart } from "./cut";
import { LabelDocument } from "./document";
import { type Part, type Point, nearestEdge, ringsOf, signedArea2 } from "./geometry";
import { combineMasks } from "./mask_ops";
import { rasterize } from "./rasterize";
import { type Mask, encode, forEachRun, maskArea } from "./runs";
import { type Geometry, type Item, pixelArea } from "./shape";
import { countPoints, sharedPoints, simplifyParts } from "./simplify";
import { drawn, random, randomMask, square } from "./testing";

const SIDE = 64;
const open = (items: Item[]) => LabelDocument.fresh(SIDE, SIDE, { items, suggestions: [] }, () => 0);
const pixels = (parts: readonly Part[]) => rasterize(ringsOf(parts), SIDE, SIDE);
const box = (x0: number, y0: number, x1: number, y1: number): Part => ({ outer: [[x0, y0], [x1, y0], [x1, y1], [x0, y1]], holes: [] });
const polygon = (...parts: Part[]): Geometry & { type: "polygon" } => ({ type: "polygon", parts });
const area = (geometry: Geometry | null) => (geometry ? pixelArea(geometry, SIDE, SIDE) : 0);

function star(next: () => number, corners: number): Part {
  const [cx, cy] = [16 + 32 * next(), 16 + 32 * next()];
  const outer = Array.from({ length: corners }, (_, i): Point => {
    const [a, r] = [(2 * Math.PI * i) / corners, 6 + 14 * next()];
    return [Math.round((cx + r * Math.cos(a)) * 8) / 8, Math.round((cy + r * Math.sin(a)) * 8) / 8];
  });
  return { outer, holes: [] };
}

/** Pixels that differ, apart from those whose centre is next to an outline, where rounding decides. */
function differing(a: Mask, b: Mask): number {
  return maskArea(combineMasks("xor", a, b));
}

test("polygons are joined as their pixels are", () => {
  const next = random(17);
  let compared = 0;
  for (let i = 0; i < 400; i++) {
    const [a, b] = [[star(next, 3 + Math.floor(next() * 12))], [star(next, 3 + Math.floor(next() * 12))]];
    for (const op of ["union", "subtract", "intersect"] as const) {
      const wrong = combineMasks("xor", pixels(combineParts(op, a, b)), combineMasks(op, pixels(a), pixels(b)));
      compared++;
      // New corners move by up to 1/512 pixel, so only a centre on a line itself may change sides.
      forEachRun(wrong, (start, end) => {
        for (let p = start; p < end; p++) assert.ok(nearestEdge(ringsOf([...a, ...b]), [(p % SIDE) + 0.5, Math.floor(p / SIDE) + 0.5], 1 / 256), `${op} ${i}`);
      });
    }
  }
  assert.equal(compared, 1200);
});

test("points that are there already stay exactly where they are", () => {
  const a = box(2.125, 3, 20.875, 20);
  const joined = combineParts("union", [a], [box(10, 10, 30, 30)]);
  const corners = new Set(joined[0]?.outer.map((p) => p.join()));
  for (const p of [[2.125, 3], [20.875, 3], [30, 10], [30, 30], [2.125, 20]]) assert.ok(corners.has(p.join()), p.join());
});

test("subtracting leaves holes and islands as they should be", () => {
  const ring = combineParts("subtract", [box(0, 0, 30, 30)], [box(5, 5, 25, 25)]);
  assert.deepEqual([ring.length, ring[0]?.holes.length], [1, 1]);
  const island = combineParts("union", ring, [box(10, 10, 20, 20)]);
  assert.equal(island.length, 2);
  assert.equal(maskArea(pixels(island)), 900 - 400 + 100);
  assert.equal(combineParts("subtract", [box(5, 5, 9, 9)], [box(0, 0, 30, 30)]).length, 0);
  assert.equal(untangle([{ outer: [[0, 0], [8, 8], [8, 0], [0, 8]], holes: [] }]).length, 2);
});

test("a stroke covers what the round tip passed", () => {
  const dot = strokeParts([{ at: [32, 32], size: 20 }]);
  assert.ok(Math.abs(maskArea(pixels(dot)) - Math.PI * 100) < 8);
  const line = strokeParts([{ at: [10, 32], size: 8 }, { at: [50, 32], size: 8 }]);
  assert.ok(Math.abs(maskArea(pixels(line)) - (40 * 8 + Math.PI * 16)) < 8);
  const pen = strokeParts([{ at: [10, 32], size: 4 }, { at: [50, 32], size: 12 }]);
  assert.ok(Math.abs(maskArea(pixels(pen)) - (40 * 8 + Math.PI * 20)) < 16);
  assert.deepEqual(strokeParts([]), []);
});

test("the brush and the eraser leave a polygon a polygon", () => {
  const shape = polygon(box(10, 10, 40, 40));
  const stroke = strokeParts([{ at: [40, 25], size: 10 }]);
  const painted = paintPolygon(shape, stroke, true, SIDE, SIDE);
  const erased = paintPolygon(shape, stroke, false, SIDE, SIDE);
  assert.equal(painted?.type, "polygon");
  assert.ok(Math.abs(area(painted) - 900 - 39) < 6 && Math.abs(area(erased) - 900 + 39) < 6);
  const beyond = paintPolygon(shape, strokeParts([{ at: [62, 25], size: 30 }]), true, SIDE, SIDE);
  assert.ok(ringsOf(partsOf(beyond ?? shape) ?? []).flat().every(([x]) => x <= SIDE), "nothing leaves the image");
  assert.equal(paintPolygon(shape, strokeParts([{ at: [25, 25], size: 90 }]), false, SIDE, SIDE), null);
  assert.equal(paintPolygon(polygon(), stroke, true, SIDE, SIDE)?.type, "polygon");
});

test("joining keeps the first one's kind", () => {
  const mask: Geometry = { type: "mask", mask: pixels([box(20, 20, 50, 50)]) };
  const ops: CombineOp[] = ["union", "subtract", "intersect"];
  const expected = [900 + 900 - 400, 900 - 400, 400];
  ops.forEach((op, i) => {
    const first = combineGeometry(op, polygon(box(10, 10, 40, 40)), mask, SIDE, SIDE);
    assert.deepEqual([first?.type, area(first)], ["polygon", expected[i]]);
    const second = combineGeometry(op, mask, polygon(box(10, 10, 40, 40)), SIDE, SIDE);
    assert.deepEqual([second?.type, area(second)], ["mask", expected[i]]);
  });
  assert.equal(combineGeometry("union", { type: "tag" }, mask, SIDE, SIDE), null);
  assert.equal(area(combineGeometry("intersect", { type: "box", box: [0, 0, 25, 25] }, mask, SIDE, SIDE)), 25);
  assert.equal(maskArea(coverOf({ type: "box", box: [1, 1, 3, 4] }, SIDE, SIDE) ?? assert.fail()), 6);
});

test("objects are joined in one step that can be taken back", () => {
  const doc = open([square(1, 0, 0, 20), square(2, 10, 10, 20), square(3, 50, 50, 5), square(4, 0, 40, 5, { locked: true }), square(5, 5, 5, 5)]);
  assert.equal(joinItems(doc, "union", [1, 2]), null);
  assert.deepEqual(doc.items.value.map(({ id }) => id), [1, 3, 4, 5]);
  assert.equal(area(doc.items.value[0]?.geometry ?? null), 700);
  assert.equal(joinItems(doc, "subtract", [1, 5]), null);
  assert.deepEqual(doc.items.value.map(({ id }) => id), [1, 3, 4, 5], "what was subtracted stays");
  assert.equal(area(doc.items.value[0]?.geometry ?? null), 675);
  assert.match(joinItems(doc, "intersect", [1, 3]) ?? "", /nothing in common/);
  assert.match(joinItems(doc, "subtract", [5, 5, 5]) ?? "", /Nothing would be left/);
  assert.match(joinItems(doc, "union", [1]) ?? "", /at least two/);
  assert.match(joinItems(doc, "union", [1, 4]) ?? "", /locked/);
  doc.undo();
  doc.undo();
  assert.deepEqual(doc.items.value.map(({ id }) => id), [1, 2, 3, 4, 5]);
});

test("a cut gives pieces that together are the whole, pixel by pixel", () => {
  const next = random(5);
  for (let i = 0; i < 400; i++) {
    const part = star(next, 4 + Math.floor(next() * 14));
    if (signedArea2(part.outer) === 0) continue;
    const line = Array.from({ length: 2 + Math.floor(next() * 3) }, (): Point => [next() * SIDE, next() * SIDE]);
    if (crossesItself(line)) continue;
    const pieces = cutPart(part, line);
    const masks = pieces.map((piece) => pixels([piece]));
    const sum = masks.reduce((a, b) => combineMasks("union", a, b));
    assert.ok(differing(sum, pixels([part])) <= 1, `case ${i}: ${differing(sum, pixels([part]))} pixels`);
    assert.equal(masks.reduce((total, mask) => total + maskArea(mask), 0), maskArea(sum), "no pixel is in two pieces");
  }
});

test("a straight cut makes two, through a hole too, and a line that stops inside none", () => {
  const part = box(10, 10, 50, 50);
  assert.deepEqual(cutPart(part, [[0, 30], [60, 30]]).map((piece) => maskArea(pixels([piece]))).sort(), [800, 800]);
  const ring: Part = { outer: part.outer, holes: [[[20, 20], [20, 40], [40, 40], [40, 20]]] };
  const halves = cutPart(ring, [[0, 30], [60, 30]]);
  assert.deepEqual(halves.map((piece) => [maskArea(pixels([piece])), piece.holes.length]), [[600, 0], [600, 0]]);
  const beside = cutPart(ring, [[0, 15], [60, 15]]);
  assert.deepEqual(beside.map((piece) => piece.holes.length), [1, 0]);
  for (const line of [[[0, 30], [30, 30]], [[22, 30], [30, 30]], [[0, 0], [60, 5]], [[15, 15], [18, 18]]] as Point[][]) assert.deepEqual(cutPart(ring, line), [ring]);
  // Once through, and once only as far as the hole: the second chord parts nothing and leaves no slit.
  const bent = cutPart(ring, [[5, 15], [55, 15], [55, 30], [30, 30]]);
  assert.deepEqual(bent.map((piece) => piece.holes.length).sort(), [0, 1]);
  const zigzag = cutPart(part, [[0, 20], [60, 20], [60, 40], [0, 40]]);
  assert.equal(zigzag.length, 3);
  assert.equal(crossesItself([[0, 0], [10, 10], [10, 0], [0, 10]]), true);
});

test("cutting objects keeps the largest piece's name, and masks stay masks", () => {
  const mask: Geometry = { type: "mask", mask: pixels([box(0, 0, 20, 40)]) };
  const doc = open([square(1, 30, 0, 20), { ...square(2, 0, 0, 1), geometry: mask }, square(3, 0, 50, 9, { locked: true })]);
  const all = doc.items.value;
  assert.deepEqual(cutItems(doc, all, [[-1, 10.5], [60, 10.5]], () => true), { pieces: 4, objects: 2 });
  assert.deepEqual(doc.items.value.map(({ geometry }) => geometry.type), ["polygon", "polygon", "mask", "mask", "polygon"]);
  assert.equal(doc.items.value.reduce((sum, item) => sum + area(item.geometry), 0), 400 + 800 + 81);
  assert.equal(new Set(doc.items.value.map(({ id }) => id)).size, 5);
  assert.equal(doc.selection.value.size, 4);
  assert.equal(cutItems(doc, doc.items.value, [[0, 62], [60, 62]], () => true), "missed");
  assert.equal(cutItems(doc, doc.items.value, [[0, 0], [10, 10], [10, 0], [0, 10]], () => false), "crosses");
  doc.undo();
  assert.deepEqual(doc.items.value.map(({ id }) => id), [1, 2, 3]);
});

test("parts that the line leaves alone stay with the nearest piece", () => {
  const pieces = cutGeometry(polygon(box(10, 10, 30, 50), box(10, 52, 30, 60), box(10, 2, 30, 8)), [[0, 30], [40, 30]], SIDE, SIDE);
  assert.deepEqual(pieces.map((piece) => (piece.type === "polygon" ? piece.parts.length : 0)), [2, 2]);
});

test("what is drawn new can leave old objects as they are", () => {
  const others = [square(1, 20, 0, 20), { ...square(2, 0, 0, 1), geometry: { type: "mask", mask: pixels([box(0, 20, 20, 40)]) } as Geometry }, square(3, 0, 0, 40, { hidden: true }), { ...square(4, 0, 0, 9), geometry: { type: "tag" } as Geometry }];
  assert.equal(area(keptApart(polygon(box(0, 0, 40, 40)), others, SIDE, SIDE)), 800);
  assert.equal(area(keptApart({ type: "mask", mask: pixels([box(0, 0, 40, 40)]) }, others, SIDE, SIDE)), 800);
  assert.equal(keptApart(polygon(box(22, 2, 30, 10)), others, SIDE, SIDE), null);
});

test("holes are filled in polygons and masks", () => {
  const ring = combineParts("union", combineParts("subtract", [box(0, 0, 30, 30)], [box(5, 5, 25, 25)]), [box(10, 10, 20, 20)]);
  assert.equal(area(withoutHoles(polygon(...ring))), 900);
  assert.deepEqual(withoutHoles({ type: "tag" }), { type: "tag" });
  const doc = open([{ ...square(1, 0, 0, 1), geometry: polygon(...ring) }, { ...square(2, 0, 0, 1), geometry: { type: "mask", mask: pixels(ring) } }, square(3, 0, 0, 5), square(4, 0, 0, 5, { locked: true }), { ...square(5, 0, 0, 5), geometry: { type: "mask", mask: pixels([box(1, 1, 4, 4)]) } }]);
  assert.equal(fillItems(doc, doc.items.value), 2);
  assert.deepEqual(doc.items.value.slice(0, 2).map((item) => area(item.geometry)), [900, 900]);
});

test("simplifying drops points but none that a neighbour shares", () => {
  const circle: Part = { outer: Array.from({ length: 60 }, (_, i): Point => [32 + 20 * Math.cos(i / 9.55), 32 + 20 * Math.sin(i / 9.55)]), holes: [[[30, 30], [30.2, 30.1], [30, 30.2]]] };
  const simple = simplifyParts([circle], 0.5);
  assert.ok(countPoints(simple) < 20 && countPoints(simple) >= 8);
  assert.equal(simple[0]?.holes.length, 1);
  assert.deepEqual(simplifyParts([circle], 0), [circle]);
  const shared = circle.outer[7];
  assert.ok(shared);
  const neighbour: Item = { ...square(2, 0, 0, 1), geometry: polygon({ outer: [shared, [60, 60], [50, 60]], holes: [] }) };
  const kept = simplifyParts([circle], 5, sharedPoints([neighbour, square(3, 0, 0, 5, { locked: true })], new Set([3])));
  assert.ok(kept[0]?.outer.includes(shared));
});

test("any pair of masks joined over polygons gives the same pixels", () => {
  const next = random(23);
  for (let i = 0; i < 150; i++) {
    const a = randomMask(next, 20);
    const b = encode(a.width, a.height, Uint8Array.from({ length: a.width * a.height }, () => (next() < 0.5 ? 1 : 0)));
    for (const op of ["union", "subtract", "intersect"] as const) {
      const parts = combineParts(op, partsOf({ type: "mask", mask: a }) ?? [], partsOf({ type: "mask", mask: b }) ?? []);
      assert.deepEqual(Array.from(rasterize(ringsOf(parts), a.width, a.height).runs), Array.from(combineMasks(op, a, b).runs), op);
    }
  }
  assert.deepEqual(onGrid([1.00001, 2.5]), [1, 2.5]);
  assert.equal(maskArea(drawn("#.")), 1);
});
