/** Brush and eraser: paint into the selected object, mask or polygon, or begin a new one. With Alt the eraser takes points of an outline. */
import type { Editor } from "../editor";
import { PaintBuffer, snapTip } from "../model/brush";
import { type Dab, strokeParts } from "../model/booleans";
import { maskOf, newItem, withoutPoints } from "../model/edits";
import { type Point, type PointRef, distance, nearestOnSegment, ringsOf } from "../model/geometry";
import { emptyMask, type Mask } from "../model/runs";
import type { Item } from "../model/shape";
import { finishPaint, paintTarget } from "./make";
import type { Pointer, Tool } from "./tool";

interface Stroke {
  /** As it was before the stroke. */
  readonly item: Item;
  readonly before: Mask;
  readonly buffer: PaintBuffer;
  readonly isNew: boolean;
  readonly paint: boolean;
  readonly dabs: Dab[];
}

let stroke: Stroke | null = null;
/** Points of the selected polygon that the eraser passed over. */
let erasing: { item: Item; refs: Map<string, PointRef>; last: Point } | null = null;
/** Where the last stroke ended, for straight lines. */
let anchor: { point: Point; document: object } | null = null;
/** The buffer of the last painted mask: the next stroke on it needs no unpacking. */
let kept: PaintBuffer | null = null;

/** The object that a stroke goes into; a message when there is none. */
function target(editor: Editor, at: Point, paint: boolean): { item: Item; isNew: boolean } | string {
  const doc = editor.doc.value;
  if (!doc) return "";
  const chosen = paintTarget(editor);
  if (typeof chosen === "string") return chosen;
  const item = chosen ?? (paint ? null : (editor.hits.value.at(at, 0).find((hit) => !hit.locked && (hit.geometry.type === "mask" || hit.geometry.type === "polygon")) ?? null));
  if (item) return { item, isNew: false };
  if (!paint) return "Select the object to erase from, or begin on one.";
  const cls = editor.currentClass.value;
  return { item: newItem(doc, cls, editor.isThing(cls), { type: "mask", mask: emptyMask(doc.width, doc.height) }), isNew: true };
}

/** The diameter now: a pen that is pressed lightly paints thinly. */
function sizeOf(editor: Editor, { pressure }: Pointer): number {
  return Math.max(1, Math.round(editor.brushSize.value * (pressure === null ? 1 : 0.2 + 0.8 * pressure)));
}

function begin(editor: Editor, pointer: Pointer, paint: boolean): void {
  const doc = editor.doc.value;
  const found = target(editor, pointer.at, paint);
  if (!doc || typeof found === "string") {
    if (typeof found === "string" && found) editor.say(found);
    return;
  }
  const { item, isNew } = found;
  const before = maskOf(item.geometry, doc.width, doc.height);
  if (!before) return;
  const buffer = kept?.holds(before) ? kept : new PaintBuffer(before);
  const size = sizeOf(editor, pointer);
  const tip = snapTip(pointer.at, size);
  stroke = { item, before, buffer, isNew, paint, dabs: [] };
  if (!isNew && !doc.selection.value.has(item.id)) doc.select([item.id]);
  doc.points.value = [];
  editor.preview.value = { items: new Map([[item.id, { ...item, geometry: { type: "mask", mask: before } }]]), live: { id: item.id, bitmap: buffer.bitmap } };
  if (pointer.shift && anchor?.document === doc) stroke.dabs.push({ at: anchor.point, size });
  dab(editor, { at: tip, size });
}

function dab(editor: Editor, next: Dab): void {
  if (!stroke) return;
  const last = stroke.dabs[stroke.dabs.length - 1] ?? next;
  stroke.dabs.push(next);
  editor.onPaint(stroke.buffer.stroke(last.at, next.at, next.size, stroke.paint));
}

