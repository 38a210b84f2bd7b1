/** Flood fill by colour. */
import type { Pixels } from "./pixels";

/**
 * The pixels that hang together with one, over their sides, and differ from it by at most `tolerance` in red, green and blue (0 to 255).
 * The colour to compare with is the mean around the first pixel, so that noise in it doesn't decide. One byte a pixel.
 */
export function flood({ width, height, data }: Pixels, x: number, y: number, tolerance: number): Uint8Array {
  const out = new Uint8Array(width * height);
  if (x < 0 || y < 0 || x >= width || y >= height) return out;
  const [r, g, b] = around(data, width, height, x, y);
  const fits = (p: number) => out[p] === 0 && Math.abs(data[4 * p]! - r) <= tolerance && Math.abs(data[4 * p + 1]! - g) <= tolerance && Math.abs(data[4 * p + 2]! - b) <= tolerance;
  const stack = [y * width + x];
  for (let p = stack.pop(); p !== undefined; p = stack.pop()) {
    if (!fits(p) && p !== y * width + x) continue;
    const row = Math.floor(p / width) * width;
    let from = p;
    while (from > row && fits(from - 1)) from--;
    let to = p + 1;
    while (to < row + width && fits(to)) to++;
    out.fill(1, from, to);
    for (const next of [-width, width]) {
      if (row + next < 0 || row + next >= width * height) continue;
      let open = false;
      for (let q = from + next; q < to + next; q++) {
        const free = fits(q);
        if (free && !open) stack.push(q);
        open = free;
      }
    }
  }
  return out;
}

function around(data: Uint8ClampedArray, width: number, height: number, x: number, y: number): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++, count++) {
      for (let c = 0; c < 3; c++) sum[c]! += data[4 * (v * width + u) + c]!;
    }
  }
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}
