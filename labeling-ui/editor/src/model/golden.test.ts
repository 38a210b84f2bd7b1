import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { contour } from "./contour";
import { type Part, type Point, ringsOf } from "./geometry";
import { rasterize } from "./rasterize";
import { maskFromCounts } from "./runs";

/** The repository's folder, put in when the tests are bundled. */
declare const REPOSITORY: string;

interface Vector {
  readonly name: string;
  readonly size: readonly [height: number, width: number];
  readonly counts: readonly number[];
  readonly parts: readonly { readonly outer: readonly Point[]; readonly holes?: readonly (readonly Point[])[] }[];
}

const vectors = JSON.parse(readFileSync(join(REPOSITORY, "tests/golden/geometry.json"), "utf8")) as { rasterize: Vector[]; contour: Vector[] };
const partsOf = ({ parts }: Vector): Part[] => parts.map(({ outer, holes }) => ({ outer, holes: holes ?? [] }));

test("polygons cover the same pixels as on the server", () => {
  assert.ok(vectors.rasterize.length > 0);
  for (const vector of vectors.rasterize) {
    const mask = rasterize(ringsOf(partsOf(vector)), vector.size[1], vector.size[0]);
    assert.deepEqual(Array.from(mask.runs), vector.counts, vector.name);
  }
});

test("masks have the same outlines as on the server", () => {
  assert.ok(vectors.contour.length > 0);
  for (const vector of vectors.contour) {
    const mask = maskFromCounts(vector.size[1], vector.size[0], vector.counts);
    assert.ok(mask, vector.name);
    assert.deepEqual(contour(mask), partsOf(vector), vector.name);
  }
});
