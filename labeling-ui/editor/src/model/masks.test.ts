import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { contour } from "./contour";
import { type Point, ringsOf } from "./geometry";
import { type MaskOp, combineMasks, fillHoles } from "./mask_ops";
import { rasterize } from "./rasterize";
import { type Mask, decode, encode, maskFromCounts, sameMask } from "./runs";
import { simplifyRing } from "./simplify";
import { drawn, random, randomMask } from "./testing";

/** The repository's folder, put in when the tests are bundled. */
declare const REPOSITORY: string;

interface Case extends Record<"a" | "b" | "union" | "subtract" | "intersect" | "filled", number[]> {
  readonly size: readonly [height: number, width: number];
}

const golden = JSON.parse(readFileSync(join(REPOSITORY, "tests/golden/geometry_masks.json"), "utf8")) as {
  masks: number;
  fingerprint: number;
  combine: Case[];
  simplify: { ring: Point[]; tolerance: number; left: Point[] | null }[];
};

/** The generator of `dataset/examples/geometry_vectors.rs`. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 16;
  };
}

function* manyMasks(count: number): Generator<Mask> {
  const next = numbers(2024);
  for (let i = 0; i < count; i++) {
    const [width, height] = [1 + (next() % 24), 1 + (next() % 24)];
    const bitmap = new Uint8Array(width * height);
    if (i % 2 === 0) {
      const share = next();
      for (let p = 0; p < bitmap.length; p++) bitmap[p] = next() < share ? 1 : 0;
    } else {
      for (let k = 0; k < 4; k++) {
        const [left, top] = [next() % width, next() % height];
        const [right, bottom] = [left + 1 + (next() % (width - left)), top + 1 + (next() % (height - top))];
        for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) bitmap[y * width + x] = 1 - (bitmap[y * width + x] ?? 0);
      }
    }
    yield encode(width, height, bitmap);
  }
}

test("ten thousand masks become polygons and the same masks again, with the corners that the server finds", () => {
  const stir = (print: number, word: number) => Math.imul(print ^ word, 16_777_619) >>> 0;
  let print = 2_166_136_261;
  let count = 0;
  for (const mask of manyMasks(golden.masks)) {
    const parts = contour(mask);
    const rings = ringsOf(parts);
    assert.ok(sameMask(rasterize(rings, mask.width, mask.height), mask), `mask ${count}`);
    for (const { runs } of [mask, fillHoles(mask)]) {
      print = stir(print, runs.length);
      for (const run of runs) print = stir(print, run);
    }
    print = stir(print, parts.length);
    for (const ring of rings) {
      print = stir(print, ring.length);
      for (const [x, y] of ring) print = stir(stir(print, x), y);
    }
    count++;
  }
  assert.equal(count, 10_000);
  assert.equal(print, golden.fingerprint);
});

test("masks are joined as on the server", () => {
  assert.ok(golden.combine.length > 10);
  for (const { size: [height, width], ...runs } of golden.combine) {
    const mask = (counts: readonly number[]) => maskFromCounts(width, height, counts) ?? assert.fail("runs don't add up");
    const [a, b] = [mask(runs.a), mask(runs.b)];
    for (const op of ["union", "subtract", "intersect"] as const) assert.deepEqual(Array.from(combineMasks(op, a, b).runs), runs[op], op);
    assert.deepEqual(Array.from(fillHoles(combineMasks("union", a, b)).runs), runs.filled);
  }
});

test("joining by runs is joining pixel by pixel", () => {
  const next = random(3);
  const rules: Record<MaskOp, (a: number, b: number) => number> = { union: (a, b) => a | b, subtract: (a, b) => a & ~b, intersect: (a, b) => a & b, xor: (a, b) => a ^ b };
  for (let i = 0; i < 500; i++) {
    const a = randomMask(next);
    const b = encode(a.width, a.height, Uint8Array.from({ length: a.width * a.height }, () => (next() < 0.4 ? 1 : 0)));
    const [one, other] = [decode(a), decode(b)];
    for (const op of Object.keys(rules) as MaskOp[]) {
      assert.ok(sameMask(combineMasks(op, a, b), encode(a.width, a.height, one.map((v, p) => rules[op](v, other[p] ?? 0)))), op);
    }
  }
});

test("holes are filled, bays and gaps over a corner are not", () => {
  assert.ok(sameMask(fillHoles(drawn("#####", "#...#", "#.#.#", "#...#", "#####")), drawn("#####", "#####", "#####", "#####", "#####")));
  const open = drawn("###.", "#.#.", "##.#", "....");
  assert.ok(sameMask(fillHoles(open), open));
  assert.ok(sameMask(fillHoles(drawn("...", "...")), drawn("...", "...")));
});

test("outlines are simplified as on the server", () => {
  for (const { ring, tolerance, left } of golden.simplify) assert.deepEqual(simplifyRing(ring, tolerance), left);
});
