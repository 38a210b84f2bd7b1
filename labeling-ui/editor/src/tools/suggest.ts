/** Click or box an object: a mask for it is proposed, and further clicks correct it. */
import type { Editor } from "../editor";
import { contour } from "../model/contour";
import { type Point, type Rect, type Ring, distance, ringsOf } from "../model/geometry";
import { type Mask, maskArea } from "../model/runs";
import { simplifyParts } from "../model/simplify";
import type { Click } from "../workers/suggest";
import { addShape } from "./make";
import { type Pointer, type Tool, rectOf } from "./tool";

const DRAG_START = 6;
const VIOLET = "#a78bfa";

/** In order, so that the last one can be taken back. */
let clicks: Click[] = [];
let box: Rect | null = null;
let pressed: Pointer | null = null;
let dragged: Point | null = null;
let found: { mask: Mask; rings: Ring[] } | null = null;
let asked = 0;
let waiting = false;

function reset(editor: Editor): void {
  clicks = [];
  box = null;
  pressed = null;
  dragged = null;
  found = null;
  waiting = false;
  asked++;
  editor.redrawOverlay();
}

function ask(editor: Editor): void {
  const doc = editor.doc.value;
  const mine = ++asked;
  if (!doc || (clicks.length === 0 && !box)) {
    reset(editor);
    return;
  }
  waiting = true;
  editor.suggester(clicks, box).then((mask) => {
    if (mine !== asked || editor.doc.value !== doc) return;
    waiting = false;
    // The steps along the pixels are only noise to the eye.
    found = mask && maskArea(mask) > 0 ? { mask, rings: ringsOf(simplifyParts(contour(mask), 0.8)) } : null;
    if (!found) editor.say("Nothing stands out here. Click a second place of the object, Alt+click what is not it, or draw a box around it.");
    editor.redrawOverlay();
  }).catch((error: Error) => {
    if (mine !== asked) return;
    waiting = false;
    editor.say(`There is no proposal: ${error.message}.`);
    editor.redrawOverlay();
  });
  editor.redrawOverlay();
}

function take(editor: Editor): void {
  if (!found) {
    editor.say(waiting ? "The proposal is on its way." : "There is no proposal yet.");
    return;
  }
  if (addShape(editor, { type: "mask", mask: found.mask }, "Suggested object")) reset(editor);
}

export const suggestTool: Tool = {
  id: "suggest",
  label: "Suggest",
  cursor: () => (waiting ? "progress" : "crosshair"),
  hints: () => (clicks.length === 0 && !box ? [{ keys: "click", text: "an object" }, { keys: "drag", text: "a box around it" }] : [{ keys: "click", text: "this too" }, { keys: "Alt", text: "not this" }, { keys: "⏎", text: "take it" }, { keys: "⌫", text: "undo click" }, { keys: "Esc", text: "give up" }]),
  enter: (editor) => editor.vision.prepare(),
  down(editor, pointer) {
    pressed = pointer;
    dragged = null;
    editor.redrawOverlay();
  },
  drag(editor, pointer) {
    if (pressed && (dragged || distance(pressed.screen, pointer.screen) >= DRAG_START)) dragged = pointer.at;
    editor.redrawOverlay();
  },
  up(editor) {
    if (!pressed) return;
    const { at, alt } = pressed;
    if (dragged) {
      box = rectOf(at, dragged);
      clicks = [];
    } else if (clicks.length === 0 && !box && alt) editor.say("Click the object first; Alt then says what doesn't belong to it.");
    else clicks.push({ x: at[0], y: at[1], inside: !alt });
    pressed = null;
    dragged = null;
    ask(editor);
  },
  move: (editor) => editor.redrawOverlay(),
  busy: () => clicks.length > 0 || box !== null,
  key(editor, key) {
    if (clicks.length === 0 && !box) return false;
    if (key === "confirm") take(editor);
    else if (key === "cancel") reset(editor);
    else {
      if (clicks.length > 0) clicks.pop();
      else box = null;
      ask(editor);
    }
    return true;
  },
  cancel: reset,
  save: () => (clicks.length > 0 || box ? { clicks, box } : null),
  restore(editor, state) {
    const kept = (state ?? {}) as { clicks?: Click[]; box?: Rect | null };
    if (!Array.isArray(kept.clicks)) return false;
    reset(editor);
    clicks = kept.clicks;
    box = kept.box ?? null;
    ask(editor);
    return true;
  },
  draw(_editor, pen) {
    if (found) pen.area(found.rings, `${VIOLET}44`, VIOLET, [6, 4], 2);
    const drawn = pressed && dragged ? rectOf(pressed.at, dragged) : found ? null : box;
    if (drawn) pen.rect(drawn, VIOLET, `${VIOLET}1a`, [6, 4]);
    for (const { x, y, inside } of clicks) pen.mark([x, y], inside);
  },
};
