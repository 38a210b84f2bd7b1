/** Painting with a round tip into one mask. The mask is unpacked once and packed again only where it changed. */
import { type Point, type Rect, NOWHERE, isEmpty, join } from "./geometry";
import { type Mask, decode, replaceRows } from "./runs";

/** Where the middle of the tip goes: on a pixel's centre for odd sizes, on a corner for even ones, so tips are symmetric. */
export function snapTip(p: Point, size: number): Point {
  return size % 2 === 1 ? [Math.floor(p[0]) + 0.5, Math.floor(p[1]) + 0.5] : [Math.round(p[0]), Math.round(p[1])];
}

/** Calls with (row, x0, x1) for the pixels whose centre is within `radius` of the segment a–b. */
export function capsule(a: Point, b: Point, radius: number, width: number, height: number, visit: (y: number, x0: number, x1: number) => void): void {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const nx = length === 0 ? 0 : (-(b[1] - a[1]) / length) * radius;
  const ny = length === 0 ? 0 : ((b[0] - a[0]) / length) * radius;
  const corners: Point[] = [[a[0] + nx, a[1] + ny], [b[0] + nx, b[1] + ny], [b[0] - nx, b[1] - ny], [a[0] - nx, a[1] - ny]];
  const top = Math.max(0, Math.floor(Math.min(a[1], b[1]) - radius));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(a[1], b[1]) + radius));
  for (let y = top; y <= bottom; y++) {
    const cy = y + 0.5;
    let from = Infinity;
    let to = -Infinity;
    for (const [x, middle] of [a, b]) {
      const reach2 = radius * radius - (cy - middle) * (cy - middle);
      if (reach2 < 0) continue;
      from = Math.min(from, x - Math.sqrt(reach2));
      to = Math.max(to, x + Math.sqrt(reach2));
    }
    corners.forEach((p, i) => {
      const q = corners[(i + 1) % 4] ?? p;
      if (p[1] <= cy === q[1] <= cy) return;
      const x = p[0] + ((cy - p[1]) * (q[0] - p[0])) / (q[1] - p[1]);
      from = Math.min(from, x);
      to = Math.max(to, x);
    });
    const x0 = Math.max(0, Math.ceil(from - 0.5));
    const x1 = Math.min(width, Math.floor(to - 0.5) + 1);
    if (x0 < x1) visit(y, x0, x1);
  }
}

/** A mask that is being painted: one byte a pixel, 1 inside. */
export class PaintBuffer {
  readonly bitmap: Uint8Array;
  private changed: Rect = NOWHERE;

  constructor(private mask: Mask) {
    this.bitmap = decode(mask);
  }

  /** Whether the buffer holds just this mask, so that it can be painted further without unpacking. */
  holds(mask: Mask): boolean {
    return this.mask === mask;
  }

  /** Paints (or erases) from a to b; returns the rectangle that may have changed. */
  stroke(a: Point, b: Point, size: number, paint: boolean): Rect {
    const { width, height } = this.mask;
    let { x0, y0, x1, y1 } = NOWHERE;
    capsule(a, b, size / 2, width, height, (y, from, to) => {
      this.bitmap.fill(paint ? 1 : 0, y * width + from, y * width + to);
      x0 = Math.min(x0, from);
      x1 = Math.max(x1, to);
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y + 1);
    });
    const rect = { x0, y0, x1, y1 };
    this.changed = join(this.changed, rect);
    return rect;
  }

  /** Paints (or erases) whole rows of pixels, given as (row, x0, x1); returns the rectangle that may have changed. */
  cover(rows: Iterable<readonly [y: number, x0: number, x1: number]>, paint: boolean): Rect {
    let rect: Rect = NOWHERE;
    for (const [y, x0, x1] of rows) {
      this.bitmap.fill(paint ? 1 : 0, y * this.mask.width + x0, y * this.mask.width + x1);
      rect = join(rect, { x0, y0: y, x1, y1: y + 1 });
    }
    this.changed = join(this.changed, rect);
    return rect;
  }

  /** Ends a stroke: the mask as it is now. */
  finish(): Mask {
    if (!isEmpty(this.changed)) this.mask = replaceRows(this.mask, this.bitmap, this.changed.y0, this.changed.y1);
    this.changed = NOWHERE;
    return this.mask;
  }
}
