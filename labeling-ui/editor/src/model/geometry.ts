/** Points, rings and polygons in pixels; pixel (x, y) covers [x, x+1) × [y, y+1). All values are immutable. */

export type Point = readonly [x: number, y: number];
/** A closed line of at least three points; the last point is not repeated. */
export type Ring = readonly Point[];
/** One connected area: an outline and the holes in it. */
export interface Part {
  readonly outer: Ring;
  readonly holes: readonly Ring[];
}
/** Left, top, right, bottom; empty when right <= left. */
export interface Rect {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export const NOWHERE: Rect = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };

export function isEmpty(r: Rect): boolean {
  return r.x1 <= r.x0 || r.y1 <= r.y0;
}

export function join(a: Rect, b: Rect): Rect {
  return { x0: Math.min(a.x0, b.x0), y0: Math.min(a.y0, b.y0), x1: Math.max(a.x1, b.x1), y1: Math.max(a.y1, b.y1) };
}

export function intersect(a: Rect, b: Rect): Rect {
  return { x0: Math.max(a.x0, b.x0), y0: Math.max(a.y0, b.y0), x1: Math.min(a.x1, b.x1), y1: Math.min(a.y1, b.y1) };
}

export function grow(r: Rect, by: number): Rect {
  return { x0: r.x0 - by, y0: r.y0 - by, x1: r.x1 + by, y1: r.y1 + by };
}

/** All rings in the order outline, its holes, next outline, …; their positions number the rings of a polygon. */
export function ringsOf(parts: readonly Part[]): Ring[] {
  return parts.flatMap((part) => [part.outer, ...part.holes]);
}

export function boundsOfRings(rings: readonly Ring[]): Rect {
  let x0 = Infinity;
  let y0 = Infinity;
  let x1 = -Infinity;
  let y1 = -Infinity;
  for (const ring of rings) {
    for (const [x, y] of ring) {
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
    }
  }
  return { x0, y0, x1, y1 };
}

/** Replaces rings by number; a ring that becomes null goes, and an outline takes its holes along. */
export function mapRings(parts: readonly Part[], map: (ring: Ring, index: number) => Ring | null): Part[] {
  const out: Part[] = [];
  let index = 0;
  for (const part of parts) {
    const outer = map(part.outer, index++);
    const holes: Ring[] = [];
    for (const hole of part.holes) {
      const kept = map(hole, index++);
      if (kept) holes.push(kept);
    }
    if (outer) out.push({ outer, holes });
  }
  return out;
}

/** Twice the signed area; positive when the ring turns clockwise on the screen. */
export function signedArea2(ring: Ring): number {
  let sum = 0;
  let last = ring[ring.length - 1];
  for (const point of ring) {
    if (last) sum += last[0] * point[1] - point[0] * last[1];
    last = point;
  }
  return sum;
}

/** Whether a point is inside by the even-odd rule over all rings together. */
export function contains(rings: readonly Ring[], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings) {
    let b = ring[ring.length - 1];
    for (const a of ring) {
      if (b && a[1] <= y !== b[1] <= y && x < a[0] + ((y - a[1]) * (b[0] - a[0])) / (b[1] - a[1])) inside = !inside;
      b = a;
    }
  }
  return inside;
}

/** The point of the segment a–b nearest to p. */
export function nearestOnSegment(p: Point, a: Point, b: Point): Point {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length2 = dx * dx + dy * dy;
  if (length2 === 0) return a;
  const t = Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2));
  return [a[0] + t * dx, a[1] + t * dy];
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

export interface EdgeHit {
  readonly ring: number;
  /** A new point on this edge stands before the point of this index. */
  readonly before: number;
  readonly at: Point;
  readonly distance: number;
}

/** How far apart the points of a polygon stand on average. */
export function spacing(rings: readonly Ring[]): number {
  let length = 0;
  let count = 0;
  for (const ring of rings) {
    let last = ring[ring.length - 1];
    for (const p of ring) {
      if (last) length += distance(last, p);
      last = p;
      count++;
    }
  }
  return count === 0 ? 0 : length / count;
}

/** The edge of a polygon nearest to a point, if one is within reach. */
export function nearestEdge(rings: readonly Ring[], p: Point, reach: number): EdgeHit | null {
  let best: EdgeHit | null = null;
  rings.forEach((points, ring) => {
    points.forEach((b, index) => {
      const a = points[(index + points.length - 1) % points.length] ?? b;
      const at = nearestOnSegment(p, a, b);
      const away = distance(p, at);
      if (away <= reach && (!best || away < best.distance)) best = { ring, before: index, at, distance: away };
    });
  });
  return best;
}

export interface PointRef {
  readonly ring: number;
  readonly point: number;
}

/** The point of a polygon nearest to p, if one is within reach. */
export function nearestPoint(rings: readonly Ring[], p: Point, reach: number): (PointRef & { distance: number }) | null {
  let best: (PointRef & { distance: number }) | null = null;
  rings.forEach((points, ring) => {
    points.forEach((q, point) => {
      const away = distance(p, q);
      if (away <= reach && (!best || away < best.distance)) best = { ring, point, distance: away };
    });
  });
  return best;
}

function cross(o: Point, a: Point, b: Point): number {
  return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
}

/** Whether two rings have edges that cross each other (touching is not crossing). */
export function ringsCross(a: Ring, b: Ring): boolean {
  for (let i = 0; i < a.length; i++) {
    const p = a[i];
    const q = a[(i + 1) % a.length];
    if (!p || !q) continue;
    for (let j = 0; j < b.length; j++) {
      const r = b[j];
      const s = b[(j + 1) % b.length];
      if (!r || !s) continue;
      if (cross(p, q, r) * cross(p, q, s) < 0 && cross(r, s, p) * cross(r, s, q) < 0) return true;
    }
  }
  return false;
}

/** Douglas–Peucker on an open line: no dropped point was further than `tolerance` from what is left. */
export function simplify(line: readonly Point[], tolerance: number): Point[] {
  const keep = new Uint8Array(line.length);
  const stack: [number, number][] = [[0, line.length - 1]];
  keep[0] = 1;
  keep[line.length - 1] = 1;
  for (let span = stack.pop(); span; span = stack.pop()) {
    const [from, to] = span;
    const a = line[from];
    const b = line[to];
    if (!a || !b) continue;
    let worst = tolerance;
    let at = -1;
    for (let i = from + 1; i < to; i++) {
      const p = line[i];
      if (!p) continue;
      const away = distance(p, nearestOnSegment(p, a, b));
      if (away > worst) {
        worst = away;
        at = i;
      }
    }
    if (at >= 0) {
      keep[at] = 1;
      stack.push([from, at], [at, to]);
    }
  }
  return line.filter((_, i) => keep[i] === 1);
}