function end(editor: Editor): void {
  const doc = editor.doc.value;
  if (!stroke || !doc) return;
  const { item, before, buffer, isNew, paint, dabs } = stroke;
  stroke = null;
  const after = buffer.finish();
  const last = dabs[dabs.length - 1];
  if (last) anchor = { point: last.at, document: doc };
  const outline = item.geometry.type === "polygon" ? strokeParts(dabs) : null;
  finishPaint(editor, item, isNew, before, after, outline, paint, paint ? "Paint" : "Erase");
  const made = doc.find(item.id)?.geometry;
  kept = made?.type === "mask" && buffer.holds(made.mask) ? buffer : null;
  editor.preview.value = null;
}

function erasePoints(editor: Editor, at: Point): void {
  if (!erasing || erasing.item.geometry.type !== "polygon") return;
  const { item, last, refs } = erasing;
  const reach = editor.brushSize.value / 2;
  ringsOf(erasing.item.geometry.parts).forEach((points, ring) => points.forEach((p, point) => {
    if (distance(p, nearestOnSegment(p, last, at)) <= reach) refs.set(`${ring}:${point}`, { ring, point });
  }));
  erasing.last = at;
  const left = withoutPoints(item, [...refs.values()]);
  editor.preview.value = left ? { items: new Map([[item.id, left]]), live: null } : null;
  editor.redrawOverlay();
}

function endErasing(editor: Editor): void {
  if (!erasing) return;
  const { item, refs } = erasing;
  erasing = null;
  editor.preview.value = null;
  const left = withoutPoints(item, [...refs.values()]);
  if (refs.size > 0) editor.doc.value?.replace("Erase points", new Map([[item.id, left]]), left ? {} : { select: [] });
}

function brushTool(id: "brush" | "eraser", label: string, paint: boolean): Tool {
  return {
    id,
    label,
    cursor: () => "none",
    hints: () => [
      { keys: "drag", text: paint ? "paint" : "erase" },
      { keys: "Shift", text: "straight line" },
      { keys: "[ ]", text: "size" },
      ...(paint ? [{ keys: "Esc", text: "new object" }] : [{ keys: "Alt", text: "points only" }]),
    ],
    down(editor, pointer) {
      const only = editor.doc.value?.only();
      if (!paint && pointer.alt && only?.geometry.type === "polygon" && !only.locked) {
        erasing = { item: only, refs: new Map(), last: pointer.at };
        erasePoints(editor, pointer.at);
      } else begin(editor, pointer, paint);
    },
    drag(editor, pointer) {
      if (erasing) erasePoints(editor, pointer.at);
      const size = sizeOf(editor, pointer);
      const tip = snapTip(pointer.at, size);
      const last = stroke?.dabs[stroke.dabs.length - 1];
      if (last && (tip[0] !== last.at[0] || tip[1] !== last.at[1])) dab(editor, { at: tip, size });
      editor.redrawOverlay();
    },
    up(editor) {
      endErasing(editor);
      end(editor);
    },
    move: (editor) => editor.redrawOverlay(),
    busy: () => stroke !== null || erasing !== null,
    key(editor, key) {
      if (!stroke && !erasing) return false;
      if (key === "cancel") this.cancel?.(editor);
      return true;
    },
    cancel(editor) {
      if (!stroke && !erasing) return;
      stroke = null;
      erasing = null;
      // The buffer holds the given-up stroke, so it is of no more use.
      kept = null;
      editor.preview.value = null;
    },
    draw(editor, pen) {
      const at = editor.cursor.value;
      if (!at) return;
      const size = stroke?.dabs[stroke.dabs.length - 1]?.size ?? editor.brushSize.value;
      const radius = (size / 2) * editor.view.value.scale;
      const tip = snapTip(at, size);
      const doc = editor.doc.value;
      const color = paint ? editor.classes.value.get(doc?.only()?.class ?? editor.currentClass.value).color : "#fff";
      pen.ring(tip, radius + 1, "#000a");
      pen.ring(tip, radius, color);
      if (!paint) pen.line([[tip[0] - size * 0.2, tip[1]], [tip[0] + size * 0.2, tip[1]]], color, 1.5);
    },
  };
}

export const brush = brushTool("brush", "Brush", true);
export const eraser = brushTool("eraser", "Eraser", false);
