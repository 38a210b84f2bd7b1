/** What lies over the image and changes with every movement: handles, the tool's own drawing, names of suggestions. */
import type { Editor } from "../editor";
import { boundsOf } from "../model/shape";
import { visible } from "../model/view";
import { TOOLS } from "../tools";
import { Pen } from "../tools/tool";

/** More handles than this are a solid line anyway; they come when zoomed in. */
const MOST_HANDLES = 1500;

export function drawOverlay(canvas: HTMLCanvasElement, editor: Editor, ratio: number): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const doc = editor.doc.value;
  if (!doc) return;
  const pen = new Pen(context, editor.view.value);
  const tool = editor.activeTool.value;
  if (!editor.bare.value) {
    if (tool === "select" || tool === "polygon" || tool === "eraser") drawHandles(editor, pen);
    drawActiveSuggestion(editor, pen);
  }
  drawPins(editor, pen);
  drawCrosshair(editor, pen);
  // A held tool leaves the drawing of the tool under it in sight.
  TOOLS[editor.tool.value].draw?.(editor, pen);
}

function drawHandles(editor: Editor, pen: Pen): void {
  const doc = editor.doc.value;
  const only = doc?.only();
  const rings = editor.handles();
  if (!doc || !only || !rings) return;
  const color = editor.classes.value.get(only.class).color;
  const seen = visible(editor.view.value, editor.screen.value);
  const chosen = new Set(doc.points.value.map(({ ring, point }) => `${ring}:${point}`));
  let count = 0;
  for (const [ring, points] of rings.entries()) {
    for (const [point, p] of points.entries()) {
      if (p[0] < seen.x0 || p[0] > seen.x1 || p[1] < seen.y0 || p[1] > seen.y1) continue;
      if (++count > MOST_HANDLES) return;
      pen.handle(p, color, chosen.has(`${ring}:${point}`));
    }
  }
}

function drawActiveSuggestion(editor: Editor, pen: Pen): void {
  const doc = editor.doc.value;
  const item = doc?.suggestions.value.find((s) => s.id === doc.activeSuggestion.value);
  if (!item) return;
  const b = boundsOf(item.geometry);
  if (b.x0 === Infinity) return;
  const confidence = item.confidence === null ? "" : `  ${item.confidence.toFixed(2)}`;
  pen.text([b.x0, b.y0], `${editor.classes.value.get(item.class).name}${confidence}`, "#bda8fc");
}

/** Comments, numbered as in their list. */
function drawPins(editor: Editor, pen: Pen): void {
  const open = editor.openPin.value;
  editor.pins.value.forEach((pin, i) => pen.pin(pin.at, String(i + 1), pin.id === open ? "#fff" : pin.resolved ? "#5c626e" : "#e0a843"));
  if (editor.newPin.value) pen.pin(editor.newPin.value, "+", "#fff");
}

/** The pointer that is moved with keys. */
function drawCrosshair(editor: Editor, pen: Pen): void {
  const at = editor.crosshair.value;
  if (!at) return;
  for (const [color, width] of [["#000b", 4], ["#fff", 1.5]] as const) {
    pen.cross(at, 14, color, width);
  }
}
