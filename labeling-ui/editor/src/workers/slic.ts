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
/** What it costs a pixel to leave the area it is in: noise alone moves nothing. */
const LEAVING = 30;
/** Up to this squared difference areas look the same. */
const SAME = 16;

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
      const l = centers[5 * i]!;
      const a = centers[5 * i + 1]!;
      const b = centers[5 * i + 2]!;
      const cx = centers[5 * i + 3]!;
      const cy = centers[5 * i + 4]!;
      const x0 = Math.max(0, Math.floor(cx - reach));
      const x1 = Math.min(width, Math.ceil(cx + reach));
      const y1 = Math.min(height, Math.ceil(cy + reach));
      for (let y = Math.max(0, Math.floor(cy - reach)); y < y1; y++) {
        const dy = near * (y - cy) * (y - cy);
        for (let x = x0, p = y * width + x0, v = 3 * p; x < x1; x++, p++, v += 3) {
          const dl = values[v]! - l;
          const da = values[v + 1]! - a;
          const db = values[v + 2]! - b;
          const d = dl * dl + da * da + db * db + near * (x - cx) * (x - cx) + dy;
          if (d < away[p]!) {
            away[p] = d;
            labels[p] = i;
          }
        }
      }
    }
    if (round === ROUNDS - 1) break;
    sums.fill(0);
    for (let y = 0, p = 0; y < height; y++) {
      for (let x = 0; x < width; x++, p++) {
        const s = 6 * labels[p]!;
        sums[s]! += values[3 * p]!;
        sums[s + 1]! += values[3 * p + 1]!;
        sums[s + 2]! += values[3 * p + 2]!;
        sums[s + 3]! += x;
        sums[s + 4]! += y;
        sums[s + 5]!++;
      }
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
    const own = labels[first]!;
    let neighbour = -1;
    let head = 0;
    let tail = 0;
    let l = 0;
    let a = 0;
    let b = 0;
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
        const q = p + (k === 0 ? -1 : k === 1 ? 1 : k === 2 ? -width : width);
        if (q < 0 || q >= out.length) continue;
        const known = out[q]!;
        if (known === -1 && labels[q] === own) {
          out[q] = count;
          queue[tail++] = q;
        } else if (known >= 0 && known !== count) neighbour = known;
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

/**
 * Labels of the small picture at full size; pixels next to a border choose between the areas around them. Between areas that look
 * the same there is no edge to keep to, so those borders stay as coarse as they are.
 */
function refine({ width, height, data }: Pixels, small: Small, { labels, means }: { labels: Int32Array; means: Float32Array }, factor: number): Int32Array {
  const out = new Int32Array(width * height);
  // The own area first, then those next to it.
  const choices = new Int32Array(5);
  // Red, green and blue of three pixels above each other, for each column of a cell and one to either side of it.
  const columns = new Int32Array(3 * (2 * factor + 2));
  for (let sy = 0; sy < small.height; sy++) {
    const y0 = sy * factor;
    const y1 = sy === small.height - 1 ? height : y0 + factor;
    for (let sx = 0; sx < small.width; sx++) {
      const at = sy * small.width + sx;
      const x0 = sx * factor;
      const x1 = sx === small.width - 1 ? width : x0 + factor;
      const own = labels[at]!;
      choices[0] = own;
      let n = 1;
      for (let k = 0; k < 4; k++) {
        if (k === 0 ? sx === 0 : k === 1 ? sx === small.width - 1 : k === 2 ? sy === 0 : sy === small.height - 1) continue;
        const label = labels[at + (k === 0 ? -1 : k === 1 ? 1 : k === 2 ? -small.width : small.width)]!;
        if (label === own || unlike(means, own, label) < SAME) continue;
        choices[n++] = label;
      }
      if (n === 1) {
        for (let y = y0; y < y1; y++) out.fill(own, y * width + x0, y * width + x1);
        continue;
      }
      const left = Math.max(0, x0 - 1);
      const right = Math.min(width, x1 + 1);
      for (let y = y0; y < y1; y++) {
        const top = Math.max(0, y - 1);
        const bottom = Math.min(height, y + 2);
        for (let x = left, c = 0; x < right; x++, c += 3) {
          let r = 0;
          let g = 0;
          let b = 0;
          for (let v = top, p = 4 * (top * width + x); v < bottom; v++, p += 4 * width) {
            r += data[p]!;
            g += data[p + 1]!;
            b += data[p + 2]!;
          }
          columns[c] = r;
          columns[c + 1] = g;
          columns[c + 2] = b;
        }
        for (let x = x0; x < x1; x++) {
          const from = 3 * (Math.max(left, x - 1) - left);
          const to = 3 * (Math.min(right, x + 2) - left);
          let r = 0;
          let g = 0;
          let b = 0;
          for (let c = from; c < to; c += 3) {
            r += columns[c]!;
            g += columns[c + 1]!;
            b += columns[c + 2]!;
          }
          const share = 1 / (((to - from) / 3) * (bottom - top));
          const light = (0.299 * r + 0.587 * g + 0.114 * b) * share;
          const reddish = (r * share - light) * 0.7;
          const bluish = (b * share - light) * 0.55;
          let best = own;
          let least = Infinity;
          for (let k = 0; k < n; k++) {
            const m = 3 * choices[k]!;
            const dl = means[m]! - light;
            const da = means[m + 1]! - reddish;
            const db = means[m + 2]! - bluish;
            const d = dl * dl + da * da + db * db + (k === 0 ? 0 : LEAVING);
            if (d < least) {
              best = choices[k]!;
              least = d;
            }
          }
          out[y * width + x] = best;
        }
      }
    }
  }
  return out;
}

/** How unlike two areas look, squared. */
function unlike(means: Float32Array, a: number, b: number): number {
  const dl = means[3 * a]! - means[3 * b]!;
  const da = means[3 * a + 1]! - means[3 * b + 1]!;
  const db = means[3 * a + 2]! - means[3 * b + 2]!;
  return dl * dl + da * da + db * db;
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
