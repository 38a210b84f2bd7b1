/** When the server has newer work on a task than this computer's journal began from. */
import { type Item, type WireShape, fromWire } from "../model/shape";
import type { TaskBundle } from "./api";
import type { Restored } from "./journal";
import { deviceId } from "./page";

export interface Disagreement {
  /** Of the server's version. */
  readonly revision: number;
  readonly made_ms: number;
  readonly shapes: readonly WireShape[];
  /** When the work on this computer was last changed. */
  readonly mine_ms: number;
}

/** What a person must decide on when a task is opened; null when the journal simply goes on. */
export function disagreementOf(bundle: TaskBundle, kept: Restored): Disagreement | null {
  if (bundle.revision === undefined || kept.revision === null || bundle.revision <= kept.revision || kept.saved.position === 0) return null;
  // What this browser sent itself is older than its journal.
  if (bundle.revision_device === deviceId()) return null;
  return { revision: bundle.revision, made_ms: bundle.revision_ms ?? Date.now(), shapes: bundle.shapes, mine_ms: kept.changed_ms };
}

/** Shapes of the wire as items, and how many of them made no sense. */
export function parseShapes(shapes: readonly WireShape[], firstId: number, width: number, height: number): { items: Item[]; dropped: number } {
  const items = shapes.flatMap((shape, i) => fromWire(shape, firstId + i, width, height) ?? []);
  return { items, dropped: shapes.length - items.length };
}
