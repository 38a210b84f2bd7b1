/**
 * A mask for one object from clicks or a box, worked out in the browser: used where the server has no model to ask.
 *
 * The neighbourhood is cut into superpixels. From the clicks an area grows by likeness, and of all sizes it goes through, the one with
 * the sharpest border is taken. Where something is said about what the object is not (a box, or clicks on what doesn't belong), the
 * cheapest border between both is sought instead, by colour and by edges.
 */
import { type Rect, grow } from "../model/geometry";
import { MinCut } from "./mincut";
import { type Pixels, crop, within } from "./pixels";
import { type Superpixels, superpixels } from "./slic";

export interface Click {
  readonly x: number;
  readonly y: number;
  /** Whether the place belongs to the object. */
  readonly inside: boolean;
}

export interface Suggestion {
  readonly rect: Rect;
  /** One byte for each pixel of the rectangle: 1 inside. */
  readonly bitmap: Uint8Array;
}

/** Pixels that superpixels of a neighbourhood are made from. */
const PIXELS = 90_000;
const PARTS = 900;
/** An area whose border is hardly sharper than its inside is only a piece of the ground. */
const SHARP = 2;

/** Returns null when nothing can be said, as for no clicks at all, or for one click where nothing stands out. */
export function suggest(pixels: Pixels, clicks: readonly Click[], box: Rect | null): Suggestion | null {
  const inside = clicks.filter((click) => click.inside);
  if (inside.length === 0 && !box) return null;
  const longest = Math.max(pixels.width, pixels.height);
  for (let reach = Math.max(48, Math.min(320, longest / 8)); ; reach *= 2) {
    const rect = within(neighbourhood(clicks, box, reach), pixels);
    if (rect.x1 - rect.x0 < 3 || rect.y1 - rect.y0 < 3) return null;
    const area = new Area(crop(pixels, rect), rect, clicks, box);
    const chosen = area.choose();
    const whole = rect.x0 === 0 && rect.y0 === 0 && rect.x1 === pixels.width && rect.y1 === pixels.height;
    // An area that runs into the edge of what was looked at is probably larger, and so is one whose border is hardly any.
    const sharp = area.sharpness(chosen) > SHARP;
    if (!box && !sharp && clicks.length === 1 && (whole || reach > longest)) return null;
    if (box || whole || reach > longest || (sharp && area.atEdge(chosen, pixels) < 0.08)) return { rect, bitmap: area.bitmap(chosen) };
  }
}

function neighbourhood(clicks: readonly Click[], box: Rect | null, reach: number): Rect {
  if (box) return grow(box, Math.max(12, 0.35 * Math.max(box.x1 - box.x0, box.y1 - box.y0)));
  const inside = clicks.filter((click) => click.inside);
  const xs = inside.map(({ x }) => x);
  const ys = inside.map(({ y }) => y);
  return grow({ x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) }, reach);
}

class Area {
  private readonly parts: Superpixels;
  private readonly sizes: Float64Array;
  private readonly centers: Float64Array;
  /** Lengths of common borders, by neighbour. */
  private readonly borders: Map<number, number>[];
  /** Pixels of each superpixel at the edge of the neighbourhood, but not of the image. */
  private readonly edge: Float64Array;
  private readonly seeds: { part: number; inside: boolean }[];

  constructor(private readonly pixels: Pixels, private readonly rect: Rect, clicks: readonly Click[], private readonly box: Rect | null) {
    const { width, height } = pixels;
    this.parts = superpixels(pixels, Math.max(4, Math.sqrt((width * height) / PARTS)), PIXELS);
    const { labels, count } = this.parts;
    this.sizes = new Float64Array(count);
    this.centers = new Float64Array(2 * count);
    this.edge = new Float64Array(count);
    this.borders = Array.from({ length: count }, () => new Map<number, number>());
    const touch = (a: number, b: number) => {
      if (a === b) return;
      this.borders[a]!.set(b, (this.borders[a]!.get(b) ?? 0) + 1);
      this.borders[b]!.set(a, (this.borders[b]!.get(a) ?? 0) + 1);
    };
    for (let y = 0, p = 0; y < height; y++) {
      for (let x = 0; x < width; x++, p++) {
        const label = labels[p]!;
        this.sizes[label]!++;
        this.centers[2 * label]! += x;
        this.centers[2 * label + 1]! += y;
        if (x + 1 < width) touch(label, labels[p + 1]!);
        if (y + 1 < height) touch(label, labels[p + width]!);
        if (x === 0 || y === 0 || x === width - 1 || y === height - 1) this.edge[label]!++;
      }
    }
    for (let i = 0; i < count; i++) for (let k = 0; k < 2; k++) this.centers[2 * i + k]! /= this.sizes[i]!;
    this.seeds = clicks.flatMap(({ x, y, inside }) => {
      const [u, v] = [Math.floor(x) - rect.x0, Math.floor(y) - rect.y0];
      return u < 0 || v < 0 || u >= width || v >= height ? [] : [{ part: labels[v * width + u]!, inside }];
    });
  }

