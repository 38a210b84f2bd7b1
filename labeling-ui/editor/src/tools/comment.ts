/** Pins a remark to a place, and opens those that are there. */
import type { Editor } from "../editor";
import { type Point, distance } from "../model/geometry";
import type { Tool } from "./tool";

const REACH = 14;

/** The pin under a place of the screen. */
export function pinAt(editor: Editor, at: Point): string | null {
  const near = editor.pins.value.filter((pin) => distance(pin.at, at) <= editor.reach(REACH));
  return near.sort((a, b) => distance(a.at, at) - distance(b.at, at))[0]?.id ?? null;
}

export const commentTool: Tool = {
  id: "comment",
  label: "Comment",
  cursor: (editor) => (editor.cursor.value && pinAt(editor, editor.cursor.value) ? "pointer" : "crosshair"),
  hints: (editor) => [{ keys: "click", text: editor.pins.value.length > 0 ? "a place to remark on, or a pin to read" : "a place to remark on" }],
  down(editor, { at }) {
    const { width, height } = editor.imageSize;
    const pin = pinAt(editor, at);
    if (pin) editor.openPin.value = pin;
    else if (at[0] >= 0 && at[1] >= 0 && at[0] <= width && at[1] <= height) editor.newPin.value = [Math.round(at[0] * 10) / 10, Math.round(at[1] * 10) / 10];
    editor.redrawOverlay();
  },
  move: (editor) => editor.redrawOverlay(),
  busy: () => false,
};
