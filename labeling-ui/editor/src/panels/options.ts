/** The small bar over the image: options of the tool in hand, and the way to those of the view. */
import { effect, untracked } from "@preact/signals-core";
import { SlidersHorizontal } from "lucide";
import type { Editor } from "../editor";
import type { Deeds } from "../keys/actions";
import { TOOLS } from "../tools";
import { JOIN_NAMES } from "../tools/join";
import { h, iconButton, kbd, setText, show } from "./dom";
import { slider } from "./slider";

export function optionBar(editor: Editor, deeds: Deeds): HTMLElement {
  const name = h("span", { class: "tool-name" });
  const snapState = h("span", {});
  const snapKey = kbd("");
  const snap = h("button", { type: "button", class: "toggle", onclick: () => (editor.snap.value = !editor.snap.value) }, h("span", { class: "muted" }, "snap"), snapKey, snapState);
  const size = slider("size", editor.brushSize, { min: 1, max: 400, step: 1 }, (v) => `${v} px`, 2.2);
  const opacity = slider("opacity", editor.opacity, { min: 0, max: 1, step: 0.01 }, (v) => `${Math.round(v * 100)} %`);
  const { options } = editor;
  const pixels = (v: number) => `${v} px`;
  const tolerance = slider("tolerance", options.tolerance, { min: 0, max: 255, step: 1 }, String, 1.6);
  const superpixel = slider("superpixels", options.superpixel, { min: 6, max: 128, step: 1 }, pixels, 1.6);
  const simplify = slider("tolerance", options.simplify, { min: 0.1, max: 20, step: 0.1 }, (v) => `${v.toFixed(1)} px`, 2);
  /** A switch that says what it is set to. */
  const choice = (name: string, state: HTMLElement, title: string, run: () => void) => h("button", { type: "button", class: "toggle", title, onclick: run }, h("span", { class: "muted" }, name), state);
  const [joinState, overlapState, sharedState] = [h("span", {}), h("span", {}), h("span", {})];
  const join = choice("join", joinState, "What comes out of the chosen objects", () => TOOLS.join.again?.(editor));
  const overlap = choice("overlap", overlapState, "What a new shape does where it lies over others", () => (options.overlap.value = options.overlap.value === "new" ? "old" : "new"));
  overlap.classList.add("overlap");
  const shared = choice("shared points", sharedState, "Points in one place of several polygons", () => (options.shared.value = !options.shared.value));
  // Tools that show something ahead follow their options and the selection.
  effect(() => {
    void [options.simplify.value, options.superpixel.value, options.join.value, editor.doc.value?.selection.value];
    const tool = editor.tool.value;
    untracked(() => TOOLS[tool].refresh?.(editor));
  });
  const view = iconButton(SlidersHorizontal, "Light, colours and view", () => deeds.viewPanel(), 16);
  view.classList.add("view-button");
  effect(() => {
    const tool = editor.activeTool.value;
    setText(name, TOOLS[tool].label);
    show(snap, tool === "polygon" || tool === "select");
    show(shared, tool === "select");
    show(size, tool === "brush" || tool === "eraser");
    show(tolerance, tool === "fill");
    show(superpixel, tool === "superpixels");
    show(simplify, tool === "simplify");
    show(join, tool === "join");
    show(overlap, ["polygon", "brush", "fill", "livewire", "superpixels", "suggest"].includes(tool));
    setText(joinState, JOIN_NAMES[editor.options.join.value]);
    setText(overlapState, editor.options.overlap.value === "new" ? "new on top" : "keep the old");
    overlap.setAttribute("aria-pressed", String(editor.options.overlap.value === "old"));
    setText(sharedState, editor.options.shared.value ? "move together" : "move alone");
    shared.setAttribute("aria-pressed", String(editor.options.shared.value));
    setText(snapState, editor.snap.value ? "on" : "off");
    setText(snapKey, editor.keymap.value.keys("draw.snap")[0] ?? "");
    snap.setAttribute("aria-pressed", String(editor.snap.value));
    view.classList.toggle("changed", editor.light.changed.value);
    view.title = `Light, colours and view  ${editor.keymap.value.keys("view.panel")[0] ?? ""}`;
  });
  const bar = h("div", { class: "options" }, h("div", { class: "options-row" }, name, snap, shared, size, tolerance, superpixel, simplify, join, overlap, opacity, view));
  effect(() => show(bar, editor.doc.value !== null));
  return bar;
}
