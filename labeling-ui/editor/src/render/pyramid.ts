/**
 * Which tiles of a very large image are needed for what is on the screen, and which are kept. No DOM.
 *
 * Level 0 has all pixels; each further level half as many across. Tiles are kept until they take more than the budget; the
 * ones longest out of sight go first, and those in sight never.
 */
import { type Rect, intersect, isEmpty } from "../model/geometry";
import type { Size } from "../model/view";

export interface TileKey {
  readonly level: number;
  readonly x: number;
  readonly y: number;
}

interface Kept<T> {
  readonly tile: TileKey;
  readonly value: T;
  readonly bytes: number;
}

export const BUDGET = 192 << 20;

export class Pyramid<T> {
  /** In the order in which they were last in sight, longest ago first. */
  private readonly kept = new Map<string, Kept<T>>();
  private inSight = new Set<string>();
  bytes = 0;

  constructor(private readonly size: Size, private readonly side: number, readonly levels: number, private readonly drop: (value: T) => void, private readonly budget = BUDGET) {}

  /** The level whose pixels are as fine as the screen's, or the finest. */
  levelFor(zoom: number): number {
    return Math.max(0, Math.min(this.levels - 1, Math.floor(Math.log2(1 / zoom) + 1e-6)));
  }

  /** The part of the image under a tile; at the edge of coarse levels up to a few pixels beyond the image. */
  rectOf({ level, x, y }: TileKey): Rect {
    const step = this.side * 2 ** level;
    const edge = (length: number) => Math.ceil(length / 2 ** level) * 2 ** level;
    return { x0: x * step, y0: y * step, x1: Math.min((x + 1) * step, edge(this.size.width)), y1: Math.min((y + 1) * step, edge(this.size.height)) };
  }

  /** What to draw, coarse first, and which tiles are missing, those in the middle of the screen first. */
  look(seen: Rect, zoom: number): { draw: readonly Kept<T>[]; wanted: readonly TileKey[] } {
    const within = intersect(seen, { x0: 0, y0: 0, x1: this.size.width, y1: this.size.height });
    if (isEmpty(within)) return { draw: [], wanted: [] };
    const level = this.levelFor(zoom);
    const draw = new Map<string, Kept<T>>();
    const wanted: TileKey[] = [];
    for (const tile of this.tilesIn(within, level)) {
      if (this.kept.has(name(tile))) draw.set(name(tile), this.use(tile));
      else wanted.push(tile);
    }
    // Where a tile is still missing, the next coarser one that is there stands in; so do finer ones after zooming out.
    for (const tile of wanted) {
      const coarser = this.coarser(tile);
      if (coarser) draw.set(name(coarser), this.use(coarser));
      if (level > 0) for (const finer of this.tilesIn(intersect(this.rectOf(tile), within), level - 1)) if (this.kept.has(name(finer))) draw.set(name(finer), this.use(finer));
    }
    this.inSight = new Set(draw.keys());
    const middle = [(within.x0 + within.x1) / 2, (within.y0 + within.y1) / 2] as const;
    const far = (tile: TileKey) => {
      const r = this.rectOf(tile);
      return Math.hypot((r.x0 + r.x1) / 2 - middle[0], (r.y0 + r.y1) / 2 - middle[1]);
    };
    return { draw: [...draw.values()].sort((a, b) => b.tile.level - a.tile.level), wanted: wanted.sort((a, b) => far(a) - far(b)) };
  }

  add(tile: TileKey, value: T, bytes: number): void {
    const old = this.kept.get(name(tile));
    if (old) this.forget(old);
    this.kept.set(name(tile), { tile, value, bytes });
    this.bytes += bytes;
    for (const [key, kept] of this.kept) {
      if (this.bytes <= this.budget) break;
      if (!this.inSight.has(key) && kept.value !== value) this.forget(kept);
    }
  }

  clear(): void {
    for (const kept of [...this.kept.values()]) this.forget(kept);
  }

  private forget(kept: Kept<T>): void {
    this.kept.delete(name(kept.tile));
    this.bytes -= kept.bytes;
    this.drop(kept.value);
  }

  private use(tile: TileKey): Kept<T> {
    const kept = this.kept.get(name(tile)) as Kept<T>;
    this.kept.delete(name(tile));
    this.kept.set(name(tile), kept);
    return kept;
  }

  private coarser({ level, x, y }: TileKey): TileKey | null {
    for (let up = 1; level + up < this.levels; up++) {
      const tile = { level: level + up, x: x >> up, y: y >> up };
      if (this.kept.has(name(tile))) return tile;
    }
    return null;
  }

  private tilesIn(rect: Rect, level: number): TileKey[] {
    const step = this.side * 2 ** level;
    const out: TileKey[] = [];
    for (let y = Math.floor(rect.y0 / step); y * step < rect.y1; y++) {
      for (let x = Math.floor(rect.x0 / step); x * step < rect.x1; x++) out.push({ level, x, y });
    }
    return out;
  }
}

function name({ level, x, y }: TileKey): string {
  return `${level}/${x}/${y}`;
}