  /** For each superpixel whether it belongs to the object. */
  choose(): Uint8Array {
    const grown = new Uint8Array(this.parts.count);
    for (const { part, inside } of this.seeds) if (inside) this.grow(part).forEach((value, i) => (grown[i]! |= value));
    if (!this.box && this.seeds.every(({ inside }) => inside)) return this.filled(grown);
    return this.filled(this.connected(this.cut(this.box ? this.boxed() : grown)));
  }

  /** The part of its border that an area has at the edge of the neighbourhood, where that isn't the edge of the image. */
  atEdge(chosen: Uint8Array, { width, height }: Pixels): number {
    const { x0, y0, x1, y1 } = this.rect;
    const [w, h] = [this.pixels.width, this.pixels.height];
    let [touching, all] = [0, 0];
    const { labels } = this.parts;
    const look = (p: number, q: number | null, open: boolean) => {
      if (chosen[labels[p]!] === 0 || (q !== null && chosen[labels[q]!] === 1)) return;
      all++;
      if (q === null && open) touching++;
    };
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const p = y * w + x;
        look(p, x > 0 ? p - 1 : null, x0 > 0);
        look(p, x + 1 < w ? p + 1 : null, x1 < width);
        look(p, y > 0 ? p - w : null, y0 > 0);
        look(p, y + 1 < h ? p + w : null, y1 < height);
      }
    }
    return all === 0 ? 0 : touching / all;
  }

  /** How many times larger the step over an area's border is than that between any two neighbours. */
  sharpness(chosen: Uint8Array): number {
    const sums = [0, 0, 0, 0];
    this.borders.forEach((neighbours, i) => {
      for (const [k, border] of neighbours) {
        const at = chosen[i] === chosen[k] ? 0 : 2;
        sums[at]! += border * this.difference(i, k);
        sums[at + 1]! += border;
      }
    });
    const [inner = 0, innerLength = 0, outer = 0, outerLength = 0] = sums;
    return outer / Math.max(1, outerLength) / (inner / Math.max(1, innerLength) + 1);
  }

  bitmap(chosen: Uint8Array): Uint8Array {
    return Uint8Array.from(this.parts.labels, (label) => chosen[label]!);
  }

  /** From one superpixel to ever more of its surroundings, the likest first; the stage with the sharpest border. */
  private grow(seed: number): Uint8Array {
    const { count } = this.parts;
    const inside = new Uint8Array(count);
    const order: number[] = [];
    const best = { score: -Infinity, length: 1 };
    const reached = new Map<number, number>([[seed, 0]]);
    let [length, contrast, size, edge] = [0, 0, 0, 0];
    const most = 0.7 * count;
    while (reached.size > 0 && order.length < most) {
      let [next, least] = [-1, Infinity];
      for (const [part, away] of reached) if (away < least) [next, least] = [part, away];
      reached.delete(next);
      inside[next] = 1;
      order.push(next);
      size += this.sizes[next]!;
      edge += this.edge[next]!;
      for (const [other, border] of this.borders[next]!) {
        const sign = inside[other] === 1 ? -1 : 1;
        length += sign * border;
        contrast += sign * border * this.difference(next, other);
        // How unlike the seed, and how sharp the step into it.
        if (inside[other] === 0) reached.set(other, Math.min(reached.get(other) ?? Infinity, 0.6 * this.difference(seed, other) + 0.4 * this.difference(next, other)));
      }
      const border = length + edge;
      // Round areas are likelier than ragged ones, and a few superpixels are no object yet.
      const round = Math.min(1, (4 * Math.PI * size) / (border * border) + 0.35);
      const score = (contrast / Math.max(1, border)) * round * Math.min(1, 0.55 + 0.09 * order.length);
      if (score > best.score) Object.assign(best, { score, length: order.length });
    }
    const chosen = new Uint8Array(count);
    for (const part of order.slice(0, best.length)) chosen[part] = 1;
    return chosen;
  }

  private boxed(): Uint8Array {
    const { x0, y0, x1, y1 } = this.box ?? this.rect;
    return Uint8Array.from({ length: this.parts.count }, (_, i) => {
      const [x, y] = [this.centers[2 * i]! + this.rect.x0, this.centers[2 * i + 1]! + this.rect.y0];
      return x > x0 && x < x1 && y > y0 && y < y1 ? 1 : 0;
    });
  }

  /** The cheapest border, with colours learned from a first guess and then from the result. */
  private cut(guess: Uint8Array): Uint8Array {
    const { count } = this.parts;
    const boxed = this.box && this.boxed();
    let mean = 0;
    let borders = 0;
    for (let i = 0; i < count; i++) for (const [k] of this.borders[i]!) [mean, borders] = [mean + this.difference(i, k) ** 2, borders + 1];
    const soft = 1 / (2 * (mean / Math.max(1, borders)) + 1e-6);
    let chosen = guess;
    for (let round = 0; round < 3; round++) {
      const [inner, outer] = [this.palette(chosen, 1), this.palette(chosen, 0)];
      const net = new MinCut(count + 2);
      for (let i = 0; i < count; i++) {
        const [near, far] = [this.unlike(i, inner), this.unlike(i, outer)];
        let [inside, outside] = [this.sizes[i]! * far, this.sizes[i]! * near];
        const said = this.seeds.find(({ part }) => part === i);
        if (said) [inside, outside] = said.inside ? [1e9, 0] : [0, 1e9];
        else if (boxed && boxed[i] === 0) [inside, outside] = [0, 1e9];
        net.link(count, i, inside, 0);
        net.link(i, count + 1, outside, 0);
        for (const [k, border] of this.borders[i]!) if (k > i) net.link(i, k, 12 * border * (0.15 + Math.exp(-soft * this.difference(i, k) ** 2)));
      }
      const next = net.solve(count, count + 1).subarray(0, count);
      if (next.every((value) => value === 0)) break;
      chosen = next;
    }
    return chosen;
  }

  /** A few colours that stand for the chosen superpixels (k-means), each with its spread. */
  private palette(chosen: Uint8Array, value: number): { color: [number, number, number]; spread: number }[] {
    const members = [...chosen.keys()].filter((i) => chosen[i] === value);
    const { means } = this.parts;
    const sorted = members.sort((a, b) => means[3 * a]! - means[3 * b]!);
    const k = Math.min(4, sorted.length);
    let colors = Array.from({ length: k }, (_, c): [number, number, number] => this.colorOf(sorted[Math.floor(((c + 0.5) * sorted.length) / k)]!));
    let spreads = colors.map(() => 1);
    for (let round = 0; round < 4; round++) {
      const sums = colors.map(() => [0, 0, 0, 0, 0]);
      for (const i of members) {
        const own = this.colorOf(i);
        const distances = colors.map((color) => squared(own, color));
        const c = distances.indexOf(Math.min(...distances));
        const size = this.sizes[i]!;
        own.forEach((v, n) => (sums[c]![n]! += v * size));
        sums[c]![3]! += size;
        sums[c]![4]! += size * distances[c]!;
      }
      colors = colors.map((color, c) => (sums[c]![3]! > 0 ? [sums[c]![0]! / sums[c]![3]!, sums[c]![1]! / sums[c]![3]!, sums[c]![2]! / sums[c]![3]!] : color));
      spreads = sums.map((sum) => (sum[3]! > 0 ? sum[4]! / sum[3]! : 1));
    }
    return colors.map((color, c) => ({ color, spread: spreads[c]! + 40 }));
  }

  private unlike(part: number, palette: readonly { color: [number, number, number]; spread: number }[]): number {
    const own = this.colorOf(part);
    return Math.min(8, ...palette.map(({ color, spread }) => squared(own, color) / (2 * spread) + 0.5 * Math.log(spread / 40)));
  }

  /** Only what hangs together with a click inside; with a box alone, the largest area. */
  private connected(chosen: Uint8Array): Uint8Array {
    const groups = this.groups(chosen, 1);
    const clicked = groups.filter((group) => group.some((i) => this.seeds.some(({ part, inside }) => inside && part === i)));
    const largest = groups.sort((a, b) => this.sizeOf(b) - this.sizeOf(a)).slice(0, 1);
    const out = new Uint8Array(chosen.length);
    for (const group of clicked.length > 0 ? clicked : largest) for (const i of group) out[i] = 1;
    return out;
  }

  /** Small gaps that nobody clicked into belong to the object. */
  private filled(chosen: Uint8Array): Uint8Array {
    const size = chosen.reduce((sum, value, i) => sum + value * this.sizes[i]!, 0);
    const out = chosen.slice();
    for (const group of this.groups(chosen, 0)) {
      if (group.some((i) => this.edge[i]! > 0 || this.seeds.some(({ part, inside }) => !inside && part === i))) continue;
      if (this.sizeOf(group) < 0.08 * size) for (const i of group) out[i] = 1;
    }
    return out;
  }

  private groups(chosen: Uint8Array, value: number): number[][] {
    const seen = new Uint8Array(chosen.length);
    const out: number[][] = [];
    for (let first = 0; first < chosen.length; first++) {
      if (seen[first] === 1 || chosen[first] !== value) continue;
      const group = [first];
      seen[first] = 1;
      for (let head = 0; head < group.length; head++) {
        for (const [other] of this.borders[group[head]!]!) {
          if (seen[other] === 1 || chosen[other] !== value) continue;
          seen[other] = 1;
          group.push(other);
        }
      }
      out.push(group);
    }
    return out;
  }

  private sizeOf(group: readonly number[]): number {
    return group.reduce((sum, i) => sum + this.sizes[i]!, 0);
  }

  private colorOf(part: number): [number, number, number] {
    const { means } = this.parts;
    return [means[3 * part]!, means[3 * part + 1]!, means[3 * part + 2]!];
  }

  private difference(a: number, b: number): number {
    return Math.sqrt(squared(this.colorOf(a), this.colorOf(b)));
  }
}

function squared(a: readonly [number, number, number], b: readonly [number, number, number]): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
