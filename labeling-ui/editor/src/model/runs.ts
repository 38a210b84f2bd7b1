/**
 * Run-length coded masks. Runs go row by row from the top left pixel and alternate between outside and inside, beginning
 * with outside (so the first run may be 0), and add up to width × height. No other run is 0, so equal masks have equal runs.
 */
import { type Rect, NOWHERE, isEmpty } from "./geometry";

export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly runs: Uint32Array;
}

/** Collects pixels that come in order, as `[from, to)` in row order, into runs. */
export class RunBuilder {
  private readonly runs: number[] = [];
  private end = 0;

  /** Adds pixels; they must begin at or after the end of the ones before. */
  add(from: number, to: number): void {
    if (to <= from) return;
    if (this.runs.length === 0) this.runs.push(from, to - from);
    else if (from === this.end) this.runs[this.runs.length - 1]! += to - from;
    else this.runs.push(from - this.end, to - from);
    this.end = to;
  }

  finish(pixels: number): Uint32Array {
    if (this.runs.length === 0) this.runs.push(pixels);
    else if (this.end < pixels) this.runs.push(pixels - this.end);
    return Uint32Array.from(this.runs);
  }
}

/** Runs of any origin as a mask: empty runs merged away. Null when they don't add up to the size. */
export function maskFromCounts(width: number, height: number, counts: ArrayLike<number>): Mask | null {
  const builder = new RunBuilder();
  let at = 0;
  for (let i = 0; i < counts.length; i++) {
    const n = counts[i] ?? NaN;
    if (!Number.isInteger(n) || n < 0) return null;
    if (i % 2 === 1) builder.add(at, at + n);
    at += n;
  }
  return at === width * height && at > 0 ? { width, height, runs: builder.finish(at) } : null;
}

export function emptyMask(width: number, height: number): Mask {
  return { width, height, runs: Uint32Array.of(width * height) };
}

/** A mask from one byte a pixel, row by row; anything but 0 is inside. */
export function encode(width: number, height: number, bitmap: Uint8Array): Mask {
  const builder = new RunBuilder();
  scan(bitmap, 0, width * height, builder);
  return { width, height, runs: builder.finish(width * height) };
}

function scan(bitmap: Uint8Array, from: number, to: number, into: RunBuilder): void {
  for (let i = from; i < to; ) {
    while (i < to && bitmap[i] === 0) i++;
    const start = i;
    while (i < to && bitmap[i] !== 0) i++;
    into.add(start, i);
  }
}

/** The mask with the rows y0 to y1 taken from a bitmap of its size, and the other rows as they were. */
export function replaceRows(mask: Mask, bitmap: Uint8Array, y0: number, y1: number): Mask {
  const from = y0 * mask.width;
  const to = y1 * mask.width;
  const builder = new RunBuilder();
  forEachRun(mask, (start, end) => builder.add(start, Math.min(end, from)));
  scan(bitmap, from, to, builder);
  forEachRun(mask, (start, end) => builder.add(Math.max(start, to), end));
  return { ...mask, runs: builder.finish(mask.width * mask.height) };
}

/** One byte a pixel, row by row: 1 inside. */
export function decode(mask: Mask): Uint8Array {
  const out = new Uint8Array(mask.width * mask.height);
  forEachRun(mask, (start, end) => out.fill(1, start, end));
  return out;
}

/** Calls with `[start, end)` in row order; a run may go on over the end of a row. */
export function forEachRun(mask: Mask, visit: (start: number, end: number) => void): void {
  let at = 0;
  const { runs } = mask;
  for (let i = 0; i < runs.length; i++) {
    const next = at + (runs[i] ?? 0);
    if (i % 2 === 1) visit(at, next);
    at = next;
  }
}

/** Calls with (row, x0, x1) for every stretch of pixels inside, rows cut apart, within a rectangle. */
export function forEachSpan(mask: Mask, within: Rect, visit: (y: number, x0: number, x1: number) => void): void {
  const { runs, width } = mask;
  const starts = startsOf(mask);
  const first = Math.max(0, within.y0) * width;
  const last = Math.min(mask.height, within.y1) * width;
  for (let i = oddRunAt(starts, first); i < runs.length; i += 2) {
    const start = Math.max(starts[i] ?? 0, first);
    const end = Math.min((starts[i] ?? 0) + (runs[i] ?? 0), last);
    if ((starts[i] ?? 0) >= last) break;
    for (let at = start; at < end; ) {
      const y = Math.floor(at / width);
      const stop = Math.min(end, (y + 1) * width);
      const x0 = Math.max(at - y * width, within.x0);
      const x1 = Math.min(stop - y * width, within.x1);
      if (x0 < x1) visit(y, x0, x1);
      at = stop;
    }
  }
}

const startsCache = new WeakMap<Uint32Array, Uint32Array>();

function startsOf({ runs }: Mask): Uint32Array {
  let starts = startsCache.get(runs);
  if (!starts) {
    starts = new Uint32Array(runs.length);
    for (let i = 1; i < runs.length; i++) starts[i] = (starts[i - 1] ?? 0) + (runs[i - 1] ?? 0);
    startsCache.set(runs, starts);
  }
  return starts;
}

/** Index of the inside run that holds a pixel or is the first after it. */
function oddRunAt(starts: Uint32Array, pixel: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= pixel) low = middle + 1;
    else high = middle;
  }
  const run = Math.max(0, low - 1);
  return run % 2 === 1 ? run : run + 1;
}

export function maskContains(mask: Mask, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= mask.width || y >= mask.height) return false;
  const pixel = Math.floor(y) * mask.width + Math.floor(x);
  const starts = startsOf(mask);
  return (starts[oddRunAt(starts, pixel)] ?? Infinity) <= pixel;
}

/** How many pixels are inside. */
export function maskArea(mask: Mask): number {
  let area = 0;
  for (let i = 1; i < mask.runs.length; i += 2) area += mask.runs[i] ?? 0;
  return area;
}

const boundsCache = new WeakMap<Uint32Array, Rect>();

/** The smallest rectangle around all pixels inside; empty for an empty mask. */
export function maskBounds(mask: Mask): Rect {
  const known = boundsCache.get(mask.runs);
  if (known) return known;
  let { x0, y0, x1, y1 } = NOWHERE;
  const { width } = mask;
  forEachRun(mask, (start, end) => {
    const top = Math.floor(start / width);
    const bottom = Math.floor((end - 1) / width);
    y0 = Math.min(y0, top);
    y1 = Math.max(y1, bottom + 1);
    x0 = Math.min(x0, top === bottom ? start - top * width : 0);
    x1 = Math.max(x1, top === bottom ? end - top * width : width);
  });
  const bounds = { x0, y0, x1, y1 };
  boundsCache.set(mask.runs, bounds);
  return bounds;
}

/** The mask moved by whole pixels; what leaves the image is cut off. */
export function translateMask(mask: Mask, dx: number, dy: number): Mask {
  const { width, height } = mask;
  const builder = new RunBuilder();
  const source: Rect = { x0: Math.max(0, -dx), y0: Math.max(0, -dy), x1: Math.min(width, width - dx), y1: Math.min(height, height - dy) };
  if (!isEmpty(source)) {
    forEachSpan(mask, source, (y, x0, x1) => builder.add((y + dy) * width + x0 + dx, (y + dy) * width + x1 + dx));
  }
  return { width, height, runs: builder.finish(width * height) };
}

export function sameMask(a: Mask, b: Mask): boolean {
  return a.width === b.width && a.height === b.height && a.runs.length === b.runs.length && a.runs.every((n, i) => n === b.runs[i]);
}
