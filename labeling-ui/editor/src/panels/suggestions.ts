/** The model's suggestions: accept, dismiss, see how sure it is. */
import { effect } from "@preact/signals-core";
import { Check, X } from "lucide";
import type { Editor } from "../editor";
import type { Item } from "../model/shape";
import { accept, dismiss } from "../model/suggestions";
import { h, iconButton, setText, show } from "./dom";
import { VirtualList } from "./list";
import { ROW, heading } from "./parts";

export function suggestionSection(editor: Editor): HTMLElement {
  const list = new VirtualList<Item>("Suggestions", ROW, (entry) => {
    const pick = () => {
      const item = entry();
      if (!item || !editor.doc.value) return;
      editor.doc.value.activeSuggestion.value = item.id;
      editor.reveal(item.geometry);
    };
    const act = (run: (item: Item) => void) => () => {
      const item = entry();
      if (item) run(item);
    };
    const row = h("button", { type: "button", class: "row", onclick: pick }, h("span", { class: "swatch machine" }), h("bdi", { class: "name", dir: "auto" }), h("span", { class: "count" }));
    const frame = h("div", { class: "row-frame" }, row,
      iconButton(Check, "Accept", act((item) => editor.doc.value && accept(editor.doc.value, [item], (cls) => editor.isThing(cls))), 15),
      iconButton(X, "Dismiss", act((item) => editor.doc.value && dismiss(editor.doc.value, item)), 15));
    frame.addEventListener("pointerenter", () => (editor.hover.value = entry()?.id ?? null));
    frame.addEventListener("pointerleave", () => (editor.hover.value = null));
    return frame;
  }, (frame, item) => {
    const name = frame.querySelector(".name");
    const value = frame.querySelector(".count");
    if (name) setText(name, editor.classes.value.get(item.class).name);
    if (value) {
      setText(value, item.confidence?.toFixed(2) ?? "");
      value.classList.toggle("doubtful", (item.confidence ?? 1) < 0.7);
    }
    frame.classList.toggle("on", item.id === editor.doc.value?.activeSuggestion.value);
  });
  const notes = h("span", {});
  const section = h("section", { class: "suggestion-section" }, heading("Suggestions", notes), list.element);
  effect(() => {
    const key = (action: string) => editor.keymap.value.keys(action)[0] ?? "";
    notes.replaceChildren(key("suggestion.accept"), h("span", { class: "long" }, " accept"), ` · ${key("suggestion.dismiss")}`, h("span", { class: "long" }, " dismiss"));
  });
  effect(() => {
    const doc = editor.doc.value;
    const items = doc?.suggestions.value ?? [];
    const active = doc?.activeSuggestion.value ?? null;
    void editor.classes.value;
    show(section, items.length > 0);
    list.element.style.height = `${Math.min(6, items.length) * ROW}px`;
    list.set(items);
    list.reveal(items.findIndex((item) => item.id === active));
  });
  return section;
}
