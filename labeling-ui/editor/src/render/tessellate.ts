/** Polygons to triangles and outline segments, kept as long as the geometry lives. */
import earcut from "earcut";
import { type Part, type Point, type Ring, ringsOf } from "../model/geometry";
import { contour } from "../model/contour";
import type { Geometry } from "../model/shape";

export interface Tessellation {
  /** x, y of three corners a triangle. */
  readonly triangles: Float32Array;
  /** x, y, x, y, length of the ring before it, for each segment. */
  readonly segments: Float32Array;
}

const cache = new WeakMap<Geometry, Tessellation>();

/** Triangles and outline of a shape; masks by the outline of their pixels (only suggestions are drawn so). */
export function tessellate(geometry: Geometry): Tessellation {
  let made = cache.get(geometry);
  if (!made) {
    const parts = partsOf(geometry);
    made = { triangles: triangles(parts), segments: segments(ringsOf(parts)) };
    cache.set(geometry, made);
  }
  return made;
}

/** Whether a shape's triangles are there already. */
export function isTessellated(geometry: Geometry): boolean {
  return cache.has(geometry);
}

function partsOf(geometry: Geometry): readonly Part[] {
  switch (geometry.type) {
    case "polygon":
      return geometry.parts;
    case "mask":
      return contour(geometry.mask);
    case "box": {
      const [x0, y0, x1, y1] = geometry.box;
      return [{ outer: [[x0, y0], [x1, y0], [x1, y1], [x0, y1]], holes: [] }];
    }
    case "point": {
      const [x, y] = geometry.point;
      const corner = (i: number): Point => [x + 3 * Math.cos(i), y + 3 * Math.sin(i)];
      return [{ outer: Array.from({ length: 12 }, (_, i) => corner((i * Math.PI) / 6)), holes: [] }];
    }
    case "tag":
      return [];
  }
}

function triangles(parts: readonly Part[]): Float32Array {
  const all: number[] = [];
  for (const { outer, holes } of parts) {
    const flat: number[] = [];
    const starts: number[] = [];
    for (const [index, ring] of [outer, ...holes].entries()) {
      if (index > 0) starts.push(flat.length / 2);
      for (const [x, y] of ring) flat.push(x, y);
    }
    for (const corner of earcut(flat, starts)) all.push(flat[2 * corner] ?? 0, flat[2 * corner + 1] ?? 0);
  }
  return Float32Array.from(all);
}

function segments(rings: readonly Ring[]): Float32Array {
  const out = new Float32Array(5 * rings.reduce((sum, ring) => sum + ring.length, 0));
  let at = 0;
  for (const ring of rings) {
    let length = 0;
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length] ?? a;
      out.set([a[0], a[1], b[0], b[1], length], at);
      at += 5;
      length += Math.hypot(b[0] - a[0], b[1] - a[1]);
    });
  }
  return out;
}
