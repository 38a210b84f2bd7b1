import assert from "node:assert/strict";
import test from "node:test";
import { PaintBuffer, capsule, snapTip } from "./brush";
import { contour } from "./contour";
import { type Point, type Ring, contains, ringsOf, signedArea2 } from "./geometry";
import { rasterize } from "./rasterize";
import { decode, emptyMask, encode, forEachSpan, maskArea, maskBounds, maskContains, maskFromCounts, replaceRows, sameMask, translateMask } from "./runs";
import { drawn, random, randomMask } from "./testing";

test("2,000 random masks survive the way through polygons", () => {
  const next = random(1);
  for (let i = 0; i < 2000; i++) {
    const mask = randomMask(next);
    const parts = contour(mask);
    assert.ok(sameMask(rasterize(ringsOf(parts), mask.width, mask.height), mask), `mask ${i}`);
    for (const part of parts) {
      assert.ok(signedArea2(part.outer) > 0 && part.holes.every((hole) => signedArea2(hole) < 0), `mask ${i}: direction`);
    }
  }
});

test("2,000 random masks survive the way through bitmaps and counts", () => {
  const next = random(2);
  for (let i = 0; i < 2000; i++) {
    const mask = randomMask(next);
    const { width, height } = mask;
    assert.ok(sameMask(encode(width, height, decode(mask)), mask));
    const again = maskFromCounts(width, height, Array.from(mask.runs));
    assert.ok(again && sameMask(again, mask));
    const bitmap = decode(mask);
    assert.equal(maskArea(mask), bitmap.reduce((sum, v) => sum + v, 0));
    for (let k = 0; k < 5; k++) {
      const x = Math.floor(next() * width);
      const y = Math.floor(next() * height);
      assert.equal(maskContains(mask, x + 0.5, y + 0.5), bitmap[y * width + x] === 1);
    }
  }
});

test("counts that don't add up are no mask, and empty runs are merged away", () => {
  assert.equal(maskFromCounts(3, 1, [1, 1]), null);
  assert.equal(maskFromCounts(3, 1, [1, -1, 3]), null);
  assert.deepEqual(maskFromCounts(4, 1, [0, 1, 0, 2, 1, 0])?.runs, Uint32Array.of(0, 3, 1));
  assert.deepEqual(maskFromCounts(4, 1, [1, 0, 3])?.runs, Uint32Array.of(4));
});

test("spans stay within the rectangle and cover it", () => {
  const next = random(3);
  for (let i = 0; i < 500; i++) {
    const mask = randomMask(next);
    const rect = { x0: Math.floor(next() * 8), y0: Math.floor(next() * 8), x1: Math.floor(next() * 30), y1: Math.floor(next() * 30) };
    const bitmap = decode(mask);
    const seen = new Uint8Array(bitmap.length);
    forEachSpan(mask, rect, (y, x0, x1) => seen.fill(1, y * mask.width + x0, y * mask.width + x1));
    for (let p = 0; p < bitmap.length; p++) {
      const x = p % mask.width;
      const y = Math.floor(p / mask.width);
      const within = x >= rect.x0 && x < rect.x1 && y >= rect.y0 && y < rect.y1;
      assert.equal(seen[p], within ? bitmap[p] : 0);
    }
  }
});

test("a mask's bounds are the tightest", () => {
  assert.deepEqual(maskBounds(drawn(".....", "..##.", ".#...", ".....")), { x0: 1, y0: 1, x1: 4, y1: 3 });
});

test("moving a mask there and back loses only what left the image", () => {
  const mask = drawn("#....", ".##..", ".....");
  assert.ok(sameMask(translateMask(mask, 2, 1), drawn(".....", "..#..", "...##")));
  assert.ok(sameMask(translateMask(translateMask(mask, 1, 1), -1, -1), mask));
  assert.ok(sameMask(translateMask(mask, -1, 0), drawn(".....", "##...", ".....")));
  assert.ok(sameMask(translateMask(mask, 9, 9), emptyMask(5, 3)));
});

test("rows are replaced and the others kept", () => {
  const next = random(4);
  for (let i = 0; i < 500; i++) {
    const mask = randomMask(next);
    const bitmap = decode(mask);
    const y0 = Math.floor(next() * mask.height);
    const y1 = y0 + Math.floor(next() * (mask.height - y0 + 1));
    for (let p = y0 * mask.width; p < y1 * mask.width; p++) bitmap[p] = next() < 0.5 ? 1 : 0;
    assert.ok(sameMask(replaceRows(mask, bitmap, y0, y1), encode(mask.width, mask.height, bitmap)));
  }
});

