/**
 * Pixels to polygons without loss: traces pixel corners. Coordinates are whole numbers, points in the middle of a straight
 * line are left out, parts are connected over edges (not over corners), and rasterising gives the same mask back. Parts
 * come in the order of their first pixels, and rings begin at the left end of their topmost side, as on the server.
 */
import { type Part, type Point, type Rect, isEmpty, signedArea2 } from "./geometry";
import { type Mask, forEachSpan, maskBounds } from "./runs";

export function contour(mask: Mask): Part[] {
  const bounds = maskBounds(mask);
  if (isEmpty(bounds)) return [];
  const pixels = new Crop(mask, bounds);
  const parts = new Map<number, { outer: Point[]; holes: Point[][] }>();
  const holes: { component: number; ring: Point[] }[] = [];
  for (let y = 0; y < pixels.height; y++) {
    for (let x = 0; x < pixels.width; x++) {
      if (!pixels.inside(x, y) || pixels.inside(x, y - 1) || pixels.isTraced(x, y)) continue;
      const ring = trace(pixels, x, y).map(([px, py]): Point => [px + bounds.x0, py + bounds.y0]);
      const component = pixels.componentOf(x, y);
      if (signedArea2(ring) > 0) parts.set(component, { outer: ring, holes: [] });
      else holes.push({ component, ring });
    }
  }
  // A hole belongs to the pixels around it, whose outline may have been met before or after.
  for (const { component, ring } of holes) parts.get(component)?.holes.push(ring);
  return [...parts.values()];
}

const STEPS: readonly Point[] = [[1, 0], [0, 1], [-1, 0], [0, -1]];

/** Walks around from the left end of a pixel's top edge with the inside on the right hand; ends where it began. */
function trace(pixels: Crop, startX: number, startY: number): Point[] {
  const ring: Point[] = [[startX, startY]];
  let x = startX;
  let y = startY;
  let heading = 0;
  for (;;) {
    if (heading === 0) pixels.markTraced(x, y);
    const [dx, dy] = STEPS[heading] ?? [0, 0];
    x += dx;
    y += dy;
    const next = turn(pixels, x, y, heading);
    if (next === 0 && x === startX && y === startY) return ring;
    if (next !== heading) ring.push([x, y]);
    heading = next;
  }
}

/** Right if the pixel ahead on the right is outside, so corners that only touch stay apart; left if both ahead are inside. */
function turn(pixels: Crop, x: number, y: number, heading: number): number {
  const right = aheadRight(pixels, x, y, heading);
  if (!right) return (heading + 1) % 4;
  return aheadRight(pixels, x, y, (heading + 3) % 4) ? (heading + 3) % 4 : heading;
}

function aheadRight(pixels: Crop, x: number, y: number, heading: number): boolean {
  switch (heading) {
    case 0: return pixels.inside(x, y);
    case 1: return pixels.inside(x - 1, y);
    case 2: return pixels.inside(x - 1, y - 1);
    default: return pixels.inside(x, y - 1);
  }
}

/** The pixels within the bounds of a mask, with the number of the connected area of each run of pixels. */
class Crop {
  readonly width: number;
  readonly height: number;
  private readonly bits: Uint8Array;
  private readonly rows: number[];
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly parent: number[] = [];

  constructor(mask: Mask, bounds: Rect) {
    this.width = bounds.x1 - bounds.x0;
    this.height = bounds.y1 - bounds.y0;
    this.bits = new Uint8Array(this.width * this.height);
    this.rows = new Array<number>(this.height + 1).fill(0);
    let row = -1;
    forEachSpan(mask, bounds, (y, x0, x1) => {
      const start = (y - bounds.y0) * this.width - bounds.x0;
      this.bits.fill(1, start + x0, start + x1);
      while (row < y - bounds.y0) this.rows[++row] = this.from.length;
      this.parent.push(this.from.length);
      this.from.push(x0 - bounds.x0);
      this.to.push(x1 - bounds.x0);
    });
    while (row < this.height) this.rows[++row] = this.from.length;
    for (let y = 1; y < this.height; y++) this.connect(y);
  }

  inside(x: number, y: number): boolean {
    return x >= 0 && y >= 0 && x < this.width && y < this.height && this.bits[y * this.width + x] !== 0;
  }

  isTraced(x: number, y: number): boolean {
    return this.bits[y * this.width + x] === 2;
  }

  markTraced(x: number, y: number): void {
    this.bits[y * this.width + x] = 2;
  }

  componentOf(x: number, y: number): number {
    let low = this.rows[y] ?? 0;
    let high = (this.rows[y + 1] ?? 0) - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.from[middle] ?? 0) <= x) low = middle;
      else high = middle - 1;
    }
    return this.root(low);
  }

  private connect(y: number): void {
    let above = this.rows[y - 1] ?? 0;
    const aboveEnd = this.rows[y] ?? 0;
    let here = aboveEnd;
    const hereEnd = this.rows[y + 1] ?? 0;
    while (above < aboveEnd && here < hereEnd) {
      const overlaps = (this.from[above] ?? 0) < (this.to[here] ?? 0) && (this.from[here] ?? 0) < (this.to[above] ?? 0);
      if (overlaps) this.parent[this.root(here)] = this.root(above);
      if ((this.to[above] ?? 0) < (this.to[here] ?? 0)) above++;
      else here++;
    }
  }

  private root(run: number): number {
    let at = run;
    for (let up = this.parent[at] ?? at; up !== at; up = this.parent[at] ?? at) {
      this.parent[at] = this.parent[up] ?? up;
      at = this.parent[at] ?? at;
    }
    return at;
  }
}
