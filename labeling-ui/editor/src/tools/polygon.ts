/** Draws polygons point by point or freehand, and cuts holes into the selected one. */
import type { Editor } from "../editor";
import { addItem, cutHole, newItem, tidy } from "../model/edits";
import { type Point, contains, distance, ringsOf, simplify } from "../model/geometry";
import type { Item } from "../model/shape";
import { snapped } from "./snap";
import type { Pointer, Tool } from "./tool";

const CLOSE_REACH = 8;
const FREEHAND_START = 5;
const DOUBLE_CLICK_MS = 350;

let points: Point[] = [];
/** The polygon that gets a hole; null when a new shape is drawn. */
let hole: Item | null = null;
/** Where freehand drawing began among the points. */
let freehandFrom = -1;
let pressed: { screen: Point; time: number } | null = null;
let lastClick: { screen: Point; time: number } | null = null;
let ahead: { at: Point; to: "point" | "edge" | null } | null = null;

function reset(editor: Editor): void {
  points = [];
  hole = null;
  freehandFrom = -1;
  pressed = null;
  lastClick = null;
  editor.redrawOverlay();
}

function place(editor: Editor, { at }: Pointer): { at: Point; to: "point" | "edge" | null } {
  const { width, height } = editor.imageSize;
  const target = snapped(editor, at, new Set(hole ? [hole.id] : []));
  return { at: tidy(target.at, width, height), to: target.to };
}

function nearFirst(editor: Editor, at: Point): boolean {
  const [first] = points;
  return first !== undefined && points.length >= 3 && distance(first, at) <= editor.reach(CLOSE_REACH);
}

/** The polygon that a hole is cut into when drawing begins here. */
function holeTarget(editor: Editor, { at, alt }: Pointer): Item | null {
  const item = editor.doc.value?.only() ?? null;
  if (!alt || item?.geometry.type !== "polygon") return null;
  return contains(ringsOf(item.geometry.parts), at[0], at[1]) ? item : null;
}

function finish(editor: Editor): void {
  const doc = editor.doc.value;
  const ring = points.filter((p, i) => i === 0 || distance(p, points[i - 1] ?? p) > 0);
  if (ring.length > 3 && distance(ring[0] ?? [0, 0], ring[ring.length - 1] ?? [1, 1]) === 0) ring.pop();
  if (!doc || ring.length < 3) {
    editor.say("An outline needs at least three points.");
    return;
  }
  if (hole) {
    const outcome = hole.locked ? "locked" : cutHole(doc, hole, ring);
    if (outcome !== "cut") {
      const why = { outside: "A hole has to begin inside the object.", crosses: "A hole must not cross an outline.", locked: "This object is locked." }[outcome];
      editor.say(`${why} Nothing was cut; Backspace takes points back.`);
      return;
    }
  } else {
    const cls = editor.currentClass.value;
    addItem(doc, newItem(doc, cls, editor.isThing(cls), { type: "polygon", parts: [{ outer: ring, holes: [] }] }), "Draw polygon");
  }
  reset(editor);
}

export const polygonTool: Tool = {
  id: "polygon",
  label: "Polygon",
  cursor: () => "crosshair",
  hints: () =>
    points.length === 0
      ? [{ keys: "click", text: "add point" }, { keys: "drag", text: "freehand" }, { keys: "Alt", text: "cut hole" }]
      : [{ keys: "click", text: "add point" }, { keys: "drag", text: "freehand" }, { keys: "⏎", text: "close" }, { keys: "⌫", text: "undo point" }, { keys: "Esc", text: "give up" }],
  down(editor, pointer) {
    const again = lastClick && pointer.time - lastClick.time < DOUBLE_CLICK_MS && distance(lastClick.screen, pointer.screen) < 4;
    if (nearFirst(editor, pointer.at) || (again && points.length >= 3)) {
      finish(editor);
      return;
    }
    if (again) return;
    if (points.length === 0) {
      hole = holeTarget(editor, pointer);
      if (!hole && pointer.alt) editor.say("Alt cuts a hole into the selected polygon; none is selected here.");
    }
    points.push(place(editor, pointer).at);
    pressed = { screen: pointer.screen, time: pointer.time };
    lastClick = pressed;
    editor.redrawOverlay();
  },
  drag(editor, pointer) {
    ahead = { at: pointer.at, to: null };
    if (!pressed) return;
    if (freehandFrom < 0 && distance(pressed.screen, pointer.screen) < FREEHAND_START) return;
    if (freehandFrom < 0) freehandFrom = points.length - 1;
    const { width, height } = editor.imageSize;
    const last = points[points.length - 1];
    if (last && distance(last, pointer.at) >= editor.reach(2)) points.push(tidy(pointer.at, width, height));
    editor.redrawOverlay();
  },
  up(editor, pointer) {
    pressed = null;
    if (freehandFrom < 0) return;
    const drawn = simplify(points.slice(freehandFrom), editor.reach(1));
    points = [...points.slice(0, freehandFrom), ...drawn];
    freehandFrom = -1;
    lastClick = null;
    if (nearFirst(editor, pointer.at)) {
      points.pop();
      finish(editor);
    }
    editor.redrawOverlay();
  },
  move(editor, pointer) {
    ahead = place(editor, pointer);
    editor.redrawOverlay();
  },
  busy: () => points.length > 0,
  key(editor, key) {
    if (points.length === 0) return false;
    if (key === "confirm") finish(editor);
    else if (key === "cancel") reset(editor);
    else if (key === "back" || key === "delete") {
      points.pop();
      lastClick = null;
      if (points.length === 0) reset(editor);
      editor.redrawOverlay();
    }
    return true;
  },
  cancel: reset,
  save: () => (points.length > 0 ? { points, hole: hole?.id ?? null } : null),
  restore(editor, state) {
    const { points: kept = [], hole: holeId = null } = (state ?? {}) as { points?: Point[]; hole?: number | null };
    if (!Array.isArray(kept) || kept.length === 0) return false;
    reset(editor);
    points = kept;
    hole = editor.doc.value?.find(holeId) ?? null;
    editor.redrawOverlay();
    return true;
  },
  draw(editor, pen) {
    if (ahead?.to) pen.ring(ahead.at, 6, "#fff");
    if (points.length === 0) return;
    const color = hole ? "#fff" : editor.classes.value.get(editor.currentClass.value).color;
    const closing = ahead !== null && nearFirst(editor, ahead.at);
    const [first] = points;
    const line = ahead && freehandFrom < 0 ? [...points, closing && first ? first : ahead.at] : points;
    pen.line(line, "#0008", 3.5);
    pen.line(line, color, 2, hole ? [4, 3] : []);
    if (freehandFrom >= 0) return;
    points.forEach((p, i) => pen.handle(p, color, i === 0 && closing, i === 0 ? 9 : 7));
  },
};
