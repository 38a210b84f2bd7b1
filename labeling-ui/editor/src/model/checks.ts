/** Looks for what is likely unfinished before work is handed in. Warnings only; the project's managers switch them on. */
import { missing } from "./attributes";
import type { ClassList } from "./classes";
import { ringsOf } from "./geometry";
import { rasterizeSpans } from "./rasterize";
import { forEachSpan } from "./runs";
import { type Item, VOID } from "./shape";

/** As in the task's bundle; each part is off when absent. */
export interface CheckSettings {
  readonly unlabeled?: number;
  readonly tiny?: number;
  readonly overlap?: number;
  readonly attributes?: boolean;
}

export interface Finding {
  readonly kind: keyof CheckSettings;
  readonly text: string;
  /** The objects it is about. */
  readonly ids: readonly number[];
}

type Span = (y: number, x0: number, x1: number) => void;

function spansOf(item: Item, width: number, height: number, visit: Span): void {
  const { geometry } = item;
  if (geometry.type === "mask") forEachSpan(geometry.mask, { x0: 0, y0: 0, x1: width, y1: height }, visit);
  else if (geometry.type === "polygon") rasterizeSpans(ringsOf(geometry.parts), width, height, visit);
}

/** Works on a picture of at most this many pixels; larger images are looked at row by row with steps between. */
const MOST_PIXELS = 16 << 20;

export function findings(items: readonly Item[], classes: ClassList, settings: CheckSettings, width: number, height: number): Finding[] {
  const found: Finding[] = [];
  const step = Math.max(1, Math.ceil((width * height) / MOST_PIXELS));
  const areas = new Map<number, number>();
  /** Who is at a pixel: the place in the list plus one of the last item there. */
  const owner = new Uint32Array(width * Math.ceil(height / step));
  const shared = new Map<string, { a: number; b: number; pixels: number }>();
  items.forEach((item, place) => {
    let area = 0;
    spansOf(item, width, height, (y, x0, x1) => {
      area += x1 - x0;
      if (y % step !== 0) return;
      const row = (y / step) * width;
      for (let p = row + x0; p < row + x1; p++) {
        const under = (owner[p] ?? 0) - 1;
        if (under >= 0 && settings.overlap !== undefined && item.class !== VOID && items[under]?.class !== VOID) {
          const key = `${under}:${place}`;
          const pair = shared.get(key) ?? { a: under, b: place, pixels: 0 };
          pair.pixels += step;
          shared.set(key, pair);
        }
        owner[p] = place + 1;
      }
    });
    areas.set(item.id, area);
  });
  if (settings.unlabeled !== undefined) {
    const free = owner.reduce((n, value) => n + (value === 0 ? 1 : 0), 0) / owner.length;
    if (free > settings.unlabeled) found.push({ kind: "unlabeled", text: `${percent(free)} of the image has no label; expected is at most ${percent(settings.unlabeled)}.`, ids: [] });
  }
  if (settings.tiny !== undefined) {
    const least = settings.tiny;
    const tiny = items.filter((item) => (item.geometry.type === "mask" || item.geometry.type === "polygon") && (areas.get(item.id) ?? 0) < least);
    if (tiny.length > 0) found.push({ kind: "tiny", text: `${count(tiny.length, "object is", "objects are")} smaller than ${least} pixels.`, ids: tiny.map((item) => item.id) });
  }
  if (settings.overlap !== undefined) {
    const most = settings.overlap;
    const ids = new Set<number>();
    let pairs = 0;
    for (const { a, b, pixels } of shared.values()) {
      const [one, other] = [items[a], items[b]];
      if (!one || !other || pixels <= most * Math.min(areas.get(one.id) ?? 0, areas.get(other.id) ?? 0)) continue;
      pairs++;
      ids.add(one.id).add(other.id);
    }
    if (pairs > 0) found.push({ kind: "overlap", text: `${count(pairs, "pair of objects overlaps", "pairs of objects overlap")} by more than ${percent(most)} of the smaller one.`, ids: [...ids] });
  }
  if (settings.attributes) {
    const open = items.filter((item) => missing(classes.get(item.class).attributes ?? [], item.attributes).length > 0);
    if (open.length > 0) found.push({ kind: "attributes", text: `${count(open.length, "object has", "objects have")} required attributes without an answer.`, ids: open.map((item) => item.id) });
  }
  return found;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`;
}

function count(n: number, one: string, many: string): string {
  return n === 1 ? `One ${one}` : `${n} ${many}`;
}
