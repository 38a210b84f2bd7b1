/**
 * All masks of an image in one map: each pixel holds the slot of the topmost mask there, 0 for none.
 *
 * The map lies in square tiles that are made when a mask first reaches them, so that a few masks on a very large image
 * take little memory.
 */
import { type Rect, NOWHERE, intersect, isEmpty, join } from "../model/geometry";
import { type Mask, forEachSpan, maskBounds } from "../model/runs";

export interface MaskEntry {
  readonly slot: number;
  readonly mask: Mask;
  /** One byte a pixel in place of the mask while it is being painted. */
  readonly live: Uint8Array | null;
}

export interface LabelTile {
  readonly rect: Rect;
  /** Row by row, as wide as the rectangle. */
  readonly slots: Uint16Array;
}

export class LabelMap {
  private readonly columns: number;
  private readonly tiles: (LabelTile | null)[];
  private entries: readonly MaskEntry[] = [];

  constructor(readonly width: number, readonly height: number, private readonly side = 1024) {
    this.columns = Math.ceil(width / side);
    this.tiles = Array.from({ length: this.columns * Math.ceil(height / side) }, () => null);
  }

  /** Shows these masks, bottom first; returns the rectangle that changed. */
  set(entries: readonly MaskEntry[]): Rect {
    const before = new Map(this.entries.map((entry, place) => [entry.slot, { entry, place }]));
    const kept = entries.filter((entry) => before.has(entry.slot));
    let lastPlace = -1;
    let dirty: Rect = NOWHERE;
    for (const entry of kept) {
      const old = before.get(entry.slot);
      if (!old) continue;
      if (old.entry.mask !== entry.mask) dirty = join(join(dirty, maskBounds(old.entry.mask)), maskBounds(entry.mask));
      // A stroke that was given up may have painted anywhere; one that begins has painted nothing yet.
      else if (old.entry.live && old.entry.live !== entry.live) dirty = this.all();
      // A mask that came to stand below one that was under it: painted anew together with what it covers.
      if (old.place < lastPlace) dirty = join(dirty, maskBounds(entry.mask));
      lastPlace = Math.max(lastPlace, old.place);
      before.delete(entry.slot);
    }
    for (const { entry } of before.values()) dirty = join(dirty, entry.live ? this.all() : maskBounds(entry.mask));
    const known = new Set(kept.map((entry) => entry.slot));
    for (const entry of entries) if (!known.has(entry.slot)) dirty = join(dirty, maskBounds(entry.mask));
    this.entries = entries;
    return this.repaint(dirty);
  }

  /** Paints a rectangle anew, for example after a live bitmap changed there. */
  repaint(rect: Rect): Rect {
    const within = intersect(rect, this.all());
    if (isEmpty(within)) return NOWHERE;
    for (const { rect: tile, slots } of this.made(within)) {
      const part = intersect(within, tile);
      const width = tile.x1 - tile.x0;
      for (let y = part.y0; y < part.y1; y++) slots.fill(0, (y - tile.y0) * width + part.x0 - tile.x0, (y - tile.y0) * width + part.x1 - tile.x0);
    }
    for (const { slot, mask, live } of this.entries) {
      if (live) this.paintLive(live, slot, within);
      else if (!isEmpty(intersect(maskBounds(mask), within))) forEachSpan(mask, within, (y, x0, x1) => this.fill(y, x0, x1, slot));
    }
    return within;
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** The tiles that a rectangle touches and that hold anything. */
  made(rect: Rect): LabelTile[] {
    const out: LabelTile[] = [];
    for (let row = Math.floor(rect.y0 / this.side); row * this.side < rect.y1; row++) {
      for (let column = Math.floor(rect.x0 / this.side); column * this.side < rect.x1; column++) {
        const tile = this.tiles[row * this.columns + column];
        if (tile) out.push(tile);
      }
    }
    return out;
  }

  private tileAt(x: number, y: number): LabelTile {
    const { side } = this;
    const [column, row] = [Math.floor(x / side), Math.floor(y / side)];
    const at = row * this.columns + column;
    let tile = this.tiles[at];
    if (!tile) {
      const rect = { x0: column * side, y0: row * side, x1: Math.min(this.width, (column + 1) * side), y1: Math.min(this.height, (row + 1) * side) };
      tile = { rect, slots: new Uint16Array((rect.x1 - rect.x0) * (rect.y1 - rect.y0)) };
      this.tiles[at] = tile;
    }
    return tile;
  }

  private fill(y: number, x0: number, x1: number, slot: number): void {
    for (let x = x0; x < x1; ) {
      const { rect, slots } = this.tileAt(x, y);
      const end = Math.min(x1, rect.x1);
      const row = (y - rect.y0) * (rect.x1 - rect.x0) - rect.x0;
      slots.fill(slot, row + x, row + end);
      x = end;
    }
  }

  private paintLive(live: Uint8Array, slot: number, within: Rect): void {
    for (let y = within.y0; y < within.y1; y++) {
      const end = y * this.width + within.x1;
      for (let p = y * this.width + within.x0; p < end; p++) {
        if (live[p] === 0) continue;
        const from = p;
        while (p < end && live[p] !== 0) p++;
        this.fill(y, from - y * this.width, p - y * this.width, slot);
      }
    }
  }

  private all(): Rect {
    return { x0: 0, y0: 0, x1: this.width, y1: this.height };
  }
}
