/** Moves the view. */
import type { Point } from "../model/geometry";
import type { Tool } from "./tool";

let last: Point | null = null;

export const panTool: Tool = {
  id: "pan",
  label: "Pan",
  cursor: () => (last ? "grabbing" : "grab"),
  hints: () => [{ keys: "drag", text: "move the image" }, { keys: "wheel", text: "zoom" }, { keys: "F", text: "fit" }],
  down(editor, { screen }) {
    last = screen;
    editor.redrawOverlay();
  },
  drag(editor, { screen }) {
    if (last) editor.panBy(screen[0] - last[0], screen[1] - last[1]);
    last = screen;
  },
  up(editor) {
    last = null;
    editor.redrawOverlay();
  },
  cancel() {
    last = null;
  },
};
