/** Fills areas of one colour: a click makes an object, a drag to the side chooses how much colours may differ. */
import type { Editor } from "../editor";
import { fillHoles } from "../model/mask_ops";
import { fillItems } from "../model/combine";
import { contour } from "../model/contour";
import { type Ring, ringsOf } from "../model/geometry";
import { type Mask, maskArea } from "../model/runs";
import { usePixels } from "./make";
import type { Pointer, Tool } from "./tool";

/** Screen pixels to the side that change the tolerance by one. */
const DRAG_STEP = 3;

let pressed: { readonly pointer: Pointer; readonly tolerance: number } | null = null;
let found: { mask: Mask; rings: Ring[] } | null = null;
let asked = 0;
let finished: Promise<void> = Promise.resolve();

async function look(editor: Editor): Promise<void> {
  const doc = editor.doc.value;
  if (!pressed || !doc) return;
  const mine = ++asked;
  const { width, height } = doc;
  const runs = await editor.vision.ask({ type: "flood", at: pressed.pointer.at, tolerance: editor.options.tolerance.value });
  if (mine !== asked || editor.doc.value !== doc) return;
  const mask = fillHoles({ width, height, runs });
  const rings = ringsOf(contour(mask));
  // Noise alone makes thousands of outlines; the small ones are not worth drawing.
  found = { mask, rings: rings.length > 400 ? rings.sort((a, b) => b.length - a.length).slice(0, 400) : rings };
  editor.redrawOverlay();
}

function trouble(editor: Editor): (error: Error) => void {
  return (error) => {
    pressed = null;
    found = null;
    editor.say(`The fill did not work: ${error.message}. Nothing was changed.`);
  };
}

function stop(editor: Editor): void {
  pressed = null;
  found = null;
  asked++;
  editor.redrawOverlay();
}

export const fillTool: Tool = {
  id: "fill",
  label: "Fill",
  cursor: () => "crosshair",
  hints: (editor) => (pressed ? [{ keys: "← drag →", text: `tolerance ${editor.options.tolerance.value}` }, { keys: "Esc", text: "give up" }] : [{ keys: "click", text: "fill" }, { keys: "drag", text: "tolerance" }, { keys: "Shift", text: "add to selected" }, { keys: "Alt", text: "take out" }]),
  enter: (editor) => editor.vision.prepare(),
  resize(editor, factor) {
    const { tolerance } = editor.options;
    tolerance.value = Math.max(0, Math.min(255, tolerance.value + (factor > 1 ? 4 : -4)));
    finished = look(editor).catch(trouble(editor));
  },
  down(editor, pointer) {
    const { width, height } = editor.imageSize;
    if (pointer.at[0] < 0 || pointer.at[1] < 0 || pointer.at[0] >= width || pointer.at[1] >= height) return;
    pressed = { pointer, tolerance: editor.options.tolerance.value };
    finished = look(editor).catch(trouble(editor));
  },
  drag(editor, { screen }) {
    if (!pressed) return;
    const next = Math.max(0, Math.min(255, pressed.tolerance + Math.round((screen[0] - pressed.pointer.screen[0]) / DRAG_STEP)));
    if (next === editor.options.tolerance.value) return;
    editor.options.tolerance.value = next;
    finished = look(editor).catch(trouble(editor));
  },
  up(editor, { shift, alt }) {
    const doc = editor.doc.value;
    if (!pressed) return;
    void finished.then(() => {
      if (!pressed || !found || editor.doc.value !== doc) return;
      const { mask } = found;
      stop(editor);
      if (maskArea(mask) > 0) usePixels(editor, mask, alt ? "take" : shift ? "add" : "new", "Fill");
    });
  },
  busy: () => pressed !== null,
  key(editor, key) {
    if (!pressed) return false;
    if (key === "cancel") stop(editor);
    return true;
  },
  cancel: stop,
  draw(editor, pen) {
    if (!found) return;
    const color = editor.classes.value.get(editor.currentClass.value).color;
    pen.area(found.rings, `${color}55`, color, [], 1.5);
  },
};

/** Fills the holes of the selected objects. */
export function fillSelected(editor: Editor): void {
  const doc = editor.doc.value;
  if (!doc) return;
  const count = fillItems(doc, doc.selected.value);
  editor.say(count === 0 ? "There are no holes to fill." : `Filled the holes of ${count === 1 ? "one object" : `${count} objects`}.`);
}
