/** Borders that neighbours share: points in the same place, found, moved, traced and added together. */
import { type Point, type PointRef, type Ring, distance, nearestOnSegment, ringsOf } from "./geometry";
import { insertPoint } from "./edits";
import type { Item } from "./shape";

/** A place on the outline of a neighbour. */
export interface Anchor {
  readonly item: number;
  readonly ring: number;
  /** The point itself, or the edge that begins there. */
  readonly index: number;
  readonly at: Point;
  readonly on: "point" | "edge";
}

/** Points of other, free polygons in the very places of some points of one. */
export function sharers(items: readonly Item[], item: Item, refs: readonly PointRef[]): Map<number, PointRef[]> {
  const { geometry } = item;
  const out = new Map<number, PointRef[]>();
  if (geometry.type !== "polygon") return out;
  const own = ringsOf(geometry.parts);
  const places = new Set(refs.map(({ ring, point }) => own[ring]?.[point]?.join(" ")));
  for (const other of items) {
    if (other.id === item.id || other.locked || other.hidden || other.geometry.type !== "polygon") continue;
    const found = ringsOf(other.geometry.parts).flatMap((points, ring) => points.flatMap((p, point): PointRef[] => (places.has(p.join(" ")) ? [{ ring, point }] : [])));
    if (found.length > 0) out.set(other.id, found);
  }
  return out;
}

/** The free polygons that have just this edge too, with the place of a new point on it. */
export function edgeSharers(items: readonly Item[], except: number, a: Point, b: Point): Map<number, { ring: number; before: number }> {
  const out = new Map<number, { ring: number; before: number }>();
  const same = (p: Point, q: Point) => p[0] === q[0] && p[1] === q[1];
  for (const { id, locked, hidden, geometry } of items) {
    if (id === except || locked || hidden || geometry.type !== "polygon") continue;
    ringsOf(geometry.parts).forEach((points, ring) => points.forEach((q, before) => {
      const p = points[(before + points.length - 1) % points.length] ?? q;
      if ((same(p, a) && same(q, b)) || (same(p, b) && same(q, a))) out.set(id, { ring, before });
    }));
  }
  return out;
}

/** Points between two places along one ring, the shorter way round; none of the places themselves. */
export function traceBorder(ring: Ring, from: Anchor, to: Anchor): Point[] {
  const [start, end] = [position(ring, from), position(ring, to)];
  const ahead = between(ring, start, end);
  const back = between(ring, end, start).reverse();
  return lengthOf([from.at, ...ahead, to.at]) <= lengthOf([from.at, ...back, to.at]) ? ahead : back;
}

/** The number of a corner, plus how far along the edge after it. */
function position(ring: Ring, { index, at, on }: Anchor): number {
  const [a, b] = [ring[index], ring[(index + 1) % ring.length]];
  return on === "point" || !a || !b ? index : index + Math.min(1 - 1e-9, distance(a, at) / (distance(a, b) || 1));
}

function between(ring: Ring, start: number, end: number): Point[] {
  const n = ring.length;
  const span = (end - start + n) % n;
  const out: Point[] = [];
  for (let at = Math.floor(start) + 1; at - start < span; at++) out.push(ring[at % n] ?? [0, 0]);
  return out;
}

function lengthOf(line: readonly Point[]): number {
  return line.reduce((sum, p, i) => sum + distance(p, line[i - 1] ?? p), 0);
}

/** Neighbours with a new point wherever a new outline touches the middle of one of their edges, so that both have the same points. */
export function withTouchPoints(items: readonly Item[], anchors: readonly Anchor[]): Map<number, Item> {
  const out = new Map<number, Item>();
  for (const { item: id, at, on } of anchors) {
    const item = out.get(id) ?? items.find((other) => other.id === id);
    if (on !== "edge" || !item || item.locked || item.geometry.type !== "polygon") continue;
    const edge = edgeAt(ringsOf(item.geometry.parts), at);
    if (edge) out.set(id, { ...insertPoint(item, edge.ring, edge.before, at), confidence: item.confidence });
  }
  return out;
}

/** The edge that a point lies on, to the last few hundredths of a pixel; null where it already is a corner. */
function edgeAt(rings: readonly Ring[], at: Point): { ring: number; before: number } | null {
  let best: { ring: number; before: number; away: number } | null = null;
  for (const [ring, points] of rings.entries()) {
    for (const [before, b] of points.entries()) {
      if (b[0] === at[0] && b[1] === at[1]) return null;
      const a = points[(before + points.length - 1) % points.length] ?? b;
      const away = distance(at, nearestOnSegment(at, a, b));
      if (away < (best?.away ?? 0.05)) best = { ring, before, away };
    }
  }
  return best;
}
