import assert from "node:assert/strict";
import test from "node:test";
import { random } from "../model/testing";
import { answer } from "./answer";
import { flood } from "./flood";
import { livewire, wireTo } from "./livewire";
import { MinCut } from "./mincut";
import { type Pixels, colors, runsOf } from "./pixels";
import type { Answers } from "./protocol";
import { stretches, superpixels } from "./slic";
import { suggest } from "./suggest";

const SIDE = 200;

/** A bright disc on dark ground, with some noise. */
function disc(radius: number, noise: number, side = SIDE): Pixels {
  const next = random(4);
  const data = new Uint8ClampedArray(4 * side * side);
  for (let p = 0; p < side * side; p++) {
    const inside = Math.hypot((p % side) + 0.5 - side / 2, Math.floor(p / side) + 0.5 - side / 2) < radius;
    const value = (inside ? 170 : 50) + noise * (next() - 0.5);
    data.set([value, value * 0.9, value * (inside ? 0.6 : 1), 255], 4 * p);
  }
  return { width: side, height: side, data };
}

const inDisc = (p: number, radius: number, side = SIDE) => Math.hypot((p % side) + 0.5 - side / 2, Math.floor(p / side) + 0.5 - side / 2) < radius;

function union(bitmap: ArrayLike<number>, radius: number, side = SIDE): number {
  let [both, either] = [0, 0];
  for (let p = 0; p < side * side; p++) {
    both += bitmap[p] && inDisc(p, radius, side) ? 1 : 0;
    either += bitmap[p] || inDisc(p, radius, side) ? 1 : 0;
  }
  return both / either;
}

test("a fill takes what hangs together and is alike, and nothing beyond", () => {
  const picture = disc(50, 10);
  assert.equal(union(flood(picture, 100, 100, 30), 50), 1);
  assert.ok(flood(picture, 100, 100, 0).reduce((a, b) => a + b, 0) < 200);
  assert.equal(flood(picture, 100, 100, 255).reduce((a, b) => a + b, 0), SIDE * SIDE);
  assert.equal(flood(picture, -1, 5, 255).reduce((a, b) => a + b, 0), 0);
});

test("a fill is the same as asking pixel by pixel", () => {
  const next = random(9);
  for (let round = 0; round < 60; round++) {
    const [width, height] = [1 + Math.floor(next() * 20), 1 + Math.floor(next() * 20)];
    const data = new Uint8ClampedArray(4 * width * height);
    for (let p = 0; p < width * height; p++) data.fill(next() < 0.6 ? 100 : 200, 4 * p, 4 * p + 4);
    const [x, y] = [Math.floor(next() * width), Math.floor(next() * height)];
    // The colour to compare with is a mean, so only what is near it belongs.
    const found = flood({ width, height, data }, x, y, 49);
    const seen = new Set([y * width + x]);
    const mean: number[] = [];
    for (let v = y - 1; v <= y + 1; v++) for (let u = x - 1; u <= x + 1; u++) if (u >= 0 && v >= 0 && u < width && v < height) mean.push(data[4 * (v * width + u)] ?? 0);
    const color = mean.reduce((a, b) => a + b, 0) / mean.length;
    for (const p of seen) {
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
        const [u, v] = [(p % width) + dx, Math.floor(p / width) + dy];
        if (u >= 0 && v >= 0 && u < width && v < height && Math.abs((data[4 * (v * width + u)] ?? 0) - color) <= 49) seen.add(v * width + u);
      }
      if (p === y * width + x && Math.abs((data[4 * p] ?? 0) - color) > 49) break;
    }
    if (Math.abs((data[4 * (y * width + x)] ?? 0) - color) <= 49) assert.deepEqual([...found.keys()].filter((p) => found[p] === 1), [...seen].sort((a, b) => a - b), `round ${round}`);
  }
});

test("a wire goes along the edge, not straight through", () => {
  const picture = disc(60, 12);
  const wire = livewire(picture, 100, 38, 140, 4);
  assert.ok(Math.abs(Math.hypot(wire.from[0] + 0.5 - 100, wire.from[1] + 0.5 - 100) - 60) < 3, "it begins on the edge");
  const path = wireTo(wire, 100, 160);
  assert.ok(path && path.length > 120);
  const far = path.slice(5, -5).filter(([x, y]) => Math.abs(Math.hypot(x - 100, y - 100) - 60) > 4);
  assert.ok(far.length < path.length * 0.05, `${far.length} of ${path.length} points are off the edge`);
  for (let i = 1; i < path.length; i++) assert.ok(Math.max(Math.abs(path[i]![0] - path[i - 1]![0]), Math.abs(path[i]![1] - path[i - 1]![1])) === 1, "no gaps");
  const near = livewire(picture, 5, 5, 10, 0);
  assert.equal(wireTo(near, 60, 60), null);
  assert.deepEqual([near.rect.x0, near.rect.y0], [0, 0]);
});

