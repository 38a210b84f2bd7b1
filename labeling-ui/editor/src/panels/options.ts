/** The small bar over the image: options of the tool in hand, and the way to those of the view. */
import { effect } from "@preact/signals-core";
import { SlidersHorizontal } from "lucide";
import type { Editor } from "../editor";
import type { Deeds } from "../keys/actions";
import { TOOLS } from "../tools";
import { h, iconButton, kbd, setText, show } from "./dom";
import { slider } from "./slider";

export function optionBar(editor: Editor, deeds: Deeds): HTMLElement {
  const name = h("span", { class: "tool-name" });
  const snapState = h("span", {});
  const snapKey = kbd("");
  const snap = h("button", { type: "button", class: "toggle", onclick: () => (editor.snap.value = !editor.snap.value) }, h("span", { class: "muted" }, "snap"), snapKey, snapState);
  const size = slider("size", editor.brushSize, { min: 1, max: 400, step: 1 }, (v) => `${v} px`, 2.2);
  const opacity = slider("opacity", editor.opacity, { min: 0, max: 1, step: 0.01 }, (v) => `${Math.round(v * 100)} %`);
  const view = iconButton(SlidersHorizontal, "Light, colours and view", () => deeds.viewPanel(), 16);
  view.classList.add("view-button");
  effect(() => {
    const tool = editor.activeTool.value;
    setText(name, TOOLS[tool].label);
    show(snap, tool === "polygon");
    show(size, tool === "brush" || tool === "eraser");
    setText(snapState, editor.snap.value ? "on" : "off");
    setText(snapKey, editor.keymap.value.keys("draw.snap")[0] ?? "");
    snap.setAttribute("aria-pressed", String(editor.snap.value));
    view.classList.toggle("changed", editor.light.changed.value);
    view.title = `Light, colours and view  ${editor.keymap.value.keys("view.panel")[0] ?? ""}`;
  });
  const overlap = h("span", { class: "overlap", title: "Where objects overlap, the later one counts" }, h("span", { class: "muted" }, "overlap"), " new on top");
  const bar = h("div", { class: "options" }, h("div", { class: "options-row" }, name, snap, size, overlap, opacity, view));
  effect(() => show(bar, editor.doc.value !== null));
  return bar;
}
