/** Takes points out of the selected outlines, shown while the tolerance is chosen. Points that neighbours share stay. */
import type { Editor } from "../editor";
import { withGeometry } from "../model/edits";
import { type Item } from "../model/shape";
import { countPoints, sharedPoints, simplifyParts } from "../model/simplify";
import type { Tool } from "./tool";

let result: { readonly items: ReadonlyMap<number, Item>; readonly before: number; readonly after: number } | null = null;

function show(editor: Editor): void {
  const doc = editor.doc.value;
  const chosen = doc?.selected.value.filter((item) => !item.locked && item.geometry.type === "polygon") ?? [];
  if (!doc || chosen.length === 0) {
    stop(editor);
    return;
  }
  const stays = sharedPoints(doc.items.value, new Set(chosen.map(({ id }) => id)));
  let [before, after] = [0, 0];
  const items = new Map(chosen.map((item): [number, Item] => {
    if (item.geometry.type !== "polygon") return [item.id, item];
    const parts = simplifyParts(item.geometry.parts, editor.options.simplify.value, stays);
    before += countPoints(item.geometry.parts);
    after += countPoints(parts);
    return [item.id, withGeometry(item, { type: "polygon", parts })];
  }));
  result = { items, before, after };
  editor.preview.value = { items, live: null };
  editor.redrawOverlay();
}

function stop(editor: Editor): void {
  result = null;
  editor.preview.value = null;
  editor.redrawOverlay();
}

export const simplifyTool: Tool = {
  id: "simplify",
  label: "Simplify",
  cursor: (editor) => (editor.hover.value === null ? "default" : "pointer"),
  hints: () => (result ? [{ keys: "[ ]", text: `tolerance: ${result.before} → ${result.after} points` }, { keys: "⏎", text: "simplify" }, { keys: "Esc", text: "leave as it is" }] : [{ keys: "click", text: "the polygon to simplify" }]),
  enter: show,
  refresh: show,
  resize(editor, factor) {
    const { simplify } = editor.options;
    simplify.value = Math.max(0.1, Math.min(20, Math.round(simplify.value * (factor > 1 ? 1.25 : 0.8) * 10 + (factor > 1 ? 0.5 : -0.5)) / 10));
    show(editor);
  },
  down(editor, { at, shift }) {
    const doc = editor.doc.value;
    const hit = editor.hits.value.at(at, editor.reach(4)).find((item) => item.geometry.type === "polygon");
    if (!doc || !hit) return;
    doc.select(shift ? [...doc.selection.value, hit.id] : [hit.id]);
    show(editor);
  },
  move(editor, { at }) {
    editor.hover.value = editor.hits.value.at(at, editor.reach(4))[0]?.id ?? null;
  },
  busy: () => result !== null,
  key(editor, key) {
    if (!result) return false;
    const { items } = result;
    stop(editor);
    if (key === "confirm") editor.doc.value?.replace("Simplify", items);
    editor.selectTool("select");
    return true;
  },
  cancel: stop,
};
