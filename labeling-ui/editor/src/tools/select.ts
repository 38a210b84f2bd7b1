/** Selects, moves and reshapes objects. */
import type { Editor } from "../editor";
import { edgeSharers, sharers } from "../model/borders";
import { insertPoint, movedItems, movedTogether, tidy } from "../model/edits";
import { type EdgeHit, type Point, type PointRef, type Rect, type Ring, distance, nearestEdge, nearestPoint, ringsOf } from "../model/geometry";
import type { Item } from "../model/shape";
import { anchorAt } from "./snap";
import { type Pointer, type Tool, rectOf } from "./tool";

const POINT_REACH = 8;
const EDGE_REACH = 5;
const DRAG_START = 3;

type Action =
  | { readonly type: "move"; readonly items: readonly Item[]; changed: ReadonlyMap<number, Item> | null }
  | { readonly type: "points"; readonly item: Item; readonly refs: readonly PointRef[]; /** Neighbours' points in the same places, which move along. */ readonly along: ReadonlyMap<number, { item: Item; refs: readonly PointRef[] }>; readonly inserted: boolean; changed: ReadonlyMap<number, Item> | null }
  | { readonly type: "marquee"; readonly kept: ReadonlySet<number>; /** Whether only points of the selected outline are meant. */ readonly points: boolean; readonly more: boolean; to: Point };

let action: Action | null = null;
let start: Pointer | null = null;
let dragging = false;
/** What a click without a drag does, decided when the button went down. */
let onClick: (() => void) | null = null;

/** Neighbours whose points stand in the places of some points of an item, where they are to move together. */
function sharing(editor: Editor, item: Item, refs: readonly PointRef[], alone: boolean): Map<number, { item: Item; refs: readonly PointRef[] }> {
  const items = editor.doc.value?.items.value ?? [];
  if (alone || !editor.options.shared.value) return new Map();
  return new Map([...sharers(items, item, refs)].flatMap(([id, theirs]) => {
    const other = items.find((candidate) => candidate.id === id);
    return other ? [[id, { item: other, refs: theirs }] as const] : [];
  }));
}

/** Takes hold of a point or an edge of the selected polygon. Returns whether it did. */
function grabOutline(editor: Editor, { at, shift, alt, ctrl }: Pointer): boolean {
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
    action = { type: "points", item, refs: doc.points.value, along: sharing(editor, item, doc.points.value, ctrl), inserted: false, changed: null };
    return true;
  }
  const edge = item.geometry.type === "polygon" ? nearestEdge(rings, at, editor.reach(alt ? 2.5 * EDGE_REACH : EDGE_REACH)) : null;
  if (!edge || shift || ctrl) return false;
  grabEdge(editor, item, rings, edge);
  return true;
}

/** A new point on an edge, in all neighbours that have the very same edge. */
function grabEdge(editor: Editor, item: Item, rings: readonly Ring[], edge: EdgeHit): void {
  const doc = editor.doc.value;
  if (!doc) return;
  const point = tidy(edge.at, doc.width, doc.height);
  const ring = rings[edge.ring] ?? [];
  const [a, b] = [ring[(edge.before + ring.length - 1) % ring.length], ring[edge.before]];
  const shared = a && b && editor.options.shared.value ? edgeSharers(doc.items.value, item.id, a, b) : new Map<number, { ring: number; before: number }>();
  const along = new Map([...shared].flatMap(([id, place]) => {
    const other = doc.find(id);
    return other ? [[id, { item: insertPoint(other, place.ring, place.before, point), refs: [{ ring: place.ring, point: place.before }] }] as const] : [];
  }));
  const withPoint = insertPoint(item, edge.ring, edge.before, point);
  const changed = new Map([[item.id, withPoint], ...[...along].map(([id, other]) => [id, other.item] as const)]);
  action = { type: "points", item: withPoint, refs: [{ ring: edge.ring, point: edge.before }], along, inserted: true, changed };
}

/** The way that points are dragged: a single one sticks to other outlines. */
function snappedWay(editor: Editor, drag: Action & { type: "points" }, dx: number, dy: number): Point {
  const [ref] = drag.refs;
  const { geometry } = drag.item;
  const from = drag.refs.length === 1 && ref && geometry.type === "polygon" ? ringsOf(geometry.parts)[ref.ring]?.[ref.point] : undefined;
  const anchor = from && anchorAt(editor, [from[0] + dx, from[1] + dy], new Set([drag.item.id, ...drag.along.keys()]));
  return from && anchor ? [anchor.at[0] - from[0], anchor.at[1] - from[1]] : [dx, dy];
}

