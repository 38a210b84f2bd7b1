/**
 * Cutting a polygon along a line, exactly: both sides get the very same points along the cut, so that together they cover what
 * was there, pixel by pixel. Ends of the line that stop inside the polygon cut nothing.
 */
import { type Part, type Point, type Ring, contains, distance, signedArea2 } from "./geometry";

interface Crossing {
  /** Along the line: segments done, and the part of the segment at hand. */
  readonly along: number;
  readonly at: Point;
  readonly ring: number;
  /** The edge that is crossed begins at this point of the ring; how far along it. */
  readonly edge: number;
  readonly part: number;
}

/** A stretch of the line inside the polygon, from one crossing to another. */
interface Chord {
  readonly from: Crossing;
  readonly to: Crossing;
  readonly between: readonly Point[];
}

/** The pieces of a part: just itself when the line doesn't go through. */
export function cutPart(part: Part, line: readonly Point[]): Part[] {
  // With the outline one way round and the holes the other, the inside is always on the same hand.
  const rings = [turned(part.outer, 1), ...part.holes.map((hole) => turned(hole, -1))];
  let chords = chordsOf(rings, line);
  while (chords.length > 0) {
    const faces = new Faces(rings, chords);
    const idle = faces.idle();
    if (idle.size === 0) return faces.pieces();
    chords = chords.filter((_, i) => !idle.has(i));
  }
  return [part];
}

/** Whether a line crosses itself, so that there would be no telling what is on which side. */
export function crossesItself(line: readonly Point[]): boolean {
  for (let i = 1; i < line.length; i++) {
    for (let k = i + 2; k < line.length; k++) {
      const [a, b, c, d] = [line[i - 1], line[i], line[k - 1], line[k]];
      if (a && b && c && d && crosses(a, b, c, d)) return true;
    }
  }
  return false;
}

function turned(ring: Ring, sign: 1 | -1): Ring {
  return signedArea2(ring) * sign < 0 ? [...ring].reverse() : ring;
}

function side(a: Point, b: Point, p: Point): number {
  return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
}

/** Points on the line count as on one side of it, so that a line through a corner crosses once or not at all. */
function crosses(a: Point, b: Point, c: Point, d: Point): boolean {
  return side(a, b, c) >= 0 !== side(a, b, d) >= 0 && side(c, d, a) >= 0 !== side(c, d, b) >= 0;
}

function chordsOf(rings: readonly Ring[], line: readonly Point[]): Chord[] {
  const crossings: Crossing[] = [];
  for (let i = 1; i < line.length; i++) {
    const [p, q] = [line[i - 1], line[i]];
    if (p && q) rings.forEach((ring, number) => crossings.push(...crossingsOf(ring, number, p, q, i - 1)));
  }
  crossings.sort((a, b) => a.along - b.along);
  const [start] = line;
  let inside = start !== undefined && contains(rings, start[0], start[1]);
  const chords: Chord[] = [];
  crossings.forEach((to, i) => {
    const from = crossings[i - 1];
    if (inside && from) chords.push({ from, to, between: line.slice(Math.floor(from.along) + 1, Math.floor(to.along) + 1).filter((p) => distance(p, from.at) > 0 && distance(p, to.at) > 0) });
    inside = !inside;
  });
  return chords.filter(({ from, to, between }) => between.length > 0 || distance(from.at, to.at) > 0);
}

