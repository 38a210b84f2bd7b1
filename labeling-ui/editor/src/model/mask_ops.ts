/** Masks combined run by run, without unpacking them. The rules are the server's: `tests/golden/geometry_masks.json` is checked by both. */
import { type Mask, RunBuilder, emptyMask, forEachRun, forEachSpan, maskBounds } from "./runs";
import { isEmpty } from "./geometry";

export type MaskOp = "union" | "subtract" | "intersect" | "xor";

const KEEPS: Readonly<Record<MaskOp, (a: boolean, b: boolean) => boolean>> = {
  union: (a, b) => a || b,
  subtract: (a, b) => a && !b,
  intersect: (a, b) => a && b,
  xor: (a, b) => a !== b,
};

/** Two masks of one size as one. */
export function combineMasks(op: MaskOp, a: Mask, b: Mask): Mask {
  return { width: a.width, height: a.height, runs: combineRuns(op, a.runs, b.runs) };
}

/** The same for the runs alone, which must add up to the same number of pixels. */
export function combineRuns(op: MaskOp, a: Uint32Array, b: Uint32Array): Uint32Array {
  const keeps = KEEPS[op];
  const builder = new RunBuilder();
  let at = 0;
  let [i, j] = [0, 0];
  let [leftA, leftB] = [a[0] ?? 0, b[0] ?? 0];
  for (;;) {
    while (leftA === 0 && i < a.length) leftA = a[++i] ?? 0;
    while (leftB === 0 && j < b.length) leftB = b[++j] ?? 0;
    if (i >= a.length || j >= b.length) return builder.finish(at);
    const length = Math.min(leftA, leftB);
    if (keeps(i % 2 === 1, j % 2 === 1)) builder.add(at, at + length);
    at += length;
    leftA -= length;
    leftB -= length;
  }
}

/** The mask with its holes inside too. What is open over a corner of a pixel is no hole, as with outlines. */
export function fillHoles(mask: Mask): Mask {
  const bounds = maskBounds(mask);
  if (isEmpty(bounds)) return emptyMask(mask.width, mask.height);
  const gaps = new Gaps(mask);
  const builder = new RunBuilder();
  const all: [number, number][] = gaps.holes();
  forEachRun(mask, (start, end) => all.push([start, end]));
  for (const [start, end] of all.sort((a, b) => a[0] - b[0])) builder.add(start, end);
  return { ...mask, runs: builder.finish(mask.width * mask.height) };
}

/** Stretches outside a mask within its bounds, and which of them hang together, over corners too. */
class Gaps {
  private readonly rows: number[] = [];
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly y: number[] = [];
  private readonly parent: number[] = [0];
  private readonly width: number;

  constructor(mask: Mask) {
    this.width = mask.width;
    const bounds = maskBounds(mask);
    let row = bounds.y0;
    let x = bounds.x0;
    // Number 0 stands for everything beyond the bounds.
    const add = (x0: number, x1: number) => {
      if (x0 >= x1) return;
      const number = this.parent.push(this.parent.length) - 1;
      this.from.push(x0);
      this.to.push(x1);
      this.y.push(row);
      if (x0 === bounds.x0 || x1 === bounds.x1 || row === bounds.y0 || row === bounds.y1 - 1) this.parent[number] = 0;
    };
    const endRow = () => {
      add(x, bounds.x1);
      row++;
      x = bounds.x0;
      this.rows.push(this.from.length);
    };
    forEachSpan(mask, bounds, (y, x0, x1) => {
      while (row < y) endRow();
      add(x, x0);
      x = x1;
    });
    while (row < bounds.y1) endRow();
    for (let r = 1; r < this.rows.length; r++) this.connect(r);
  }

  holes(): [number, number][] {
    return this.from.flatMap((x0, i): [number, number][] => {
      const start = (this.y[i] ?? 0) * this.width;
      return this.root(i + 1) === 0 ? [] : [[start + x0, start + (this.to[i] ?? 0)]];
    });
  }

  private connect(r: number): void {
    let above = this.rows[r - 2] ?? 0;
    const aboveEnd = this.rows[r - 1] ?? 0;
    let here = aboveEnd;
    const hereEnd = this.rows[r] ?? 0;
    while (above < aboveEnd && here < hereEnd) {
      const touches = (this.from[above] ?? 0) <= (this.to[here] ?? 0) && (this.from[here] ?? 0) <= (this.to[above] ?? 0);
      if (touches) this.join(above + 1, here + 1);
      if ((this.to[above] ?? 0) < (this.to[here] ?? 0)) above++;
      else here++;
    }
  }

  private join(a: number, b: number): void {
    const [x, y] = [this.root(a), this.root(b)];
    this.parent[Math.max(x, y)] = Math.min(x, y);
  }

  private root(number: number): number {
    let at = number;
    while (this.parent[at] !== at) {
      this.parent[at] = this.parent[this.parent[at] ?? 0] ?? 0;
      at = this.parent[at] ?? 0;
    }
    return at;
  }
}
