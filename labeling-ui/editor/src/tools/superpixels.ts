/** Paints over whole superpixels: small areas of one colour that keep to the picture's edges. */
import type { Editor } from "../editor";
import { PaintBuffer } from "../model/brush";
import { maskOf, newItem } from "../model/edits";
import { type Point, type Rect, NOWHERE } from "../model/geometry";
import { type Mask, emptyMask } from "../model/runs";
import type { Item } from "../model/shape";
import type { SuperpixelMap } from "../workers/protocol";
import { finishPaint, paintTarget } from "./make";
import type { Pen, Pointer, Tool } from "./tool";

let map: { readonly document: object; readonly size: number; readonly found: SuperpixelMap; net: OffscreenCanvas | null } | null = null;
let asking: { readonly document: object; readonly size: number } | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let stroke: { readonly item: Item; readonly isNew: boolean; readonly before: Mask; readonly buffer: PaintBuffer; readonly paint: boolean; readonly done: Set<number>; last: Point } | null = null;

/** Has superpixels of the chosen size made, if those there are aren't. */
function ensure(editor: Editor): void {
  const doc = editor.doc.value;
  const size = editor.options.superpixel.value;
  if (!doc || (map?.document === doc && map.size === size)) return;
  if (asking?.document === doc && asking.size === size) return;
  const mine = { document: doc, size };
  asking = mine;
  editor.vision.ask({ type: "superpixels", size }).then((found) => {
    if (editor.doc.value === doc && editor.options.superpixel.value === size) map = { document: doc, size, found, net: null };
    if (asking === mine) asking = null;
    editor.redrawOverlay();
  }).catch((error: Error) => {
    if (asking === mine) asking = null;
    if (editor.doc.value === doc) editor.say(`There are no superpixels: ${error.message}.`);
  });
}

function current(editor: Editor): SuperpixelMap | null {
  return map && map.document === editor.doc.value ? map.found : null;
}

function labelAt(found: SuperpixelMap, p: Point): number {
  const [x, y] = [Math.floor(p[0] * found.scale), Math.floor(p[1] * found.scale)];
  return x < 0 || y < 0 || x >= found.width || y >= found.height ? -1 : (found.labels[y * found.width + x] ?? -1);
}

/** Rows of pixels of the image that a superpixel covers. */
function* rowsOf(found: SuperpixelMap, label: number, width: number, height: number): Generator<[y: number, x0: number, x1: number]> {
  const to = (value: number, limit: number) => Math.min(limit, Math.round(value / found.scale));
  for (let i = found.starts[label] ?? 0; i < (found.starts[label + 1] ?? 0); i++) {
    const [first, length] = [found.spans[2 * i] ?? 0, found.spans[2 * i + 1] ?? 0];
    const y = Math.floor(first / found.width);
    const x = first - y * found.width;
    for (let row = to(y, height); row < to(y + 1, height); row++) yield [row, to(x, width), to(x + length, width)];
  }
}

function begin(editor: Editor, { at, alt }: Pointer): void {
  const doc = editor.doc.value;
  const found = current(editor);
  if (!doc || !found) {
    if (doc) editor.say("The superpixels are being worked out.");
    ensure(editor);
    return;
  }
  const target = paintTarget(editor);
  if (typeof target === "string" || (!target && alt)) {
    editor.say(typeof target === "string" ? target : "Select the object to take superpixels from.");
    return;
  }
  const cls = editor.currentClass.value;
  const item = target ?? newItem(doc, cls, editor.isThing(cls), { type: "mask", mask: emptyMask(doc.width, doc.height) });
  const before = maskOf(item.geometry, doc.width, doc.height);
  if (!before) return;
  stroke = { item, isNew: target === null, before, buffer: new PaintBuffer(before), paint: !alt, done: new Set(), last: at };
  doc.points.value = [];
  editor.preview.value = { items: new Map([[item.id, { ...item, geometry: { type: "mask", mask: before } }]]), live: { id: item.id, bitmap: stroke.buffer.bitmap } };
  cover(editor, at);
}

