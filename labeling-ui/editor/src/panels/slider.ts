/** A slider for a signal, with its name and value. */
import { type Signal, effect } from "@preact/signals-core";
import { h, setText } from "./dom";

/** @param curve above 1 gives small values more room. */
export function slider(label: string, value: Signal<number>, range: { min: number; max: number; step: number }, text: (v: number) => string, curve = 1): HTMLElement {
  const input = h("input", { type: "range", min: "0", max: "1000", step: "1", "aria-label": label });
  const shown = h("span", { class: "value" });
  const { min, max, step } = range;
  const places = Math.max(0, -Math.floor(Math.log10(step)));
  const set = (raw: number) => (value.value = Number(Math.min(max, Math.max(min, Math.round(raw / step) * step)).toFixed(places)));
  input.addEventListener("input", () => set(min + (max - min) * (Number(input.value) / 1000) ** curve));
  // A key moves by a step of the value, not by a thousandth of the slider's length.
  input.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    set(value.value + by * step);
  });
  effect(() => {
    input.value = String(1000 * ((value.value - min) / (max - min)) ** (1 / curve));
    input.style.setProperty("--part", `${Number(input.value) / 10}%`);
    input.setAttribute("aria-valuetext", text(value.value));
    setText(shown, text(value.value));
  });
  return h("label", { class: "slider" }, h("span", { class: "muted" }, label), input, shown);
}