test("neighbours that share an edge neither overlap nor leave a gap", () => {
  const next = random(5);
  for (let i = 0; i < 300; i++) {
    const size = 40;
    const middle: Point = [5 + next() * 30, 5 + next() * 30];
    const corners: Point[] = [[0, 0], [size, 0], [size, size], [0, size]];
    const covered = new Uint8Array(size * size);
    corners.forEach((corner, k) => {
      const ring: Ring = [corner, corners[(k + 1) % 4] ?? corner, middle];
      decode(rasterize([ring], size, size)).forEach((v, p) => (covered[p]! += v));
    });
    assert.ok(covered.every((count) => count === 1));
  }
});

test("a pixel is covered when its centre is inside", () => {
  const next = random(6);
  for (let i = 0; i < 200; i++) {
    const rings = Array.from({ length: 1 + Math.floor(next() * 3) }, () => Array.from({ length: 3 + Math.floor(next() * 8) }, (): Point => [next() * 40 - 5, next() * 40 - 5]));
    const bitmap = decode(rasterize(rings, 30, 30));
    for (let p = 0; p < bitmap.length; p++) assert.equal(bitmap[p] === 1, contains(rings, (p % 30) + 0.5, Math.floor(p / 30) + 0.5));
  }
});

test("a ring in a ring is a hole, and a ring in that is filled again", () => {
  const box = (a: number, b: number): Ring => [[a, a], [b, a], [b, b], [a, b]];
  assert.equal(maskArea(rasterize([box(0, 10), box(2, 8), box(4, 6)], 10, 10)), 100 - 36 + 4);
});

test("areas that meet at a corner stay two, and each hole goes to the area around it", () => {
  assert.equal(contour(drawn("#.", ".#")).length, 2);
  const rings = contour(drawn("#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"));
  assert.deepEqual(rings.map((part) => [part.outer[0], part.holes.length]), [[[0, 0], 1], [[2, 2], 1]]);
  assert.deepEqual(contour(drawn("....", ".##.", ".##.", "...."))[0]?.outer, [[1, 1], [3, 1], [3, 3], [1, 3]]);
});

test("a stroke covers the pixels whose centres are near its middle line", () => {
  const next = random(7);
  for (let i = 0; i < 300; i++) {
    const size = 1 + Math.floor(next() * 14);
    const [a, b] = [0, 1].map(() => snapTip([next() * 44 - 2, next() * 44 - 2], size)) as [Point, Point];
    const seen = new Uint8Array(1600);
    capsule(a, b, size / 2, 40, 40, (y, x0, x1) => seen.fill(1, y * 40 + x0, y * 40 + x1));
    for (let p = 0; p < 1600; p++) {
      const c: Point = [(p % 40) + 0.5, Math.floor(p / 40) + 0.5];
      const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
      const t = dx === 0 && dy === 0 ? 0 : Math.max(0, Math.min(1, ((c[0] - a[0]) * dx + (c[1] - a[1]) * dy) / (dx * dx + dy * dy)));
      const away = Math.hypot(c[0] - a[0] - t * dx, c[1] - a[1] - t * dy);
      if (Math.abs(away - size / 2) > 1e-9) assert.equal(seen[p] === 1, away < size / 2, `pixel ${c} of ${a} to ${b}, size ${size}`);
    }
  }
});

test("the smallest tip paints one pixel, and a line of it has no gaps", () => {
  const buffer = new PaintBuffer(emptyMask(20, 20));
  buffer.stroke(snapTip([3.9, 4.1], 1), snapTip([3.9, 4.1], 1), 1, true);
  assert.equal(maskArea(buffer.finish()), 1);
  buffer.stroke([0.5, 0.5], [19.5, 7.5], 1, true);
  const columns = new Set<number>();
  forEachSpan(buffer.finish(), { x0: 0, y0: 0, x1: 20, y1: 20 }, (_, x0, x1) => {
    for (let x = x0; x < x1; x++) columns.add(x);
  });
  assert.equal(columns.size, 20);
});

test("erasing takes away what painting put there", () => {
  const buffer = new PaintBuffer(drawn("#....", ".....", "....."));
  buffer.stroke([2.5, 1.5], [3.5, 1.5], 1, true);
  assert.equal(maskArea(buffer.finish()), 3);
  buffer.stroke([2.5, 1.5], [3.5, 1.5], 1, false);
  assert.ok(sameMask(buffer.finish(), drawn("#....", ".....", ".....")));
});
