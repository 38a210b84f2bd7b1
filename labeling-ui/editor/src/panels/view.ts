/** How the image is looked at: light, colours of the objects, the model's doubt, and how the view is turned. */
import { type Signal, effect } from "@preact/signals-core";
import { RotateCcw, RotateCw, X } from "lucide";
import type { Editor } from "../editor";
import { keyLabel } from "../keys/names";
import { CHANNELS } from "../light";
import { angleOf } from "../model/view";
import { h, iconButton, kbd, setText, show } from "./dom";
import { slider } from "./slider";

const percent = (v: number) => `${Math.round(v * 100)} %`;

function section(title: string, ...children: readonly (HTMLElement | false)[]): HTMLElement {
  return h("section", {}, h("h3", {}, title), ...children);
}

/** A switch with its key. */
function toggle(editor: Editor, label: string, value: Signal<boolean>, action: string): HTMLElement {
  const box = h("input", { type: "checkbox", onchange: () => (value.value = box.checked) });
  const key = kbd("");
  effect(() => {
    box.checked = value.value;
    setText(key, keyLabel(editor.keymap.value.keys(action)[0] ?? ""));
    show(key, key.textContent !== "");
  });
  return h("label", { class: "switch" }, box, h("span", {}, label), key);
}

/** A row of choices of which one is on. */
function choice<T extends string>(label: string, value: Signal<T>, options: readonly { value: T; label: string }[]): HTMLElement {
  const buttons = options.map((option) => h("button", { type: "button", onclick: () => (value.value = option.value) }, option.label));
  effect(() => options.forEach((option, i) => buttons[i]?.setAttribute("aria-pressed", String(option.value === value.value))));
  return h("div", { class: "choice-row" }, h("span", { class: "muted" }, label), h("div", { class: "segments", role: "group", "aria-label": label }, ...buttons));
}

export interface ViewPanel {
  readonly element: HTMLElement;
  toggle(): void;
}

export function viewPanel(editor: Editor, onClose: () => void): ViewPanel {
  const { light } = editor;
  const reset = h("button", { type: "button", class: "button small", onclick: () => light.reset() }, "As it is");
  const doubt = toggle(editor, "Where the model is unsure", editor.uncertainty, "view.uncertainty");
  const noDoubt = h("p", { class: "muted" }, "The model has said nothing about this image.");
  const angle = h("output", { class: "value", "aria-label": "Angle" });
  const turn = h("input", { type: "range", min: "-180", max: "180", step: "1", "aria-label": "Turn the view, in degrees" });
  turn.addEventListener("input", () => editor.turnTo((Number(turn.value) * Math.PI) / 180));
  const channels = CHANNELS.map((name) => ({ value: name, label: { all: "All", red: "R", green: "G", blue: "B", gray: "Gray" }[name] }));
  const close = iconButton(X, "Close", () => {
    panel.hidden = true;
    onClose();
  }, 15);
  const panel = h("section", { class: "view-panel", role: "region", "aria-label": "Light, colours and view", hidden: true },
    h("div", { class: "view-head" }, h("h2", {}, "View"), close),
    section("Image",
      slider("Brightness", light.brightness, { min: -0.5, max: 0.5, step: 0.01 }, (v) => `${v > 0 ? "+" : ""}${Math.round(v * 200)} %`),
      slider("Contrast", light.contrast, { min: 0.2, max: 4, step: 0.05 }, percent, 2),
      slider("Gamma", light.gamma, { min: 0.2, max: 5, step: 0.05 }, (v) => v.toFixed(2), 2),
      slider("Local contrast", light.local, { min: 0, max: 1, step: 0.05 }, percent),
      choice("Channel", light.channel, channels),
      h("div", { class: "switch-row" }, toggle(editor, "Invert", light.invert, "view.invert"), reset)),
    section("Objects",
      slider("Opacity", editor.opacity, { min: 0, max: 1, step: 0.01 }, percent),
      toggle(editor, "Outlines only", editor.outlines, "view.outlines"),
      choice("Colours by", editor.colorBy, [{ value: "class", label: "Class" }, { value: "instance", label: "Object" }])),
    section("Model", doubt, noDoubt),
    section("Turn",
      h("div", { class: "slider" }, iconButton(RotateCcw, "Turn back by 90°", () => editor.turnBy(-Math.PI / 2), 16), turn, angle, iconButton(RotateCw, "Turn by 90°", () => editor.turnBy(Math.PI / 2), 16))),
    section("Editor", choice("Looks", editor.theme, [{ value: "dark", label: "Dark" }, { value: "light", label: "Light" }])));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    panel.hidden = true;
    onClose();
  });
  effect(() => {
    show(doubt, editor.hasUncertainty.value);
    show(noDoubt, !editor.hasUncertainty.value);
    reset.disabled = !light.changed.value;
  });
  effect(() => {
    const degrees = Math.round((angleOf(editor.view.value) * 180) / Math.PI);
    const shown = degrees > 180 ? degrees - 360 : degrees;
    turn.value = String(shown);
    turn.style.setProperty("--part", `${(100 * (shown + 180)) / 360}%`);
    setText(angle, `${shown}°`);
  });
  return {
    element: panel,
    toggle() {
      panel.hidden = !panel.hidden;
      if (panel.hidden) onClose();
      else panel.querySelector<HTMLElement>("input")?.focus();
    },
  };
}
