/** Boxes, by two clicks or a drag. */
import type { Editor } from "../editor";
import { type Point, type Rect, distance } from "../model/geometry";
import { addShape } from "./make";
import { type Pointer, type Tool, rectOf } from "./tool";

const DRAG_START = 4;

let corner: Pointer | null = null;
let ahead: Point | null = null;
/** Whether the button that set the corner is still down. */
let held = false;

function reset(editor: Editor): void {
  corner = null;
  held = false;
  editor.redrawOverlay();
}

/** The box to whole pixels, inside the image; null when it is empty. */
function boxOf(editor: Editor, to: Point): Rect | null {
  if (!corner) return null;
  const { width, height } = editor.imageSize;
  const { x0, y0, x1, y1 } = rectOf(corner.at, to);
  const box = { x0: Math.max(0, Math.round(x0)), y0: Math.max(0, Math.round(y0)), x1: Math.min(width, Math.round(x1)), y1: Math.min(height, Math.round(y1)) };
  return box.x0 < box.x1 && box.y0 < box.y1 ? box : null;
}

function finish(editor: Editor, to: Point): void {
  const box = boxOf(editor, to);
  if (box) addShape(editor, { type: "box", box: [box.x0, box.y0, box.x1, box.y1] }, "Draw box");
  else editor.say("A box needs some width and height.");
  reset(editor);
}

export const boxTool: Tool = {
  id: "box",
  label: "Box",
  cursor: () => "crosshair",
  hints: () => (corner ? [{ keys: held ? "release" : "click", text: "opposite corner" }, { keys: "Esc", text: "give up" }] : [{ keys: "drag", text: "from corner to corner" }, { keys: "click", text: "two corners" }]),
  down(editor, pointer) {
    if (corner) finish(editor, pointer.at);
    else {
      corner = pointer;
      held = true;
    }
    ahead = pointer.at;
    editor.redrawOverlay();
  },
  drag(editor, { at }) {
    ahead = at;
    editor.redrawOverlay();
  },
  up(editor, pointer) {
    if (corner && held && distance(corner.screen, pointer.screen) >= DRAG_START) finish(editor, pointer.at);
    held = false;
    editor.redrawOverlay();
  },
  move(editor, { at }) {
    ahead = at;
    editor.redrawOverlay();
  },
  busy: () => corner !== null,
  key(editor, key) {
    if (!corner) return false;
    if (key === "confirm" && ahead) finish(editor, ahead);
    else reset(editor);
    return true;
  },
  cancel: reset,
  draw(editor, pen) {
    const color = editor.classes.value.get(editor.currentClass.value).color;
    const box = ahead && boxOf(editor, ahead);
    if (box) pen.rect(box, color, `${color}22`);
  },
};
