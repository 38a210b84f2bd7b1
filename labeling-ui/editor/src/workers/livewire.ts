/**
 * Intelligent scissors: from one place, the cheapest way to every other one around it, where going along edges of the picture is
 * cheap. The ways are kept as one step a pixel, so that the line to the pointer is there at once.
 */
import type { Rect } from "../model/geometry";
import { type Pixels, colors, crop, within } from "./pixels";

export interface Wire {
  readonly rect: Rect;
  /** Where the wire really begins: at the strongest edge next to the place asked for. */
  readonly from: readonly [number, number];
  /** For each pixel of the rectangle the step (1 to 8) that led to it, 0 for the beginning. */
  readonly steps: Uint8Array;
}

const DX = [0, 1, 1, 0, -1, -1, -1, 0, 1];
const DY = [0, 0, 1, 1, 1, 0, -1, -1, -1];
/** Cost of a pixel without and with the strongest edge. */
const MOST = 60;
const LEAST = 1;
const BUCKETS = 128;

/** The wire from a place to everywhere at most `reach` pixels away across and down. */
export function livewire(pixels: Pixels, x: number, y: number, reach: number, settle: number): Wire {
  const rect = within({ x0: x - reach, y0: y - reach, x1: x + reach + 1, y1: y + reach + 1 }, pixels);
  const [width, height] = [rect.x1 - rect.x0, rect.y1 - rect.y0];
  const edges = edgesOf(crop(pixels, rect));
  const start = strongest(edges, width, height, Math.max(0, Math.min(width - 1, Math.floor(x) - rect.x0)), Math.max(0, Math.min(height - 1, Math.floor(y) - rect.y0)), settle);
  const cost = edges.map((edge) => Math.round(LEAST + (MOST - LEAST) * (1 - edge) ** 2));
  return { rect, from: [(start % width) + rect.x0, Math.floor(start / width) + rect.y0], steps: spread(cost, width, height, start) };
}

/** The way from the beginning of a wire to a place, pixel by pixel; null outside of it. */
export function wireTo({ rect, steps }: Wire, x: number, y: number): [number, number][] | null {
  const width = rect.x1 - rect.x0;
  let [u, v] = [Math.floor(x) - rect.x0, Math.floor(y) - rect.y0];
  if (u < 0 || v < 0 || u >= width || v >= rect.y1 - rect.y0) return null;
  const out: [number, number][] = [];
  for (let left = steps.length; left > 0; left--) {
    out.push([u + rect.x0 + 0.5, v + rect.y0 + 0.5]);
    const step = steps[v * width + u]!;
    if (step === 0) break;
    u -= DX[step]!;
    v -= DY[step]!;
  }
  return out.reverse();
}

/** How strong an edge each pixel lies on, from 0 to 1, against the strongest few in sight. */
function edgesOf(pixels: Pixels): Float32Array {
  const { width, height, values } = colors(pixels, 1);
  const out = new Float32Array(width * height);
  const counts = new Uint32Array(1024);
  const row = 3 * width;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      let sum = 0;
      const at = y * row + 3 * x;
      for (let c = at; c < at + 3; c++) {
        const [a, b, d, e] = [values[c - row - 3]!, values[c - row + 3]!, values[c + row - 3]!, values[c + row + 3]!];
        const gx = b + e - a - d + 2 * (values[c + 3]! - values[c - 3]!);
        const gy = d + e - a - b + 2 * (values[c + row]! - values[c - row]!);
        sum += gx * gx + gy * gy;
      }
      const strength = Math.sqrt(sum);
      out[y * width + x] = strength;
      counts[Math.min(1023, strength | 0)]!++;
    }
  }
  let left = 0.02 * out.length;
  let top = 1023;
  while (top > 8 && (left -= counts[top]!) > 0) top--;
  for (let i = 0; i < out.length; i++) out[i] = Math.min(1, out[i]! / top);
  return out;
}

function strongest(edges: Float32Array, width: number, height: number, x: number, y: number, settle: number): number {
  let best = y * width + x;
  for (let v = Math.max(0, y - settle); v <= Math.min(height - 1, y + settle); v++) {
    for (let u = Math.max(0, x - settle); u <= Math.min(width - 1, x + settle); u++) {
      if (Math.hypot(u - x, v - y) <= settle && edges[v * width + u]! > edges[best]!) best = v * width + u;
    }
  }
  return best;
}

/** Dijkstra's way to all pixels; costs are small whole numbers, so the queue is a ring of buckets. */
function spread(cost: Float32Array, width: number, height: number, start: number): Uint8Array {
  const steps = new Uint8Array(width * height);
  const total = new Uint32Array(width * height).fill(0xffffffff);
  const buckets: number[][] = Array.from({ length: BUCKETS }, () => []);
  total[start] = 0;
  buckets[0]!.push(start);
  let waiting = 1;
  for (let now = 0; waiting > 0; now++) {
    const bucket = buckets[now % BUCKETS]!;
    for (let p = bucket.pop(); p !== undefined; p = bucket.pop()) {
      waiting--;
      if (total[p] !== now) continue;
      const x = p % width;
      const y = (p - x) / width;
      for (let step = 1; step <= 8; step++) {
        const [u, v] = [x + DX[step]!, y + DY[step]!];
        if (u < 0 || v < 0 || u >= width || v >= height) continue;
        const q = v * width + u;
        // A slanted step is longer.
        const sum = now + (step % 2 === 0 ? (cost[q]! * 1.4142 + 0.5) | 0 : cost[q]!);
        if (sum >= total[q]!) continue;
        total[q] = sum;
        steps[q] = step;
        buckets[sum % BUCKETS]!.push(q);
        waiting++;
      }
    }
  }
  return steps;
}