/** Points of the one selected outline within a rectangle. */
function pointsWithin(editor: Editor, rect: Rect): { inside: PointRef[]; all: number } {
  const rings = editor.doc.value?.only()?.geometry.type === "polygon" ? (editor.handles() ?? []) : [];
  const inside = rings.flatMap((points, ring) => points.flatMap(([x, y], point): PointRef[] => (x >= rect.x0 && x <= rect.x1 && y >= rect.y0 && y <= rect.y1 ? [{ ring, point }] : [])));
  return { inside, all: rings.reduce((sum, ring) => sum + ring.length, 0) };
}

function grabShape(editor: Editor, { at, shift, ctrl }: Pointer): void {
  const doc = editor.doc.value;
  if (!doc) return;
  if (ctrl && doc.only()?.geometry.type === "polygon") {
    action = { type: "marquee", kept: doc.selection.value, points: true, more: shift, to: at };
    return;
  }
  const top = editor.hits.value.at(at, editor.reach(4))[0];
  const suggested = editor.suggestionHits.value.at(at, editor.reach(4))[0];
  if (!top && suggested) {
    doc.activeSuggestion.value = suggested.id;
    return;
  }
  const selected = doc.selection.value;
  if (!top) {
    action = { type: "marquee", kept: shift ? selected : new Set(), points: false, more: shift, to: at };
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

/** A marquee around some points of the selected outline chooses those; around all of it, or elsewhere, it chooses objects. */
function chooseWithin(editor: Editor, marquee: Action & { type: "marquee" }, rect: Rect): void {
  const doc = editor.doc.value;
  if (!doc) return;
  const { inside, all } = pointsWithin(editor, rect);
  if (inside.length > 0 && (marquee.points || inside.length < all)) {
    const same = (a: PointRef, b: PointRef) => a.ring === b.ring && a.point === b.point;
    const before = marquee.more ? doc.points.value.filter((ref) => !inside.some((other) => same(ref, other))) : [];
    doc.points.value = [...before, ...inside];
  } else if (!marquee.points) doc.select([...marquee.kept, ...editor.hits.value.within(rect).map((item) => item.id)]);
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
    if (at && rings && editor.doc.value?.only()?.geometry.type === "polygon" && nearestEdge(rings, at, editor.reach(EDGE_REACH))) return "copy";
    return editor.hover.value === null ? "default" : "pointer";
  },
  hints(editor) {
    const doc = editor.doc.value;
    if (doc && doc.points.value.length > 0) return [{ keys: "drag", text: "move" }, { keys: "Del", text: doc.points.value.length > 1 ? `delete ${doc.points.value.length} points` : "delete point" }, { keys: "Shift", text: "more points" }, { keys: "Ctrl", text: "without neighbours" }];
    if (doc && doc.selected.value.length > 0) return [{ keys: "drag", text: "move" }, { keys: "click edge", text: "add point" }, { keys: "Ctrl drag", text: "choose points" }, { keys: "1–9", text: "class" }, { keys: "Del", text: "delete" }];
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
      const [x, y] = snappedWay(editor, action, dx, dy);
      const changed = movedTogether(doc, action.item, action.refs, x, y, false);
      for (const [id, other] of action.along) changed.set(id, movedTogether(doc, other.item, other.refs, x, y, false).get(id) ?? other.item);
      action.changed = changed;
      editor.preview.value = { items: changed, live: null };
    }
    editor.redrawOverlay();
  },
  up(editor) {
    const doc = editor.doc.value;
    if (doc && action && start) {
      if (action.type === "marquee" && dragging) chooseWithin(editor, action, rectOf(start.at, action.to));
      else if (action.type === "move" && action.changed) {
        doc.replace("Move", action.changed);
      } else if (action.type === "points" && action.changed && (dragging || action.inserted)) {
        doc.replace(action.inserted ? "Insert point" : action.item.geometry.type === "box" ? "Resize box" : action.refs.length > 1 ? "Move points" : "Move point", action.changed);
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
    pen.rect(rectOf(start.at, action.to), "#6ea0ff", "#6ea0ff22");
  },
};
