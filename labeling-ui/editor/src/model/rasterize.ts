/**
 * Polygons to pixels: a polygon covers the pixels whose centre is inside by the even-odd rule over all its rings.
 *
 * The order of operations is the one of the server's rasteriser, in the same 64-bit arithmetic, so both cover the same
 * pixels to the last one, and neighbours that share an edge neither overlap nor leave a gap.
 */
import type { Ring } from "./geometry";
import { type Mask, RunBuilder } from "./runs";

interface Edge {
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
  readonly last: number;
}

/** Calls with (row, x0, x1) for every stretch of pixels inside, in row order. */
export function rasterizeSpans(rings: readonly Ring[], width: number, height: number, visit: (y: number, x0: number, x1: number) => void): void {
  const starting: Edge[][] = [];
  let top = height;
  let bottom = -1;
  for (const ring of rings) {
    let previous = ring[ring.length - 1];
    for (const point of ring) {
      if (previous) {
        const [a, b] = previous[1] <= point[1] ? [previous, point] : [point, previous];
        // One row more at both ends; whether the edge crosses a row is decided by the exact test below.
        const first = Math.max(0, Math.ceil(a[1] - 0.5) - 1);
        const last = Math.min(height - 1, Math.ceil(b[1] - 0.5));
        if (first <= last && a[1] < b[1]) {
          (starting[first] ??= []).push({ ax: a[0], ay: a[1], bx: b[0], by: b[1], last });
          top = Math.min(top, first);
          bottom = Math.max(bottom, last);
        }
      }
      previous = point;
    }
  }
  let active: Edge[] = [];
  const crossings: number[] = [];
  for (let y = top; y <= bottom; y++) {
    const added = starting[y];
    if (added) active = active.concat(added);
    const cy = y + 0.5;
    crossings.length = 0;
    let ended = false;
    for (const e of active) {
      if (e.ay <= cy && cy < e.by) crossings.push(e.ax + ((cy - e.ay) * (e.bx - e.ax)) / (e.by - e.ay));
      if (e.last <= y) ended = true;
    }
    if (ended) active = active.filter((e) => e.last > y);
    crossings.sort((a, b) => a - b);
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const x0 = Math.max(0, Math.ceil((crossings[k] ?? 0) - 0.5));
      const x1 = Math.min(width, Math.ceil((crossings[k + 1] ?? 0) - 0.5));
      if (x0 < x1) visit(y, x0, x1);
    }
  }
}

/** The pixels of a polygon as a mask of the image's size. */
export function rasterize(rings: readonly Ring[], width: number, height: number): Mask {
  const builder = new RunBuilder();
  rasterizeSpans(rings, width, height, (y, x0, x1) => builder.add(y * width + x0, y * width + x1));
  return { width, height, runs: builder.finish(width * height) };
}
