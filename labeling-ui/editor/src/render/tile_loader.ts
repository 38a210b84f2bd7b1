/** Fetches and decodes tiles, a few at a time; what is no longer wanted is given up. */
import type { TileKey } from "./pyramid";

const AT_ONCE = 6;
const TRIES = 4;

export class TileLoader {
  private wanted: readonly TileKey[] = [];
  private readonly running = new Map<string, AbortController>();
  private readonly failed = new Map<string, { count: number; after: number }>();
  private stopped = false;

  constructor(private readonly url: (tile: TileKey) => string, private readonly onTile: (tile: TileKey, bitmap: ImageBitmap) => void) {}

  /** Names what is needed now, most urgent first. */
  want(tiles: readonly TileKey[]): void {
    this.wanted = tiles;
    const names = new Set(tiles.map(this.url));
    for (const [name, abort] of this.running) if (!names.has(name)) abort.abort();
    this.next();
  }

  stop(): void {
    this.stopped = true;
    for (const abort of this.running.values()) abort.abort();
  }

  private next(): void {
    for (const tile of this.wanted) {
      if (this.stopped || this.running.size >= AT_ONCE) return;
      const name = this.url(tile);
      const failed = this.failed.get(name);
      if (this.running.has(name) || (failed && (failed.count >= TRIES || performance.now() < failed.after))) continue;
      void this.load(tile, name);
    }
  }

  private async load(tile: TileKey, name: string): Promise<void> {
    const abort = new AbortController();
    this.running.set(name, abort);
    try {
      const response = await fetch(name, { signal: abort.signal, credentials: "same-origin" });
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      const bitmap = await createImageBitmap(await response.blob(), { premultiplyAlpha: "none" });
      this.failed.delete(name);
      if (this.stopped || abort.signal.aborted) bitmap.close();
      else {
        this.wanted = this.wanted.filter((other) => other !== tile);
        this.onTile(tile, bitmap);
      }
    } catch {
      // A coarser tile stays in its place. After a while it is asked for again, unless it was only given up.
      if (!abort.signal.aborted && !this.stopped) {
        const count = (this.failed.get(name)?.count ?? 0) + 1;
        const wait = 1000 * 2 ** count;
        this.failed.set(name, { count, after: performance.now() + wait - 50 });
        setTimeout(() => this.next(), wait);
      }
    } finally {
      this.running.delete(name);
      this.next();
    }
  }
}
