/** The small bar over the image: options of the tool in hand and of the view. */
import { type Signal, effect } from "@preact/signals-core";
import { RotateCcw, SunMedium } from "lucide";
import type { Editor } from "../editor";
import { TOOLS } from "../tools";
import { h, iconButton, kbd, setText, show } from "./dom";

function slider(label: string, value: Signal<number>, range: { min: number; max: number; step: number }, text: (v: number) => string, curve = 1): HTMLElement {
  const input = h("input", { type: "range", min: "0", max: "1000", step: "1", "aria-label": label });
  const shown = h("span", { class: "value" });
  const { min, max, step } = range;
  input.addEventListener("input", () => {
    const raw = min + (max - min) * (Number(input.value) / 1000) ** curve;
    value.value = Math.round(raw / step) * step;
  });
  effect(() => {
    input.value = String(1000 * ((value.value - min) / (max - min)) ** (1 / curve));
    input.style.setProperty("--part", `${Number(input.value) / 10}%`);
    setText(shown, text(value.value));
  });
  return h("label", { class: "slider" }, h("span", { class: "muted" }, label), input, shown);
}

export function optionBar(editor: Editor): HTMLElement {
  const name = h("span", { class: "tool-name" });
  const snapState = h("span", {});
  const snap = h("button", { type: "button", class: "toggle", onclick: () => (editor.snap.value = !editor.snap.value) }, h("span", { class: "muted" }, "snap"), kbd("N"), snapState);
  const size = slider("size", editor.brushSize, { min: 1, max: 400, step: 1 }, (v) => `${v} px`, 2.2);
  const percent = (v: number) => `${Math.round(v * 100)} %`;
  const opacity = slider("opacity", editor.opacity, { min: 0, max: 1, step: 0.01 }, percent);
  const brightness = slider("brightness", editor.brightness, { min: -0.5, max: 0.5, step: 0.01 }, (v) => `${v > 0 ? "+" : ""}${Math.round(v * 200)} %`);
  const contrast = slider("contrast", editor.contrast, { min: 0.2, max: 4, step: 0.05 }, percent, 2);
  const reset = iconButton(RotateCcw, "Reset brightness and contrast", () => {
    editor.brightness.value = 0;
    editor.contrast.value = 1;
  }, 15);
  const light = h("div", { class: "light", hidden: true }, brightness, contrast, reset);
  const lightButton = iconButton(SunMedium, "Brightness and contrast", () => {
    light.hidden = !light.hidden;
    lightButton.setAttribute("aria-expanded", String(!light.hidden));
  }, 16);
  lightButton.setAttribute("aria-expanded", "false");
  effect(() => {
    const tool = editor.activeTool.value;
    setText(name, TOOLS[tool].label);
    show(snap, tool === "polygon");
    show(size, tool === "brush" || tool === "eraser");
    setText(snapState, editor.snap.value ? "on" : "off");
    snap.setAttribute("aria-pressed", String(editor.snap.value));
    lightButton.classList.toggle("changed", editor.brightness.value !== 0 || editor.contrast.value !== 1);
  });
  const overlap = h("span", { class: "overlap", title: "Where objects overlap, the later one counts" }, h("span", { class: "muted" }, "overlap"), " new on top");
  const bar = h("div", { class: "options" }, h("div", { class: "options-row" }, name, snap, size, overlap, opacity, lightButton), light);
  effect(() => show(bar, editor.doc.value !== null));
  return bar;
}
