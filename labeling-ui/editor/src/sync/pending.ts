/**
 * What is being drawn and is no step yet, written down a few times a second: a page that dies in the middle of a stroke or an
 * outline comes back with all but the last moment of it.
 */
import type { Editor } from "../editor";
import type { LabelDocument } from "../model/document";
import { type Rect, NOWHERE, isEmpty, join } from "../model/geometry";
import { decode, emptyMask, maskArea, replaceRows } from "../model/runs";
import type { Item } from "../model/shape";
import { TOOLS } from "../tools";
import { read, write } from "./database";

/** A stroke: the bytes of the rectangle that it changed, one a pixel. Or what a tool gave to keep, for it to take up again. */
export type Pending =
  | { readonly type: "stroke"; readonly item: Item; readonly rect: Rect; readonly bytes: Uint8Array }
  | { readonly type: "tool"; readonly tool: keyof typeof TOOLS; readonly state: unknown };

const PAUSE_MS = 200;

export class PendingKeeper {
  private changed: Rect = NOWHERE;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private last = Promise.resolve();

  /** @param written whether something of an earlier page is still kept, to be taken away once it was taken up. */
  constructor(private readonly editor: Editor, private readonly task: string, private written: boolean) {}

  /** A stroke changed a rectangle. */
  painted(rect: Rect): void {
    this.changed = join(this.changed, rect);
    this.plan();
  }

  /** Something about the tool in hand changed, or a step was made of what was drawn. */
  plan(): void {
    // A stroke over much of a large image is copied less often: about a millisecond for each megapixel, many times a second, would be felt.
    const { x0, y0, x1, y1 } = this.changed;
    const pause = isEmpty(this.changed) ? PAUSE_MS : PAUSE_MS + ((x1 - x0) * (y1 - y0)) / 2000;
    if (!this.stopped) this.timer ??= setTimeout(() => this.keep(), Math.min(pause, 1500));
  }

  /** Another task is opened; what is begun here is over. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.put(null);
  }

  private keep(): void {
    this.timer = undefined;
    this.put(this.now());
  }

  private put(pending: Pending | null): void {
    if (!pending && !this.written) return;
    this.written = pending !== null;
    // One after the other, so that an older state never comes to stand over a newer one.
    this.last = this.last.then(() => write((store) => (pending ? store("pending").put(pending, this.task) : store("pending").delete(this.task)))).catch(() => {});
  }

  private now(): Pending | null {
    const { editor } = this;
    const preview = editor.preview.value;
    const doc = editor.doc.value;
    const item = preview?.live && preview.items.get(preview.live.id);
    if (doc && item && preview?.live && !isEmpty(this.changed)) {
      const { x0, y0, x1, y1 } = this.changed;
      const bytes = new Uint8Array((x1 - x0) * (y1 - y0));
      for (let y = y0; y < y1; y++) bytes.set(preview.live.bitmap.subarray(y * doc.width + x0, y * doc.width + x1), (y - y0) * (x1 - x0));
      return { type: "stroke", item, rect: this.changed, bytes };
    }
    this.changed = NOWHERE;
    const tool = editor.tool.value;
    const state = TOOLS[tool].save?.() ?? null;
    return state === null ? null : { type: "tool", tool, state };
  }
}

export async function restorePending(task: string): Promise<Pending | null> {
  return (await read<Pending>("pending", task).catch(() => undefined)) ?? null;
}

/** Takes up what was being drawn: a stroke becomes a step, a tool goes on where it was. Returns whether there was anything. */
export function resume(editor: Editor, doc: LabelDocument, pending: Pending): boolean {
  if (pending.type === "tool") {
    const tool = TOOLS[pending.tool];
    if (!tool?.restore) return false;
    editor.selectTool(pending.tool);
    return tool.restore(editor, pending.state);
  }
  const { item, rect, bytes } = pending;
  const { width, height } = doc;
  if (rect.x1 > width || rect.y1 > height || bytes.length !== (rect.x1 - rect.x0) * (rect.y1 - rect.y0)) return false;
  const before = item.geometry.type === "mask" && item.geometry.mask.width === width && item.geometry.mask.height === height ? item.geometry.mask : emptyMask(width, height);
  const bitmap = decode(before);
  for (let y = rect.y0; y < rect.y1; y++) bitmap.set(bytes.subarray((y - rect.y0) * (rect.x1 - rect.x0), (y - rect.y0 + 1) * (rect.x1 - rect.x0)), y * width + rect.x0);
  const mask = replaceRows(before, bitmap, rect.y0, rect.y1);
  const painted: Item = { ...item, geometry: { type: "mask", mask }, confidence: null };
  const known = doc.items.value.some((other) => other.id === item.id);
  if (known) return doc.replace("Stroke brought back", new Map([[item.id, maskArea(mask) > 0 ? painted : null]]), { select: maskArea(mask) > 0 ? [item.id] : [] });
  if (maskArea(mask) === 0) return false;
  const fresh = { ...painted, id: doc.newId() };
  return doc.commit("Stroke brought back", { items: [...doc.items.value, fresh] }, { select: [fresh.id] });
}
