/**
 * Fewer points for nearly the same outline (Douglas and Peucker), with the same arithmetic and the same choice between equals as on
 * the server, so that both drop the same points: `tests/golden/geometry_masks.json` is checked by both.
 */
import { type Part, type Point, type Ring, ringsOf } from "./geometry";
import type { Item } from "./shape";

/** The square of the distance from a point to the stretch between a and b. */
function squaredDistance(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const t = length > 0 ? Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length)) : 0;
  const [x, y] = [p[0] - a[0] - t * dx, p[1] - a[1] - t * dy];
  return x * x + y * y;
}

/** The point between two others that is farthest from the line between them; the later one of equals. */
function farthest(ring: Ring, from: number, to: number): { at: number; squared: number } | null {
  const a = ring[from];
  const b = ring[to % ring.length];
  if (!a || !b) return null;
  let found: { at: number; squared: number } | null = null;
  for (let at = from + 1; at < to; at++) {
    const p = ring[at];
    const squared = p ? squaredDistance(p, a, b) : 0;
    if (!found || squared >= found.squared) found = { at, squared };
  }
  return found;
}

/**
 * A closed ring with fewer points: no dropped point is farther than `tolerance` pixels from the new line. Points for which `stays`
 * says so are never dropped. Null when fewer than three points would be left.
 */
export function simplifyRing(ring: Ring, tolerance: number, stays: (p: Point) => boolean = () => false): Ring | null {
  if (ring.length <= 3 || !(tolerance > 0)) return ring.length >= 3 ? ring : null;
  // A closed line has no ends; the first point and the one farthest from it serve as such.
  const opposite = farthest(ring, 0, ring.length)?.at ?? 0;
  const ends = [...new Set([0, opposite, ...ring.flatMap((p, at) => (stays(p) ? [at] : []))])].sort((a, b) => a - b);
  const keep = new Uint8Array(ring.length);
  for (const at of ends) keep[at] = 1;
  const stretches = ends.map((from, i): [number, number] => [from, ends[i + 1] ?? ring.length]);
  for (let stretch = stretches.pop(); stretch; stretch = stretches.pop()) {
    const [from, to] = stretch;
    const middle = farthest(ring, from, to);
    if (!middle || middle.squared <= tolerance * tolerance) continue;
    keep[middle.at] = 1;
    stretches.push([from, middle.at], [middle.at, to]);
  }
  const out = ring.filter((_, at) => keep[at] === 1);
  return out.length >= 3 ? out : null;
}

/** A polygon with fewer points. An outline too small for the tolerance stays as it is; such a hole is filled. */
export function simplifyParts(parts: readonly Part[], tolerance: number, stays?: (p: Point) => boolean): Part[] {
  return parts.map(({ outer, holes }) => ({
    outer: simplifyRing(outer, tolerance, stays) ?? outer,
    holes: holes.map((hole) => simplifyRing(hole, tolerance, stays)).filter((hole) => hole !== null),
  }));
}

/** Whether a point stands in the outline of another polygon too, so that dropping it would tear a shared border open. */
export function sharedPoints(items: readonly Item[], except: ReadonlySet<number>): (p: Point) => boolean {
  const known = new Set<string>();
  for (const { id, geometry } of items) {
    if (geometry.type !== "polygon" || except.has(id)) continue;
    for (const ring of ringsOf(geometry.parts)) for (const [x, y] of ring) known.add(`${x} ${y}`);
  }
  return ([x, y]) => known.has(`${x} ${y}`);
}

export function countPoints(parts: readonly Part[]): number {
  return ringsOf(parts).reduce((sum, ring) => sum + ring.length, 0);
}