function cover(editor: Editor, to: Point): void {
  const found = current(editor);
  if (!stroke || !found) return;
  const { last, done, buffer, paint } = stroke;
  const { width, height } = editor.imageSize;
  const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - last[0], to[1] - last[1])));
  let changed: Rect = NOWHERE;
  for (let i = 1; i <= steps; i++) {
    const label = labelAt(found, [last[0] + ((to[0] - last[0]) * i) / steps, last[1] + ((to[1] - last[1]) * i) / steps]);
    if (label < 0 || done.has(label)) continue;
    done.add(label);
    changed = buffer.cover(rowsOf(found, label, width, height), paint);
    editor.onPaint(changed);
  }
  stroke.last = to;
}

function end(editor: Editor): void {
  if (!stroke) return;
  const { item, isNew, before, buffer, paint } = stroke;
  stroke = null;
  finishPaint(editor, item, isNew, before, buffer.finish(), null, paint, paint ? "Paint superpixels" : "Take superpixels out");
  editor.preview.value = null;
}

/** The borders between superpixels as a picture to lay over the image. */
function netOf(found: SuperpixelMap): OffscreenCanvas {
  const { width, height, labels } = found;
  const canvas = new OffscreenCanvas(width, height);
  const pixels = new ImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      if ((x + 1 < width && labels[p] !== labels[p + 1]) || (y + 1 < height && labels[p] !== labels[p + width])) words[p] = 0x60ffffff;
    }
  }
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  return canvas;
}

function drawNet(editor: Editor, pen: Pen, found: SuperpixelMap): void {
  if (!map) return;
  // Too fine to be of use, and only grey, when the whole of a large image is on the screen.
  if (editor.options.superpixel.value * editor.view.value.scale < 7) return;
  map.net ??= netOf(found);
  const net = map.net;
  pen.inImage(1 / found.scale, (context) => {
    context.imageSmoothingEnabled = editor.view.value.scale < 1;
    context.drawImage(net, 0, 0);
  });
}

export const superpixelTool: Tool = {
  id: "superpixels",
  label: "Superpixels",
  cursor: () => "crosshair",
  hints: (editor) => (current(editor) ? [{ keys: "drag", text: "paint superpixels" }, { keys: "Alt", text: "take out" }, { keys: "[ ]", text: `size ${editor.options.superpixel.value} px` }, { keys: "Esc", text: "new object" }] : [{ keys: "…", text: "working out superpixels" }]),
  enter: ensure,
  refresh: ensure,
  resize(editor, factor) {
    const { superpixel } = editor.options;
    superpixel.value = Math.max(6, Math.min(128, Math.round(superpixel.value * factor + Math.sign(factor - 1) * 0.5)));
    clearTimeout(timer);
    timer = setTimeout(() => ensure(editor), 150);
  },
  down: begin,
  drag(editor, { at }) {
    cover(editor, at);
    editor.redrawOverlay();
  },
  up: end,
  move(editor) {
    if (map?.document !== editor.doc.value) ensure(editor);
    editor.redrawOverlay();
  },
  busy: () => stroke !== null,
  key(editor, key) {
    if (!stroke) return false;
    if (key === "cancel") this.cancel?.(editor);
    return true;
  },
  cancel(editor) {
    if (!stroke) return;
    stroke = null;
    editor.preview.value = null;
  },
  draw(editor, pen) {
    const found = current(editor);
    const at = editor.cursor.value;
    if (!found) return;
    drawNet(editor, pen, found);
    const label = at && !stroke ? labelAt(found, at) : -1;
    if (label < 0) return;
    const color = editor.classes.value.get(editor.doc.value?.only()?.class ?? editor.currentClass.value).color;
    const { width, height } = editor.imageSize;
    pen.inImage(1, (context) => {
      context.fillStyle = `${color}88`;
      for (const [y, x0, x1] of rowsOf(found, label, width, height)) context.fillRect(x0, y, x1 - x0, 1);
    });
  },
};
