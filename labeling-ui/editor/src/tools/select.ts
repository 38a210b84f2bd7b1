/** Selects, moves and reshapes objects. */
import type { Editor } from "../editor";
import { insertPoint, movePoints, movedItems, tidy } from "../model/edits";
import { type Point, type PointRef, type Rect, distance, nearestEdge, nearestPoint } from "../model/geometry";
import type { Item } from "../model/shape";
import type { Pointer, Tool } from "./tool";

const POINT_REACH = 8;
const EDGE_REACH = 5;
const DRAG_START = 3;

type Action =
  | { readonly type: "move"; readonly items: readonly Item[]; changed: ReadonlyMap<number, Item> | null }
  | { readonly type: "points"; readonly item: Item; readonly refs: readonly PointRef[]; readonly inserted: boolean; changed: Item | null }
  | { readonly type: "marquee"; readonly kept: ReadonlySet<number>; to: Point };

let action: Action | null = null;
let start: Pointer | null = null;
let dragging = false;
/** What a click without a drag does, decided when the button went down. */
let onClick: (() => void) | null = null;

/** Takes hold of a point or an edge of the selected polygon. Returns whether it did. */
function grabOutline(editor: Editor, { at, shift, alt }: Pointer): boolean {
  const doc = editor.doc.value;
  const item = doc?.only() ?? null;
  const rings = editor.handles();
  if (!doc || !item || !rings) return false;
  const hit = nearestPoint(rings, at, editor.reach(POINT_REACH));
  if (hit && !alt) {
    const chosen = doc.points.value;
    const same = (ref: PointRef) => ref.ring === hit.ring && ref.point === hit.point;
    const already = chosen.some(same);
    if (shift) doc.points.value = already ? chosen.filter((ref) => !same(ref)) : [...chosen, hit];
    else if (!already) doc.points.value = [hit];
    else onClick = () => (doc.points.value = [hit]);
    action = { type: "points", item, refs: doc.points.value, inserted: false, changed: null };
    return true;
  }
  const edge = nearestEdge(rings, at, editor.reach(alt ? 2.5 * EDGE_REACH : EDGE_REACH));
  if (!edge || shift) return false;
  const withPoint = insertPoint(item, edge.ring, edge.before, tidy(edge.at, doc.width, doc.height));
  const refs = [{ ring: edge.ring, point: edge.before }];
  action = { type: "points", item: withPoint, refs, inserted: true, changed: withPoint };
  return true;
}

function grabShape(editor: Editor, { at, shift }: Pointer): void {
  const doc = editor.doc.value;
  if (!doc) return;
  const top = editor.hits.value.at(at, editor.reach(4))[0];
  const suggested = editor.suggestionHits.value.at(at, editor.reach(4))[0];
  if (!top && suggested) {
    doc.activeSuggestion.value = suggested.id;
    return;
  }
  const selected = doc.selection.value;
  if (!top) {
    action = { type: "marquee", kept: shift ? selected : new Set(), to: at };
    onClick = () => {
      if (!shift) doc.select([]);
    };
    return;
  }
  if (shift) doc.select(selected.has(top.id) ? [...selected].filter((id) => id !== top.id) : [...selected, top.id]);
  else if (!selected.has(top.id)) doc.select([top.id]);
  else onClick = () => doc.select([top.id]);
  const free = doc.selected.value.filter((item) => !item.locked && !item.hidden);
  if (free.length > 0 && doc.selection.value.has(top.id)) action = { type: "move", items: free, changed: null };
}

function rectOf(a: Point, b: Point): Rect {
  return { x0: Math.min(a[0], b[0]), y0: Math.min(a[1], b[1]), x1: Math.max(a[0], b[0]), y1: Math.max(a[1], b[1]) };
}

function clear(editor: Editor): void {
  action = null;
  start = null;
  dragging = false;
  onClick = null;
  editor.preview.value = null;
  editor.redrawOverlay();
}

export const selectTool: Tool = {
  id: "select",
  label: "Select",
  cursor(editor) {
    if (dragging && action?.type === "move") return "move";
    const at = editor.cursor.value;
    const rings = editor.handles();
    if (at && rings && nearestPoint(rings, at, editor.reach(POINT_REACH))) return "pointer";
    if (at && rings && nearestEdge(rings, at, editor.reach(EDGE_REACH))) return "copy";
    return editor.hover.value === null ? "default" : "pointer";
  },
  hints(editor) {
    const doc = editor.doc.value;
    if (doc && doc.points.value.length > 0) return [{ keys: "drag", text: "move point" }, { keys: "Del", text: "delete point" }, { keys: "click edge", text: "add point" }];
    if (doc && doc.selected.value.length > 0) return [{ keys: "drag", text: "move" }, { keys: "click edge", text: "add point" }, { keys: "1–9", text: "class" }, { keys: "Del", text: "delete" }];
    return [{ keys: "click", text: "select" }, { keys: "Shift", text: "more" }, { keys: "drag", text: "box" }];
  },
  down(editor, pointer) {
    clear(editor);
    start = pointer;
    if (!grabOutline(editor, pointer)) {
      if (editor.doc.value && !pointer.shift) editor.doc.value.points.value = [];
      grabShape(editor, pointer);
    }
  },
  drag(editor, pointer) {
    const doc = editor.doc.value;
    if (!doc || !start || !action) return;
    if (!dragging && distance(start.screen, pointer.screen) < DRAG_START) return;
    dragging = true;
    const [dx, dy] = [pointer.at[0] - start.at[0], pointer.at[1] - start.at[1]];
    if (action.type === "marquee") action.to = pointer.at;
    else if (action.type === "move") {
      action.changed = movedItems(action.items, dx, dy, doc.width, doc.height);
      editor.preview.value = { items: action.changed, live: null };
    } else {
      action.changed = movePoints(action.item, action.refs, dx, dy, doc.width, doc.height);
      editor.preview.value = { items: new Map([[action.item.id, action.changed]]), live: null };
    }
    editor.redrawOverlay();
  },
  up(editor) {
    const doc = editor.doc.value;
    if (doc && action && start) {
      if (action.type === "marquee" && dragging) {
        const inside = editor.hits.value.within(rectOf(start.at, action.to));
        doc.select([...action.kept, ...inside.map((item) => item.id)]);
      } else if (action.type === "move" && action.changed) {
        doc.replace("Move", action.changed);
      } else if (action.type === "points" && action.changed && (dragging || action.inserted)) {
        doc.replace(action.inserted ? "Insert point" : "Move point", new Map([[action.item.id, action.changed]]));
        if (action.inserted) doc.points.value = action.refs;
      }
    }
    if (!dragging) onClick?.();
    clear(editor);
  },
  move(editor, pointer) {
    editor.hover.value = editor.hits.value.at(pointer.at, editor.reach(4))[0]?.id ?? editor.suggestionHits.value.at(pointer.at, editor.reach(4))[0]?.id ?? null;
  },
  busy: () => dragging,
  key(editor, key) {
    if (key === "cancel" && dragging) {
      clear(editor);
      return true;
    }
    return false;
  },
  cancel: clear,
  draw(_editor, pen) {
    if (action?.type !== "marquee" || !dragging || !start) return;
    const { x0, y0, x1, y1 } = rectOf(start.at, action.to);
    const [left, top] = pen.to([x0, y0]);
    const [right, bottom] = pen.to([x1, y1]);
    pen.context.fillStyle = "#6ea0ff22";
    pen.context.fillRect(left, top, right - left, bottom - top);
    pen.line([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]], "#6ea0ff", 1);
  },
};