function crossingsOf(ring: Ring, number: number, p: Point, q: Point, segment: number): Crossing[] {
  return ring.flatMap((a, edge) => {
    const b = ring[(edge + 1) % ring.length] ?? a;
    if (!crosses(p, q, a, b)) return [];
    const [da, db] = [side(p, q, a), side(p, q, b)];
    const part = da / (da - db);
    // Exact on edges along the pixels, whose one coordinate does not change.
    const at: Point = [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
    const length = distance(p, q);
    return [{ along: segment + Math.min(1 - 1e-12, length > 0 ? distance(p, at) / length : 0), at, ring: number, edge, part }];
  });
}

interface HalfEdge {
  readonly from: number;
  readonly to: number;
  /** The chord it belongs to; -1 for the outline. */
  readonly chord: number;
}

/** Outlines and chords as one net of lines; its meshes are the pieces. */
class Faces {
  private readonly points: Point[] = [];
  private readonly edges: HalfEdge[] = [];
  private readonly leaving = new Map<number, number[]>();
  /** Closed walks with the inside on the same hand, as edges. */
  private readonly walks: number[][] = [];

  constructor(rings: readonly Ring[], chords: readonly Chord[]) {
    const nodes = new Map<Crossing, number>();
    rings.forEach((ring, number) => this.addRing(ring, chords.flatMap(({ from, to }) => [from, to]).filter((c) => c.ring === number), nodes));
    chords.forEach(({ from, to, between }, chord) => {
      const path = [nodes.get(from) ?? 0, ...between.map((p) => this.points.push(p) - 1), nodes.get(to) ?? 0];
      for (let i = 1; i < path.length; i++) {
        this.connect(path[i - 1] ?? 0, path[i] ?? 0, chord);
        this.connect(path[i] ?? 0, path[i - 1] ?? 0, chord);
      }
    });
    const used = new Set<number>();
    this.edges.forEach((_, first) => {
      if (used.has(first)) return;
      const walk: number[] = [];
      for (let at = first; !used.has(at); at = this.next(at)) {
        used.add(at);
        walk.push(at);
      }
      this.walks.push(walk);
    });
  }

  /** Chords with the same mesh on both sides: they part nothing. */
  idle(): Set<number> {
    const seen = new Map<number, number>();
    const idle = new Set<number>();
    this.walks.forEach((walk, number) => {
      const count = new Map<number, number>();
      for (const edge of walk) {
        const { chord, from, to } = this.edges[edge] ?? { chord: -1, from: 0, to: 0 };
        if (chord < 0) continue;
        const key = Math.min(from, to) * this.points.length + Math.max(from, to);
        if (seen.get(key) === number) idle.add(chord);
        seen.set(key, number);
        count.set(chord, 1);
      }
    });
    return idle;
  }

  pieces(): Part[] {
    const rings = this.walks.map((walk) => walk.map((edge) => this.points[this.edges[edge]?.from ?? 0] ?? ([0, 0] as const)).filter((p, i, all) => distance(p, all[(i + all.length - 1) % all.length] ?? p) > 0));
    const pieces = rings.filter((ring) => ring.length >= 3 && signedArea2(ring) > 0).map((outer) => ({ outer, holes: [] as Ring[] }));
    pieces.sort((a, b) => signedArea2(a.outer) - signedArea2(b.outer));
    for (const hole of rings.filter((ring) => ring.length >= 3 && signedArea2(ring) < 0)) {
      const [first] = hole;
      (pieces.find(({ outer }) => first && contains([outer], first[0], first[1])) ?? pieces[pieces.length - 1])?.holes.push(hole);
    }
    return pieces.reverse();
  }

  private addRing(ring: Ring, crossings: readonly Crossing[], nodes: Map<Crossing, number>): void {
    const path = ring.flatMap((p, edge) => {
      const on = crossings.filter((c) => c.edge === edge).sort((a, b) => a.part - b.part);
      return [this.points.push(p) - 1, ...on.map((c) => {
        const node = this.points.push(c.at) - 1;
        nodes.set(c, node);
        return node;
      })];
    });
    path.forEach((node, i) => this.connect(node, path[(i + 1) % path.length] ?? node, -1));
  }

  private connect(from: number, to: number, chord: number): void {
    const edge = this.edges.push({ from, to, chord }) - 1;
    this.leaving.set(from, [...(this.leaving.get(from) ?? []), edge]);
  }

  /** The edge to go on with at the end of another: the first one when turning from the way back towards the inside. */
  private next(edge: number): number {
    const { from, to } = this.edges[edge] ?? { from: 0, to: 0 };
    const leaving = this.leaving.get(to) ?? [];
    if (leaving.length === 1) return leaving[0] ?? edge;
    const angle = (node: number) => {
      const [a, b] = [this.points[to] ?? [0, 0], this.points[node] ?? [0, 0]];
      return Math.atan2(b[1] - a[1], b[0] - a[0]);
    };
    const back = angle(from);
    let best = leaving[0] ?? edge;
    let least = Infinity;
    for (const candidate of leaving) {
      const target = this.edges[candidate]?.to ?? from;
      const turn = target === from ? 2 * Math.PI : (back - angle(target) + 4 * Math.PI) % (2 * Math.PI) || 2 * Math.PI;
      if (turn < least) [best, least] = [candidate, turn];
    }
    return best;
  }
}
