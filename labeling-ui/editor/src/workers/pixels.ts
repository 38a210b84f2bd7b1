/** The image's pixels in the worker, and the way between them and the image's own coordinates. */
import { type Rect } from "../model/geometry";
import { RunBuilder } from "../model/runs";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha of each pixel, row by row. */
  readonly data: Uint8ClampedArray;
}

/** Part of a picture, as pixels of its own; within its bounds. */
export function crop(pixels: Pixels, { x0, y0, x1, y1 }: Rect): Pixels {
  const [width, height] = [x1 - x0, y1 - y0];
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 4 * ((y + y0) * pixels.width + x0);
    data.set(pixels.data.subarray(from, from + 4 * width), 4 * y * width);
  }
  return { width, height, data };
}

/** A rectangle of whole pixels, within a picture. */
export function within(rect: Rect, { width, height }: { width: number; height: number }): Rect {
  return { x0: Math.max(0, Math.floor(rect.x0)), y0: Math.max(0, Math.floor(rect.y0)), x1: Math.min(width, Math.ceil(rect.x1)), y1: Math.min(height, Math.ceil(rect.y1)) };
}

/** Brightness and two differences of colour of each pixel, in steps that the eye finds about equal; `factor` pixels across become one. */
export function colors(pixels: Pixels, factor: number): { width: number; height: number; values: Float32Array } {
  const width = Math.max(1, Math.floor(pixels.width / factor));
  const height = Math.max(1, Math.floor(pixels.height / factor));
  const values = new Float32Array(3 * width * height);
  const { data } = pixels;
  const share = 1 / (factor * factor);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let v = 0; v < factor; v++) {
        let at = 4 * ((y * factor + v) * pixels.width + x * factor);
        for (let u = 0; u < factor; u++, at += 4) {
          r += data[at]!;
          g += data[at + 1]!;
          b += data[at + 2]!;
        }
      }
      const light = (0.299 * r + 0.587 * g + 0.114 * b) * share;
      const at = 3 * (y * width + x);
      values[at] = light;
      values[at + 1] = (r * share - light) * 0.7;
      values[at + 2] = (b * share - light) * 0.55;
    }
  }
  return { width, height, values };
}

/** Runs over an image of `width` × `height` of what a smaller bitmap of the whole says. */
export function runsOf(bitmap: Uint8Array, from: { width: number; height: number }, width: number, height: number): Uint32Array {
  const builder = new RunBuilder();
  const columns = new Uint32Array(width);
  for (let x = 0; x < width; x++) columns[x] = Math.min(from.width - 1, Math.floor(((x + 0.5) * from.width) / width));
  for (let y = 0; y < height; y++) {
    const row = Math.min(from.height - 1, Math.floor(((y + 0.5) * from.height) / height)) * from.width;
    for (let x = 0; x < width; ) {
      while (x < width && bitmap[row + columns[x]!] === 0) x++;
      const start = x;
      while (x < width && bitmap[row + columns[x]!] !== 0) x++;
      builder.add(y * width + start, y * width + x);
    }
  }
  return builder.finish(width * height);
}
