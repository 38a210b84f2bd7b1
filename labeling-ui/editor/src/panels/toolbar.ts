/** The tools on the left edge. */
import { effect } from "@preact/signals-core";
import { Brush, CircleHelp, Eraser, Hand, type IconNode, MousePointer2, Pentagon, Redo2, Undo2 } from "lucide";
import type { Editor, ToolId } from "../editor";
import { type Deeds, chooseTool } from "../keys";
import { TOOLS } from "../tools";
import { h, icon } from "./dom";

const ICONS: Readonly<Record<ToolId, IconNode>> = { select: MousePointer2, pan: Hand, polygon: Pentagon, brush: Brush, eraser: Eraser };
const KEYS: Readonly<Record<ToolId, string>> = { select: "V", pan: "H", polygon: "P", brush: "B", eraser: "E" };
const GROUPS: readonly (readonly ToolId[])[] = [["select", "pan"], ["polygon", "brush", "eraser"]];

export function toolbar(editor: Editor, deeds: Deeds): HTMLElement {
  const button = (node: IconNode, label: string, key: string, run: () => void) =>
    h("button", { type: "button", class: "tool", title: `${label}  ${key}`, "aria-label": label, onclick: run }, icon(node, 19), h("small", { "aria-hidden": "true" }, key));
  const bar = h("nav", { class: "toolbar", "aria-label": "Tools" });
  for (const group of GROUPS) {
    for (const id of group) {
      const made = button(ICONS[id], TOOLS[id].label, KEYS[id], () => chooseTool(editor, id));
      effect(() => {
        made.setAttribute("aria-pressed", String(editor.activeTool.value === id));
        made.disabled = editor.doc.value === null;
      });
      bar.append(made);
    }
    bar.append(h("hr", {}));
  }
  const undo = button(Undo2, "Undo", "", () => editor.doc.value?.undo());
  const redo = button(Redo2, "Redo", "", () => editor.doc.value?.redo());
  undo.title = "Undo  Ctrl Z";
  redo.title = "Redo  Ctrl Shift Z";
  effect(() => {
    undo.disabled = !editor.doc.value?.canUndo.value;
    redo.disabled = !editor.doc.value?.canRedo.value;
  });
  bar.append(undo, redo, h("span", { class: "spacer" }), button(CircleHelp, "All keys", "?", () => deeds.help()));
  return bar;
}
