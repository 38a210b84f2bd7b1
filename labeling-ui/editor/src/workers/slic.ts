/**
 * Superpixels (SLIC): the picture in small areas of one colour that keep to its edges. Worked out on a smaller picture where the whole
 * is large, and then decided anew, pixel by pixel, along the borders.
 */
import { type Pixels, colors } from "./pixels";

export interface Superpixels {
  readonly width: number;
  readonly height: number;
  /** The number of the superpixel of each pixel. */
  readonly labels: Int32Array;
  readonly count: number;
  /** Brightness and the two differences of colour of each. */
  readonly means: Float32Array;
}

const ROUNDS = 5;
/** How much being near counts against being alike. */
const COMPACT = 9;

/** @param size about how many pixels across each is; @param most pixels of the picture that the first rounds work on. */
export function superpixels(pixels: Pixels, size: number, most = 400_000): Superpixels {
  const factor = Math.max(1, Math.min(Math.floor(size / 4), Math.ceil(Math.sqrt((pixels.width * pixels.height) / most))));
  const small = colors(pixels, factor);
  const centers = cluster(small, Math.max(2, size / factor));
  const joined = connect(small, centers.labels, (size / factor) ** 2 / 4);
  if (factor === 1) return { width: pixels.width, height: pixels.height, ...joined };
  return { width: pixels.width, height: pixels.height, count: joined.count, means: joined.means, labels: refine(pixels, small, joined, factor) };
}

type Small = ReturnType<typeof colors>;

function cluster({ width, height, values }: Small, step: number): { labels: Int32Array } {
  const columns = Math.max(1, Math.round(width / step));
  const rows = Math.max(1, Math.round(height / step));
  const count = columns * rows;
  // Colour and place of each centre.
  const centers = new Float64Array(5 * count);
  for (let i = 0; i < count; i++) {
    const x = Math.min(width - 1, Math.floor(((i % columns) + 0.5) * (width / columns)));
    const y = Math.min(height - 1, Math.floor((Math.floor(i / columns) + 0.5) * (height / rows)));
    centers.set([...values.subarray(3 * (y * width + x), 3 * (y * width + x) + 3), x, y], 5 * i);
  }
  const labels = new Int32Array(width * height);
  const away = new Float32Array(width * height);
  const sums = new Float64Array(6 * count);
  const near = (COMPACT / step) ** 2;
  const reach = Math.ceil(step * 1.2) + 1;
  for (let round = 0; round < ROUNDS; round++) {
    away.fill(Infinity);
    for (let i = 0; i < count; i++) {
      const [l, a, b, cx, cy] = [centers[5 * i]!, centers[5 * i + 1]!, centers[5 * i + 2]!, centers[5 * i + 3]!, centers[5 * i + 4]!];
      const x0 = Math.max(0, Math.floor(cx - reach));
      const x1 = Math.min(width, Math.ceil(cx + reach));
      const y1 = Math.min(height, Math.ceil(cy + reach));
      for (let y = Math.max(0, Math.floor(cy - reach)); y < y1; y++) {
        const dy = (y - cy) * (y - cy);
        for (let x = x0, p = y * width + x0; x < x1; x++, p++) {
          const [dl, da, db] = [values[3 * p]! - l, values[3 * p + 1]! - a, values[3 * p + 2]! - b];
          const d = dl * dl + da * da + db * db + near * ((x - cx) * (x - cx) + dy);
          if (d < away[p]!) {
            away[p] = d;
            labels[p] = i;
          }
        }
      }
    }
    sums.fill(0);
    for (let p = 0; p < labels.length; p++) {
      const s = 6 * labels[p]!;
      sums[s]! += values[3 * p]!;
      sums[s + 1]! += values[3 * p + 1]!;
      sums[s + 2]! += values[3 * p + 2]!;
      sums[s + 3]! += p % width;
      sums[s + 4]! += Math.floor(p / width);
      sums[s + 5]!++;
    }
    for (let i = 0; i < count; i++) {
      const n = sums[6 * i + 5]!;
      if (n > 0) for (let k = 0; k < 5; k++) centers[5 * i + k] = sums[6 * i + k]! / n;
    }
  }
  return { labels };
}