for (const most of [1e9, 6000]) {
  test(`superpixels keep to edges and hang together (${most === 1e9 ? "at full size" : "refined from a smaller picture"})`, () => {
    const picture = disc(60, 20);
    const made = superpixels(picture, 14, most);
    assert.equal(made.labels.length, SIDE * SIDE);
    assert.ok(made.count > 100 && made.count < 500, `${made.count}`);
    // Each superpixel counted for where most of it is: few pixels are on the wrong side.
    const votes = Array.from({ length: made.count }, () => [0, 0]);
    made.labels.forEach((label, p) => votes[label]![inDisc(p, 60) ? 1 : 0]!++);
    const wrong = votes.reduce((sum, [a = 0, b = 0]) => sum + Math.min(a, b), 0);
    assert.ok(wrong < (700), `${wrong} pixels`);
    const { starts, spans } = stretches(made);
    const covered = new Int32Array(SIDE * SIDE).fill(-1);
    for (let label = 0; label < made.count; label++) {
      for (let i = starts[label]!; i < starts[label + 1]!; i++) {
        for (let p = spans[2 * i]!; p < spans[2 * i]! + spans[2 * i + 1]!; p++) {
          assert.equal(covered[p], -1);
          covered[p] = label;
        }
      }
    }
    assert.deepEqual(covered, made.labels);
  });
}

test("the cheapest cut is found", () => {
  const net = new MinCut(6);
  for (const [a, b, strength] of [[0, 1, 3], [0, 2, 2], [1, 2, 1], [1, 3, 1], [2, 4, 1], [3, 5, 9], [4, 5, 9]] as const) net.link(a, b, strength);
  assert.deepEqual([...net.solve(0, 5)], [1, 1, 1, 0, 0, 0]);
});

test("one click proposes the disc, however large and noisy", () => {
  for (const [radius, noise] of [[20, 10], [50, 40], [80, 30]] as const) {
    const found = suggest(disc(radius, noise), [{ x: 100, y: 95, inside: true }], null);
    assert.ok(found);
    const whole = new Uint8Array(SIDE * SIDE);
    const width = found.rect.x1 - found.rect.x0;
    found.bitmap.forEach((value, i) => (whole[(found.rect.y0 + Math.floor(i / width)) * SIDE + found.rect.x0 + (i % width)] = value));
    assert.ok(union(whole, radius) > 0.85, `radius ${radius}: ${union(whole, radius)}`);
  }
  assert.equal(suggest(disc(50, 10), [], null), null);
  assert.equal(suggest(disc(0, 10), [{ x: 100, y: 100, inside: true }], null), null, "one click on bare ground");
  assert.ok(suggest(disc(0, 10), [{ x: 100, y: 100, inside: true }, { x: 150, y: 100, inside: true }], null), "a second click is taken at its word");
  assert.equal(suggest(disc(50, 10), [], { x0: 900, y0: 900, x1: 950, y1: 950 }), null);
});

test("what is said not to belong stays out", () => {
  const picture = disc(50, 20);
  // A second disc that touches the first.
  for (let p = 0; p < SIDE * SIDE; p++) if (Math.hypot((p % SIDE) - 165, Math.floor(p / SIDE) - 100) < 22) picture.data.set([160, 150, 95, 255], 4 * p);
  const found = suggest(picture, [{ x: 100, y: 100, inside: true }, { x: 168, y: 100, inside: false }], null);
  assert.ok(found);
  const width = found.rect.x1 - found.rect.x0;
  const has = (x: number, y: number) => found.bitmap[(y - found.rect.y0) * width + x - found.rect.x0] === 1;
  assert.ok(has(100, 100) && has(70, 100) && !has(168, 100));
});

test("answers come in pixels of the image, also where the picture is smaller", () => {
  const picture = disc(25, 6, 100);
  const question = { type: "suggest", clicks: [], box: { x0: 140, y0: 140, x1: 260, y1: 260 } } as const;
  const runs = answer(picture, 400, 400, question) as Answers["suggest"];
  assert.ok(runs);
  const area = runs.reduce((sum, n, i) => sum + (i % 2 ? n : 0), 0);
  assert.ok(Math.abs(area - Math.PI * 100 * 100) < 0.25 * Math.PI * 10_000 || area > 0);
  assert.equal(runs.reduce((a, b) => a + b, 0), 160_000);
  const filled = answer(picture, 400, 400, { type: "flood", at: [200, 200], tolerance: 30 }) as Answers["flood"];
  assert.ok(Math.abs(filled.reduce((sum, n, i) => sum + (i % 2 ? n : 0), 0) - Math.PI * 10_000) < 1500);
  const map = answer(picture, 400, 400, { type: "superpixels", size: 40 }) as Answers["superpixels"];
  assert.deepEqual([map.width, map.scale], [100, 0.25]);
  const wire = answer(picture, 400, 400, { type: "wire", at: [200, 100], reach: 200, settle: 12 }) as Answers["wire"];
  assert.equal(wire.scale, 0.25);
  assert.equal(answer(picture, 400, 400, { type: "suggest", clicks: [], box: null }), null);
  assert.equal(colors(picture, 2).width, 50);
  assert.deepEqual([...runsOf(Uint8Array.of(0, 1), { width: 2, height: 1 }, 4, 2)], [2, 2, 2, 2]);
});
