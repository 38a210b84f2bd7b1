/** Brush and eraser: paint into the selected object, or begin a new one. */
import type { Editor } from "../editor";
import { PaintBuffer, snapTip } from "../model/brush";
import { addItem, maskOf, newItem, withGeometry } from "../model/edits";
import type { Point } from "../model/geometry";
import { emptyMask, maskArea } from "../model/runs";
import type { Item } from "../model/shape";
import type { Pointer, Tool } from "./tool";

interface Stroke {
  readonly item: Item;
  readonly buffer: PaintBuffer;
  readonly isNew: boolean;
  readonly paint: boolean;
  last: Point;
}

let stroke: Stroke | null = null;
/** Where the last stroke ended, for straight lines. */
let anchor: { point: Point; document: object } | null = null;
/** The buffer of the last painted mask: the next stroke on it needs no unpacking. */
let kept: PaintBuffer | null = null;

/** The object that a stroke goes into; a message when there is none. */
function target(editor: Editor, at: Point, paint: boolean): { item: Item; isNew: boolean } | string {
  const doc = editor.doc.value;
  if (!doc) return "";
  const { width, height } = doc;
  const item = doc.only() ?? (paint ? null : (editor.hits.value.at(at, 0).find((hit) => !hit.locked) ?? null));
  if (!item) {
    if (!paint) return "Select the object to erase from, or begin on one.";
    const cls = editor.currentClass.value;
    return { item: newItem(doc, cls, editor.isThing(cls), { type: "mask", mask: emptyMask(width, height) }), isNew: true };
  }
  if (item.locked) return "This object is locked.";
  if (item.hidden) return "This object is hidden.";
  const mask = maskOf(item.geometry, width, height);
  return mask ? { item: { ...item, geometry: { type: "mask", mask } }, isNew: false } : "Only polygons and masks can be painted.";
}

function begin(editor: Editor, { at, shift }: Pointer, paint: boolean): void {
  const doc = editor.doc.value;
  const found = target(editor, at, paint);
  if (!doc || typeof found === "string") {
    if (typeof found === "string" && found) editor.say(found);
    return;
  }
  const { item, isNew } = found;
  if (item.geometry.type !== "mask") return;
  const buffer = kept?.holds(item.geometry.mask) ? kept : new PaintBuffer(item.geometry.mask);
  const tip = snapTip(at, editor.brushSize.value);
  const from = shift && anchor?.document === doc ? anchor.point : tip;
  stroke = { item, buffer, isNew, paint, last: tip };
  if (!isNew && !doc.selection.value.has(item.id)) doc.select([item.id]);
  doc.points.value = [];
  editor.preview.value = { items: new Map([[item.id, item]]), live: { id: item.id, bitmap: buffer.bitmap } };
  dab(editor, from, tip);
}

function dab(editor: Editor, from: Point, to: Point): void {
  if (!stroke) return;
  const rect = stroke.buffer.stroke(from, to, editor.brushSize.value, stroke.paint);
  stroke.last = to;
  editor.onPaint(rect);
}

function end(editor: Editor): void {
  const doc = editor.doc.value;
  if (!stroke || !doc) return;
  const { item, buffer, isNew, paint, last } = stroke;
  stroke = null;
  const mask = buffer.finish();
  kept = buffer;
  anchor = { point: last, document: doc };
  const painted = withGeometry(item, { type: "mask", mask });
  const label = paint ? "Paint" : "Erase";
  const empty = maskArea(mask) === 0;
  if (isNew) {
    if (!empty) addItem(doc, painted, label);
  } else {
    doc.replace(label, new Map([[item.id, empty ? null : painted]]), empty ? { select: [] } : {});
  }
  editor.preview.value = null;
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
      ...(paint ? [{ keys: "Esc", text: "new object" }] : []),
    ],
    down: (editor, pointer) => begin(editor, pointer, paint),
    drag(editor, { at }) {
      const tip = snapTip(at, editor.brushSize.value);
      if (stroke && (tip[0] !== stroke.last[0] || tip[1] !== stroke.last[1])) dab(editor, stroke.last, tip);
      editor.redrawOverlay();
    },
    up: end,
    move: (editor) => editor.redrawOverlay(),
    busy: () => stroke !== null,
    key(editor, key) {
      if (!stroke) return false;
      if (key === "cancel") this.cancel?.(editor);
      return true;
    },
    cancel(editor) {
      if (!stroke) return;
      stroke = null;
      // The buffer holds the given-up stroke, so it is of no more use.
      kept = null;
      editor.preview.value = null;
    },
    draw(editor, pen) {
      const at = editor.cursor.value;
      if (!at) return;
      const size = editor.brushSize.value;
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
