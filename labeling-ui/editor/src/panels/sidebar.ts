/** The right side: classes, suggestions, objects, and the guide. */
import { effect } from "@preact/signals-core";
import { Check, Eye, EyeOff, Lock, LockOpen, X } from "lucide";
import type { Editor } from "../editor";
import { toggle } from "../model/edits";
import { type Item, VOID, describe } from "../model/shape";
import { accept, dismiss } from "../model/suggestions";
import type { TaskFlow } from "../sync/taskflow";
import { h, icon, iconButton, kbd, setText, show } from "./dom";
import { VirtualList } from "./list";

const ROW = 30;

function paint(swatch: HTMLElement, editor: Editor, cls: number): void {
  swatch.classList.toggle("void", cls === VOID);
  swatch.style.backgroundColor = cls === VOID ? "" : editor.classes.value.get(cls).color;
}

function heading(text: string, ...notes: (string | HTMLElement)[]): HTMLElement {
  return h("h2", { class: "section" }, h("span", {}, text), h("span", {}, ...notes));
}

export function sidebar(editor: Editor, flow: TaskFlow): HTMLElement {
  const objects = h("div", { class: "tab-panel", role: "tabpanel", id: "panel-objects", "aria-labelledby": "tab-objects" }, classSection(editor), suggestionSection(editor), objectSection(editor));
  const guide = guidePanel(flow);
  const objectsTab = h("button", { type: "button", role: "tab", id: "tab-objects", "aria-controls": "panel-objects", onclick: () => open(0) });
  const guideTab = h("button", { type: "button", role: "tab", id: "tab-guide", "aria-controls": "panel-guide", onclick: () => open(1) }, "Guide");
  const tabs = [objectsTab, guideTab];
  const open = (at: number) => {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === at));
      tab.tabIndex = i === at ? 0 : -1;
    });
    show(objects, at === 0);
    show(guide, at === 1);
  };
  const bar = h("div", { class: "tabs", role: "tablist", "aria-label": "Side panel" }, ...tabs);
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const next = tabs.findIndex((tab) => tab.tabIndex === 0) === 0 ? 1 : 0;
    open(next);
    tabs[next]?.focus();
  });
  open(0);
  effect(() => setText(objectsTab, `Objects ${editor.doc.value?.items.value.length ?? 0}`));
  return h("aside", { class: "sidebar", "aria-label": "Labels" }, bar, objects, guide);
}

function classSection(editor: Editor): HTMLElement {
  const list = h("div", { class: "classes", role: "group", "aria-label": "Classes" });
  effect(() => {
    list.replaceChildren(...editor.classes.value.all.map((cls) => {
      const swatch = h("span", { class: "swatch" });
      paint(swatch, editor, cls.index);
      const key = editor.classes.value.digitOf(cls.index);
      return h("button", { type: "button", class: "row class-row", "data-class": String(cls.index), onclick: () => editor.chooseClass(cls.index) },
        swatch, h("span", { class: "name" }, cls.name), h("span", { class: "count" }), key !== "" && kbd(key));
    }));
  });
  effect(() => {
    const counts = new Map<number, number>();
    for (const item of editor.doc.value?.items.value ?? []) counts.set(item.class, (counts.get(item.class) ?? 0) + 1);
    void editor.classes.value;
    for (const row of list.querySelectorAll<HTMLElement>(".class-row")) {
      const cls = Number(row.dataset["class"]);
      row.setAttribute("aria-pressed", String(cls === editor.currentClass.value));
      const count = row.querySelector(".count");
      if (count) setText(count, String(counts.get(cls) ?? 0));
    }
  });
  return h("section", { class: "class-section" }, heading("Classes", "1–9"), list);
}