/** Superpixels that hang together: each piece gets a number of its own, and pieces that are too small go to a neighbour. */
function connect({ width, height, values }: Small, labels: Int32Array, least: number): { labels: Int32Array; count: number; means: Float32Array } {
  const out = new Int32Array(width * height).fill(-1);
  const queue = new Int32Array(width * height);
  const means: number[] = [];
  let count = 0;
  for (let first = 0; first < out.length; first++) {
    if (out[first] !== -1) continue;
    let neighbour = -1;
    let [head, tail] = [0, 0];
    let [l, a, b] = [0, 0, 0];
    queue[tail++] = first;
    out[first] = count;
    while (head < tail) {
      const p = queue[head++]!;
      l += values[3 * p]!;
      a += values[3 * p + 1]!;
      b += values[3 * p + 2]!;
      const x = p % width;
      for (let k = 0; k < 4; k++) {
        if ((k === 0 && x === 0) || (k === 1 && x === width - 1)) continue;
        const q = p + [-1, 1, -width, width][k]!;
        if (q < 0 || q >= out.length) continue;
        if (out[q] === -1 && labels[q] === labels[first]) {
          out[q] = count;
          queue[tail++] = q;
        } else if (out[q]! >= 0 && out[q] !== count) neighbour = out[q]!;
      }
    }
    if (tail < least && neighbour >= 0) for (let i = 0; i < tail; i++) out[queue[i]!] = neighbour;
    else {
      means.push(l / tail, a / tail, b / tail);
      count++;
    }
  }
  return { labels: out, count, means: Float32Array.from(means) };
}

/** Labels of the small picture at full size; pixels next to a border choose between the areas around them. */
function refine(pixels: Pixels, small: Small, { labels, means }: { labels: Int32Array; means: Float32Array }, factor: number): Int32Array {
  const { width, height, data } = pixels;
  const out = new Int32Array(width * height);
  for (let sy = 0; sy < small.height; sy++) {
    for (let sx = 0; sx < small.width; sx++) {
      const own = labels[sy * small.width + sx]!;
      const around = new Set<number>([own]);
      for (const [dx, dy] of [[-1, 0], [1, 0], [0, -1], [0, 1]] as const) {
        const [u, v] = [sx + dx, sy + dy];
        if (u >= 0 && v >= 0 && u < small.width && v < small.height) around.add(labels[v * small.width + u]!);
      }
      const y1 = sy === small.height - 1 ? height : (sy + 1) * factor;
      const x1 = sx === small.width - 1 ? width : (sx + 1) * factor;
      if (around.size === 1) {
        for (let y = sy * factor; y < y1; y++) out.fill(own, y * width + sx * factor, y * width + x1);
        continue;
      }
      const choices = [...around];
      for (let y = sy * factor; y < y1; y++) {
        for (let x = sx * factor; x < x1; x++) {
          const [l, a, b] = smoothed(data, width, height, x, y);
          let [best, least] = [own, Infinity];
          for (const label of choices) {
            const [dl, da, db] = [means[3 * label]! - l, means[3 * label + 1]! - a, means[3 * label + 2]! - b];
            // A small price for leaving, so that noise alone moves nothing.
            const d = dl * dl + da * da + db * db + (label === own ? 0 : 30);
            if (d < least) [best, least] = [label, d];
          }
          out[y * width + x] = best;
        }
      }
    }
  }
  return out;
}

function smoothed(data: Uint8ClampedArray, width: number, height: number, x: number, y: number): [number, number, number] {
  let [r, g, b, n] = [0, 0, 0, 0];
  for (let v = y > 0 ? y - 1 : 0; v <= y + 1 && v < height; v++) {
    for (let u = x > 0 ? x - 1 : 0; u <= x + 1 && u < width; u++, n++) {
      const at = 4 * (v * width + u);
      r += data[at]!;
      g += data[at + 1]!;
      b += data[at + 2]!;
    }
  }
  const light = (0.299 * r + 0.587 * g + 0.114 * b) / n;
  return [light, (r / n - light) * 0.7, (b / n - light) * 0.55];
}

/** Where the pixels of each superpixel are: stretches `[first pixel, length]` of superpixel i from `2 * starts[i]` to `2 * starts[i + 1]`. */
export interface Stretches {
  readonly starts: Uint32Array;
  readonly spans: Uint32Array;
}

export function stretches({ width, height, labels, count }: Superpixels): Stretches {
  const starts = new Uint32Array(count + 1);
  const each = (visit: (label: number, from: number, length: number) => void) => {
    for (let y = 0; y < height; y++) {
      const end = (y + 1) * width;
      for (let p = y * width; p < end; ) {
        const from = p;
        while (p < end && labels[p] === labels[from]) p++;
        visit(labels[from]!, from, p - from);
      }
    }
  };
  each((label) => starts[label + 1]!++);
  for (let i = 0; i < count; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice();
  const spans = new Uint32Array(2 * starts[count]!);
  each((label, from, length) => {
    const at = 2 * next[label]!++;
    spans[at] = from;
    spans[at + 1] = length;
  });
  return { starts, spans };
}
