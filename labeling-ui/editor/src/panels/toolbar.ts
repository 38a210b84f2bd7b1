/** The tools on the left edge. */
import { effect } from "@preact/signals-core";
import { Brush, CircleHelp, Command, Eraser, Grid2x2, Hand, type IconNode, MessageSquarePlus, MousePointer2, PaintBucket, Pentagon, Redo2, Scissors, Spline, Square, SquaresUnite, Undo2, Waypoints, WandSparkles } from "lucide";
import type { Editor, ToolId } from "../editor";
import { type Deeds, chooseTool } from "../keys/actions";
import { keyLabel } from "../keys/names";
import { TOOLS } from "../tools";
import { h, icon, setText } from "./dom";

const ICONS: Readonly<Record<ToolId, IconNode>> = {
  select: MousePointer2, pan: Hand, polygon: Pentagon, brush: Brush, eraser: Eraser, fill: PaintBucket, box: Square, suggest: WandSparkles, livewire: Spline,
  superpixels: Grid2x2, cut: Scissors, join: SquaresUnite, simplify: Waypoints, comment: MessageSquarePlus,
};
const GROUPS: readonly (readonly ToolId[])[] = [["select", "pan"], ["polygon", "brush", "eraser", "fill", "box"], ["suggest", "livewire", "superpixels"], ["cut", "join", "simplify"], ["comment"]];

export function toolbar(editor: Editor, deeds: Deeds): HTMLElement {
  /** A button that shows the key of its action, as it is now. */
  const button = (node: IconNode, label: string, action: string, run: () => void, small = true) => {
    const key = h("small", { "aria-hidden": "true" });
    const made = h("button", { type: "button", class: "tool", "aria-label": label, onclick: run }, icon(node, 19), key);
    effect(() => {
      const name = keyLabel(editor.keymap.value.keys(action)[0] ?? "");
      made.title = name ? `${label}  ${name}` : label;
      setText(key, small && name.length <= 2 ? name : "");
    });
    return made;
  };
  const bar = h("nav", { class: "toolbar", "aria-label": "Tools" });
  for (const group of GROUPS) {
    for (const id of group) {
      const made = button(ICONS[id], TOOLS[id].label, `tool.${id}`, () => chooseTool(editor, id));
      effect(() => {
        made.setAttribute("aria-pressed", String(editor.activeTool.value === id));
        made.disabled = editor.doc.value === null;
      });
      bar.append(made);
    }
    bar.append(h("hr", {}));
  }
  const undo = button(Undo2, "Undo", "undo", () => editor.doc.value?.undo(), false);
  const redo = button(Redo2, "Redo", "redo", () => editor.doc.value?.redo(), false);
  effect(() => {
    undo.disabled = !editor.doc.value?.canUndo.value;
    redo.disabled = !editor.doc.value?.canRedo.value;
  });
  bar.append(undo, redo, h("span", { class: "spacer" }), button(Command, "Find a command", "palette", () => deeds.palette(), false), button(CircleHelp, "All keys", "help", () => deeds.help()));
  return bar;
}