function suggestionSection(editor: Editor): HTMLElement {
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
    return h("div", { class: "row-frame" },
      h("button", { type: "button", class: "row", onclick: pick }, h("span", { class: "swatch machine" }), h("span", { class: "name" }), h("span", { class: "count" })),
      iconButton(Check, "Accept", act((item) => editor.doc.value && accept(editor.doc.value, [item], (cls) => editor.isThing(cls))), 15),
      iconButton(X, "Dismiss", act((item) => editor.doc.value && dismiss(editor.doc.value, item)), 15));
  }, (frame, item) => {
    const [, name, value] = frame.querySelector(".row")?.children ?? [];
    if (name) setText(name, editor.classes.value.get(item.class).name);
    if (value) {
      setText(value, item.confidence?.toFixed(2) ?? "");
      value.classList.toggle("doubtful", (item.confidence ?? 1) < 0.7);
    }
    frame.classList.toggle("on", item.id === editor.doc.value?.activeSuggestion.value);
  });
  const section = h("section", { class: "suggestion-section" }, heading("Suggestions", "A", h("span", { class: "long" }, " accept"), " · D", h("span", { class: "long" }, " dismiss")), list.element);
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

function objectSection(editor: Editor): HTMLElement {
  const list = new VirtualList<Item>("Objects", ROW, (entry) => {
    const pick = (event: Event) => {
      const item = entry();
      const doc = editor.doc.value;
      if (!item || !doc) return;
      const more = event instanceof MouseEvent && (event.shiftKey || event.ctrlKey);
      const { value } = doc.selection;
      doc.select(more ? (value.has(item.id) ? [...value].filter((id) => id !== item.id) : [...value, item.id]) : [item.id]);
      editor.reveal(item.geometry);
    };
    const flip = (what: "hidden" | "locked") => () => {
      const item = entry();
      if (item && editor.doc.value) toggle(editor.doc.value, [item], what);
    };
    const row = h("button", { type: "button", class: "row", onclick: pick }, h("span", { class: "swatch" }), h("span", { class: "name" }), h("span", { class: "count" }));
    const frame = h("div", { class: "row-frame" }, row, iconButton(Eye, "Hide", flip("hidden"), 15), iconButton(LockOpen, "Lock", flip("locked"), 15));
    frame.addEventListener("pointerenter", () => (editor.hover.value = entry()?.id ?? null));
    frame.addEventListener("pointerleave", () => (editor.hover.value = null));
    return frame;
  }, (frame, item) => {
    const [row, eye, lock] = frame.children;
    const [swatch, name, info] = row?.children ?? [];
    if (swatch instanceof HTMLElement) paint(swatch, editor, item.class);
    if (name) setText(name, editor.classes.value.nameOf(item));
    if (info) setText(info, describe(item.geometry));
    setIcon(eye, item.hidden ? EyeOff : Eye, item.hidden ? "Show" : "Hide", item.hidden);
    setIcon(lock, item.locked ? Lock : LockOpen, item.locked ? "Unlock" : "Lock", item.locked);
    frame.classList.toggle("on", editor.doc.value?.selection.value.has(item.id) ?? false);
    frame.classList.toggle("off", item.hidden);
  });
  const empty = h("p", { class: "hint" }, "Nothing drawn yet. Choose a class and draw around an object, or paint it.");
  effect(() => {
    const doc = editor.doc.value;
    const items = [...(doc?.items.value ?? [])].reverse();
    const chosen = doc?.selection.value ?? new Set();
    void editor.classes.value;
    show(empty, doc !== null && items.length === 0);
    list.set(items);
    if (chosen.size === 1) list.reveal(items.findIndex((item) => chosen.has(item.id)));
  });
  return h("section", { class: "object-section" }, heading("Objects", "top first"), empty, list.element);
}

function setIcon(button: Element | undefined, node: Parameters<typeof icon>[0], label: string, set: boolean): void {
  if (!button || button.getAttribute("aria-label") === label) {
    button?.classList.toggle("set", set);
    return;
  }
  button.setAttribute("aria-label", label);
  button.setAttribute("title", label);
  button.classList.toggle("set", set);
  button.replaceChildren(icon(node, 15));
}

function guidePanel(flow: TaskFlow): HTMLElement {
  const text = h("div", { class: "guide-text", tabindex: "0", role: "region", "aria-label": "Guide" });
  effect(() => {
    const open = flow.phase.value.type === "working" ? flow.phase.value.open : null;
    setText(text, open?.bundle.instructions?.trim() || "This project has no written guide. Ask its manager when something is unclear.");
  });
  return h("div", { class: "tab-panel", role: "tabpanel", id: "panel-guide", "aria-labelledby": "tab-guide" }, text);
}
