/** Cuts objects along a line: the selected ones, or all that the line goes through. */
import type { Editor } from "../editor";
import { cutItems } from "../model/combine";
import { type Point, distance, simplify } from "../model/geometry";
import type { Pointer, Tool } from "./tool";

const FREEHAND_START = 5;
const DOUBLE_CLICK_MS = 350;

let line: Point[] = [];
let pressed: Pointer | null = null;
let freehand = false;
let last: Pointer | null = null;
let ahead: Point | null = null;

function reset(editor: Editor): void {
  line = [];
  pressed = null;
  freehand = false;
  last = null;
  editor.redrawOverlay();
}

function finish(editor: Editor): void {
  const doc = editor.doc.value;
  if (!doc) return;
  const chosen = doc.selected.value.length > 0 ? doc.selected.value : doc.items.value;
  const outcome = line.length < 2 ? "missed" : cutItems(doc, chosen, line, (cls) => editor.isThing(cls));
  if (outcome === "crosses") editor.say("The line crosses itself; nothing was cut.");
  else if (outcome === "missed") editor.say("The line has to go right through an object; nothing was cut.");
  else editor.say(`Cut into ${outcome.pieces} objects; not a pixel was lost.`);
  reset(editor);
}

export const cutTool: Tool = {
  id: "cut",
  label: "Cut",
  cursor: () => "crosshair",
  hints: () => (line.length === 0 ? [{ keys: "drag", text: "a line through objects" }, { keys: "click", text: "point by point" }] : [{ keys: "click", text: "add point" }, { keys: "⏎", text: "cut" }, { keys: "⌫", text: "undo point" }, { keys: "Esc", text: "give up" }]),
  down(editor, pointer) {
    const again = last && pointer.time - last.time < DOUBLE_CLICK_MS && distance(last.screen, pointer.screen) < 4;
    last = pointer;
    if (again && line.length >= 2) {
      finish(editor);
      return;
    }
    if (!again) line.push(pointer.at);
    pressed = pointer;
    ahead = pointer.at;
    editor.redrawOverlay();
  },
  drag(editor, pointer) {
    ahead = pointer.at;
    if (pressed && !freehand && distance(pressed.screen, pointer.screen) >= FREEHAND_START) freehand = true;
    const end = line[line.length - 1];
    if (freehand && end && distance(end, pointer.at) >= editor.reach(2)) line.push(pointer.at);
    editor.redrawOverlay();
  },
  up(editor, pointer) {
    pressed = null;
    if (!freehand) return;
    line = simplify([...line, pointer.at], editor.reach(1));
    finish(editor);
  },
  move(editor, { at }) {
    ahead = at;
    editor.redrawOverlay();
  },
  busy: () => line.length > 0,
  key(editor, key) {
    if (line.length === 0) return false;
    if (key === "confirm") finish(editor);
    else if (key === "cancel") reset(editor);
    else {
      line.pop();
      if (line.length === 0) reset(editor);
      editor.redrawOverlay();
    }
    return true;
  },
  cancel: reset,
  save: () => (line.length > 0 ? { line } : null),
  restore(editor, state) {
    const { line: kept } = (state ?? {}) as { line?: Point[] };
    if (!Array.isArray(kept) || kept.length === 0) return false;
    reset(editor);
    line = kept;
    return true;
  },
  draw(_editor, pen) {
    if (line.length === 0) return;
    const all = ahead && !freehand ? [...line, ahead] : line;
    pen.line(all, "#000c", 4);
    pen.line(all, "#fff", 1.5, [6, 4]);
    if (!freehand) for (const p of line) pen.handle(p, "#fff", false, 6);
  },
};
