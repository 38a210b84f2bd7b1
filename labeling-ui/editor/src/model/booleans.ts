/**
 * Polygons combined with polygons, on a grid of 1/256 pixel: points on that grid stay exactly where they are, so borders that
 * were shared stay shared; new corners where outlines cross move by at most half a step of it.
 */
import { ClipType, Clipper64, ClipperOffset, EndType, FillRule, JoinType, type Path64, type PolyPath64, PolyTree64 } from "clipper2-ts";
import { type Part, type Point, type Ring, ringsOf, signedArea2 } from "./geometry";

export type PolygonOp = "union" | "subtract" | "intersect";

const STEP = 256;
/** Rings of less area, in pixels, are leftovers of rounding. */
const SLIVER = 1 / 64;
const TYPES: Readonly<Record<PolygonOp, ClipType>> = { union: ClipType.Union, subtract: ClipType.Difference, intersect: ClipType.Intersection };

/** Two polygons as one, each covering what it covers by the even-odd rule; no parts when nothing is left. */
export function combineParts(op: PolygonOp, a: readonly Part[], b: readonly Part[]): Part[] {
  return execute(TYPES[op], FillRule.EvenOdd, ringsOf(a).map(toPath), ringsOf(b).map(toPath));
}

/** The same area with outlines that don't cross themselves or each other. */
export function untangle(parts: readonly Part[]): Part[] {
  return execute(ClipType.Union, FillRule.EvenOdd, ringsOf(parts).map(toPath), []);
}

export interface Dab {
  readonly at: Point;
  readonly size: number;
}

/** What a round tip covers on its way through these places; sizes are diameters in pixels. */
export function strokeParts(dabs: readonly Dab[]): Part[] {
  const [first] = dabs;
  if (!first) return [];
  if (dabs.every(({ size }) => size === first.size)) {
    // An eighth of a pixel is as round as anyone sees.
    const offset = new ClipperOffset(2, STEP * Math.max(0.05, Math.min(0.125, first.size / 80)));
    offset.addPaths([dabs.map(({ at }) => toPoint(at))], JoinType.Round, EndType.Round);
    const paths: Path64[] = [];
    offset.execute((first.size / 2) * STEP, paths);
    return execute(ClipType.Union, FillRule.NonZero, paths, []);
  }
  const pieces = dabs.map((dab, i) => hull([...circle(dab), ...circle(dabs[i - 1] ?? dab)]));
  return execute(ClipType.Union, FillRule.NonZero, pieces.map(toPath), []);
}

/** Where coordinates lie on the grid of booleans. */
export function onGrid([x, y]: Point): Point {
  return [Math.round(x * STEP) / STEP, Math.round(y * STEP) / STEP];
}

function toPoint([x, y]: Point): Path64[number] {
  return { x: Math.round(x * STEP), y: Math.round(y * STEP) };
}

function toPath(ring: Ring): Path64 {
  return ring.map(toPoint);
}

function execute(type: ClipType, rule: FillRule, subject: Path64[], clip: Path64[]): Part[] {
  const clipper = new Clipper64();
  clipper.addSubject(subject);
  if (clip.length > 0) clipper.addClip(clip);
  const tree = new PolyTree64();
  clipper.execute(type, rule, tree);
  const parts: Part[] = [];
  collect(tree, parts);
  return parts;
}

/** Outlines stand at every other level of the tree, their holes right below. */
function collect(node: PolyPath64, parts: Part[]): void {
  for (let i = 0; i < node.count; i++) {
    const outline = node.child(i);
    const outer = fromPath(outline.poly);
    const holes: Ring[] = [];
    for (let k = 0; k < outline.count; k++) {
      const hole = outline.child(k);
      const ring = fromPath(hole.poly);
      if (ring) holes.push(ring);
      collect(hole, parts);
    }
    if (outer) parts.push({ outer, holes });
  }
}

function fromPath(path: Path64 | null): Ring | null {
  const ring = (path ?? []).map(({ x, y }): Point => [x / STEP, y / STEP]);
  return ring.length >= 3 && Math.abs(signedArea2(ring)) / 2 >= SLIVER ? ring : null;
}

function circle({ at, size }: Dab): Point[] {
  const radius = Math.max(0.5, size / 2);
  const count = Math.max(8, Math.min(64, Math.ceil(Math.PI / Math.acos(1 - Math.min(0.125, radius / 16) / radius))));
  return Array.from({ length: count }, (_, i): Point => [at[0] + radius * Math.cos((2 * Math.PI * i) / count), at[1] + radius * Math.sin((2 * Math.PI * i) / count)]);
}

/** The convex outline around points (Andrew's monotone chain). */
function hull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list: readonly Point[]) => {
    const out: Point[] = [];
    for (const p of list) {
      for (;;) {
        const [a, b] = [out[out.length - 2], out[out.length - 1]];
        if (!a || !b || (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break;
        out.pop();
      }
      out.push(p);
    }
    return out.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}
