/** All masks of an image in one map: each pixel holds the slot of the topmost mask there, 0 for none. */
import { type Rect, NOWHERE, intersect, isEmpty, join } from "../model/geometry";
import { type Mask, forEachSpan, maskBounds } from "../model/runs";

export interface MaskEntry {
  readonly slot: number;
  readonly mask: Mask;
  /** One byte a pixel in place of the mask while it is being painted. */
  readonly live: Uint8Array | null;
}

export class LabelMap {
  readonly slots: Uint16Array;
  private entries: readonly MaskEntry[] = [];

  constructor(readonly width: number, readonly height: number) {
    this.slots = new Uint16Array(width * height);
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
    for (let y = within.y0; y < within.y1; y++) this.slots.fill(0, y * this.width + within.x0, y * this.width + within.x1);
    for (const { slot, mask, live } of this.entries) {
      if (live) this.paintLive(live, slot, within);
      else if (!isEmpty(intersect(maskBounds(mask), within))) {
        forEachSpan(mask, within, (y, x0, x1) => this.slots.fill(slot, y * this.width + x0, y * this.width + x1));
      }
    }
    return within;
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  private paintLive(live: Uint8Array, slot: number, within: Rect): void {
    for (let y = within.y0; y < within.y1; y++) {
      const end = y * this.width + within.x1;
      for (let p = y * this.width + within.x0; p < end; p++) if (live[p] !== 0) this.slots[p] = slot;
    }
  }

  private all(): Rect {
    return { x0: 0, y0: 0, x1: this.width, y1: this.height };
  }
}
