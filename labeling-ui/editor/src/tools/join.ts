/** Joins objects: all of them, the first without the others, or what they have in common. Shown before it is done. */
import type { Editor } from "../editor";
import { type CombineOp, joinItems, joined } from "../model/combine";
import { withGeometry } from "../model/edits";
import type { Tool } from "./tool";

const NEXT: Readonly<Record<CombineOp, CombineOp>> = { union: "subtract", subtract: "intersect", intersect: "union" };
export const JOIN_NAMES: Readonly<Record<CombineOp, string>> = { union: "union", subtract: "first without the others", intersect: "in common" };

let ready = false;

/** Shows what would come out. */
function show(editor: Editor): void {
  const doc = editor.doc.value;
  const ids = doc ? [...doc.selection.value] : [];
  ready = ids.length >= 2;
  const items = ids.flatMap((id) => doc?.items.value.find((item) => item.id === id) ?? []);
  const [first] = items;
  const geometry = doc && ready && first ? joined(editor.options.join.value, items, doc.width, doc.height) : null;
  editor.preview.value = first && geometry ? { items: new Map([[first.id, withGeometry(first, geometry)]]), live: null } : null;
  editor.redrawOverlay();
}

function stop(editor: Editor): void {
  ready = false;
  editor.preview.value = null;
}

export const joinTool: Tool = {
  id: "join",
  label: "Join",
  cursor: (editor) => (editor.hover.value === null ? "default" : "pointer"),
  hints: (editor) => [
    { keys: "click", text: ready ? "one more, or one less" : "the objects, the lasting one first" },
    { keys: editor.keymap.value.keys("tool.join")[0] ?? "U", text: JOIN_NAMES[editor.options.join.value] },
    ...(ready ? [{ keys: "⏎", text: "join" }, { keys: "Esc", text: "give up" }] : []),
  ],
  enter: show,
  again(editor) {
    editor.options.join.value = NEXT[editor.options.join.value];
    show(editor);
  },
  refresh: show,
  down(editor, { at }) {
    const doc = editor.doc.value;
    const hit = editor.hits.value.at(at, editor.reach(4))[0];
    if (!doc || !hit) return;
    const chosen = doc.selection.value;
    doc.select(chosen.has(hit.id) ? [...chosen].filter((id) => id !== hit.id) : [...chosen, hit.id]);
    show(editor);
  },
  move(editor, { at }) {
    editor.hover.value = editor.hits.value.at(at, editor.reach(4))[0]?.id ?? null;
  },
  busy: () => ready,
  key(editor, key) {
    const doc = editor.doc.value;
    if (!ready || !doc) return false;
    stop(editor);
    if (key === "confirm") {
      const problem = joinItems(doc, editor.options.join.value, [...doc.selection.value]);
      if (problem) editor.say(`${problem} Nothing was changed.`);
    } else if (key === "cancel") doc.select([]);
    else doc.select([...doc.selection.value].slice(0, -1));
    show(editor);
    return true;
  },
  cancel: stop,
};
