/** Helpers of the tests: repeatable chance and small masks drawn in text. */
import { type Mask, encode } from "./runs";
import type { Item } from "./shape";

/** Mulberry32: the same numbers for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function randomMask(next: () => number, maxSide = 24): Mask {
  const width = 1 + Math.floor(next() * maxSide);
  const height = 1 + Math.floor(next() * maxSide);
  const density = next();
  const bitmap = Uint8Array.from({ length: width * height }, () => (next() < density ? 1 : 0));
  return encode(width, height, bitmap);
}

/** `#` is inside. */
export function drawn(...rows: string[]): Mask {
  const bitmap = Uint8Array.from(rows.join(""), (c) => (c === "#" ? 1 : 0));
  return encode(rows[0]?.length ?? 0, rows.length, bitmap);
}

export function square(id: number, x: number, y: number, side: number, more: Partial<Item> = {}): Item {
  const outer = [[x, y], [x + side, y], [x + side, y + side], [x, y + side]] as const;
  return { id, class: 1, instance: null, confidence: null, hidden: false, locked: false, geometry: { type: "polygon", parts: [{ outer, holes: [] }] }, ...more };
}
