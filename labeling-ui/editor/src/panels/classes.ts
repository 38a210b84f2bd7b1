/** The class list: choose one, find one by name, see how many objects each has. */
import { effect, signal } from "@preact/signals-core";
import { Eye, EyeOff } from "lucide";
import type { Editor } from "../editor";
import { rank } from "../keys/rank";
import { toggle } from "../model/edits";
import { h, icon, kbd, setText, show } from "./dom";
import { heading, paintClass, setIcon } from "./parts";

/** Fewer classes than this are seen at a glance; the search comes when it is asked for. */
const MANY = 8;

export function classSection(editor: Editor): { element: HTMLElement; search(): void } {
  const query = signal("");
  const asked = signal(false);
  const input = h("input", { type: "search", class: "search", placeholder: "Find a class", "aria-label": "Find a class", autocomplete: "off", dir: "auto" });
  const list = h("div", { class: "classes", role: "group", "aria-label": "Classes" });
  const nothing = h("p", { class: "hint", role: "status" }, "No class is called that.");
  const found = () => rank(editor.classes.value.all, query.value, (cls) => cls.name);
  const leave = () => {
    input.value = "";
    query.value = "";
    asked.value = false;
  };
  input.addEventListener("input", () => (query.value = input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      const [first] = found();
      if (first) editor.chooseClass(first.index);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      list.querySelector<HTMLElement>("button")?.focus();
      return;
    } else if (event.key !== "Escape") return;
    event.preventDefault();
    leave();
    document.querySelector<HTMLElement>(".overlay")?.focus();
  });
  effect(() => show(input, asked.value || editor.classes.value.all.length > MANY));
  effect(() => {
    const rows = found().map((cls) => {
      const swatch = h("span", { class: "swatch" });
      paintClass(swatch, editor, cls.index);
      const key = editor.classes.value.digitOf(cls.index);
      const choose = h("button", { type: "button", class: "row class-row", "data-class": String(cls.index), onclick: () => editor.chooseClass(cls.index) },
        swatch, h("bdi", { class: "name", dir: "auto", title: cls.name }, cls.name), h("span", { class: "count" }), key !== "" && kbd(key));
      const eye = h("button", { type: "button", class: "icon-button class-eye", onclick: () => {
        const doc = editor.doc.value;
        if (doc) toggle(doc, doc.items.value.filter((item) => item.class === cls.index), "hidden");
      } }, icon(Eye, 15));
      return h("div", { class: "class-frame" }, choose, eye);
    });
    list.replaceChildren(...rows);
    show(nothing, rows.length === 0);
  });
  effect(() => {
    const counts = new Map<number, { all: number; hidden: number }>();
    for (const item of editor.doc.value?.items.value ?? []) {
      const count = counts.get(item.class) ?? { all: 0, hidden: 0 };
      count.all++;
      if (item.hidden) count.hidden++;
      counts.set(item.class, count);
    }
    void [editor.classes.value, query.value];
    for (const frame of list.querySelectorAll<HTMLElement>(".class-frame")) {
      const [row, eye] = frame.children;
      const cls = Number((row as HTMLElement).dataset["class"]);
      const count = counts.get(cls);
      row?.setAttribute("aria-pressed", String(cls === editor.currentClass.value));
      const number = row?.querySelector(".count");
      if (number) setText(number, String(count?.all ?? 0));
      const hidden = count !== undefined && count.hidden === count.all;
      const { name } = editor.classes.value.get(cls);
      setIcon(eye, hidden ? EyeOff : Eye, hidden ? `Show all of ${name}` : `Hide all of ${name}`, hidden);
      if (eye instanceof HTMLButtonElement) eye.disabled = !count;
    }
  });
  return {
    element: h("section", { class: "class-section" }, heading("Classes", "1–9"), input, list, nothing),
    search() {
      asked.value = true;
      input.focus();
      input.select();
    },
  };
}
