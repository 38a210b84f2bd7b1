/** The objects of the image, top first: select, hide, lock, and drag to another layer. Fast with thousands. */
import { effect, signal } from "@preact/signals-core";
import { ArrowDown, ArrowDownToLine, ArrowUp, ArrowUpToLine, Eye, EyeOff, Lock, LockOpen } from "lucide";
import type { Editor } from "../editor";
import { reorder, toggle } from "../model/edits";
import { type Item, describe } from "../model/shape";
import { h, iconButton, setText, show } from "./dom";
import { VirtualList } from "./list";
import { ROW, heading, paintItem, setIcon } from "./parts";

/** Moves an item to the place of another one in the list, as it is shown: top first. */
export function moveTo(items: readonly Item[], moved: ReadonlySet<number>, place: number): Item[] {
  const shown = [...items].reverse();
  const before = shown.slice(0, place).filter((item) => !moved.has(item.id));
  const after = shown.slice(place).filter((item) => !moved.has(item.id));
  return [...before, ...shown.filter((item) => moved.has(item.id)), ...after].reverse();
}

export function objectSection(editor: Editor): HTMLElement {
  /** Where a dragged row would go: before this place of the list; null while none is dragged. */
  const target = signal<number | null>(null);
  const line = h("div", { class: "drop-line", hidden: true });
  let dragged: { item: Item; y: number; moving: boolean } | null = null;
  /** A press that became a drag is no click. */
  let swallow = false;

  const list = new VirtualList<Item>("Objects", ROW, (entry) => {
    const pick = (event: Event) => {
      const item = entry();
      const doc = editor.doc.value;
      if (swallow) swallow = false;
      else if (item && doc) choose(event, item);
    };
    const flip = (what: "hidden" | "locked") => () => {
      const item = entry();
      if (item && editor.doc.value) toggle(editor.doc.value, [item], what);
    };
    const row = h("button", { type: "button", class: "row", onclick: pick }, h("span", { class: "swatch" }), h("bdi", { class: "name", dir: "auto" }), h("span", { class: "count" }));
    const frame = h("div", { class: "row-frame" }, row, iconButton(Eye, "Hide", flip("hidden"), 15), iconButton(LockOpen, "Lock", flip("locked"), 15));
    frame.addEventListener("pointerenter", () => (editor.hover.value = entry()?.id ?? null));
    frame.addEventListener("pointerleave", () => (editor.hover.value = null));
    row.addEventListener("pointerdown", (event) => {
      const item = entry();
      swallow = false;
      if (item && event.button === 0) dragged = { item, y: event.clientY, moving: false };
    });
    row.addEventListener("pointermove", (event) => {
      if (!dragged || (!dragged.moving && Math.abs(event.clientY - dragged.y) < 6)) return;
      if (!dragged.moving) row.setPointerCapture(event.pointerId);
      dragged.moving = true;
      target.value = list.placeAt(event.clientY);
    });
    row.addEventListener("pointerup", () => {
      const doc = editor.doc.value;
      const place = target.value;
      if (doc && dragged?.moving && place !== null) {
        swallow = true;
        const moved = doc.selection.value.has(dragged.item.id) ? doc.selection.value : new Set([dragged.item.id]);
        doc.commit("Reorder", { items: moveTo(doc.items.value, moved, place) });
      }
      dragged = null;
      target.value = null;
    });
    row.addEventListener("pointercancel", () => {
      dragged = null;
      target.value = null;
    });
    return frame;
  }, (frame, item) => {
    const [row, eye, lock] = frame.children;
    const [swatch, name, info] = row?.children ?? [];
    if (swatch instanceof HTMLElement) paintItem(swatch, editor, item);
    if (name) setText(name, editor.classes.value.nameOf(item));
    if (info) setText(info, describe(item.geometry));
    setIcon(eye, item.hidden ? EyeOff : Eye, item.hidden ? "Show" : "Hide", item.hidden);
    setIcon(lock, item.locked ? Lock : LockOpen, item.locked ? "Unlock" : "Lock", item.locked);
    const selected = editor.doc.value?.selection.value.has(item.id) ?? false;
    frame.classList.toggle("on", selected);
    row?.setAttribute("aria-pressed", String(selected));
    frame.classList.toggle("off", item.hidden);
  });
  list.element.append(line);

  const choose = (event: Event, item: Item) => {
    const doc = editor.doc.value;
    if (!doc) return;
    const { value } = doc.selection;
    const mouse = event instanceof MouseEvent ? event : null;
    if (mouse?.shiftKey && value.size > 0) {
      // From the nearest selected row to this one, as lists everywhere do.
      const shown = [...doc.items.value].reverse();
      const to = shown.findIndex((other) => other.id === item.id);
      const from = shown.findIndex((other) => value.has(other.id));
      doc.select([...value, ...shown.slice(Math.min(from, to), Math.max(from, to) + 1).map((other) => other.id)]);
    } else if (mouse?.ctrlKey || mouse?.metaKey) doc.select(value.has(item.id) ? [...value].filter((id) => id !== item.id) : [...value, item.id]);
    else doc.select([item.id]);
    editor.reveal(item.geometry);
  };

  const order = (node: Parameters<typeof iconButton>[0], name: string, where: Parameters<typeof reorder>[1]) => iconButton(node, name, () => editor.doc.value && reorder(editor.doc.value, where), 15);
  const all = (what: "hidden" | "locked") => () => editor.doc.value && toggle(editor.doc.value, editor.doc.value.selected.value.length > 0 ? editor.doc.value.selected.value : editor.doc.value.items.value, what);
  const layers = h("div", { class: "layer-bar", role: "toolbar", "aria-label": "Layers" },
    order(ArrowUpToLine, "To the top", "top"), order(ArrowUp, "One up", "up"), order(ArrowDown, "One down", "down"), order(ArrowDownToLine, "To the bottom", "bottom"), h("span", { class: "spacer" }),
    iconButton(Eye, "Hide or show the selection, or all", all("hidden"), 15), iconButton(LockOpen, "Lock or unlock the selection, or all", all("locked"), 15));
  const empty = h("p", { class: "hint" }, "Nothing drawn yet. Choose a class and draw around an object, or paint it.");
  effect(() => {
    const doc = editor.doc.value;
    const items = [...(doc?.items.value ?? [])].reverse();
    const chosen = doc?.selection.value ?? new Set();
    void [editor.classes.value, editor.colorBy.value];
    show(empty, doc !== null && items.length === 0);
    show(layers, items.length > 0);
    list.set(items);
    if (chosen.size === 1) list.reveal(items.findIndex((item) => chosen.has(item.id)));
    [...layers.querySelectorAll("button")].slice(0, 4).forEach((button) => (button.disabled = chosen.size === 0));
  });
  effect(() => {
    show(line, target.value !== null);
    line.style.transform = `translateY(${(target.value ?? 0) * ROW - 1}px)`;
  });
  return h("section", { class: "object-section" }, heading("Objects", "top first"), layers, empty, list.element);
}
