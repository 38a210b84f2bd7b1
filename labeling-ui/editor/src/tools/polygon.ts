/** Draws polygons point by point or freehand, along the borders of neighbours, and cuts holes into the selected one. */
import type { Editor } from "../editor";
import { type Anchor, traceBorder, withTouchPoints } from "../model/borders";
import { cutHole, tidy } from "../model/edits";
import { type Point, contains, distance, ringsOf, simplify } from "../model/geometry";
import type { Item } from "../model/shape";
import { addShape } from "./make";
import { anchorAt } from "./snap";
import type { Pointer, Tool } from "./tool";

const CLOSE_REACH = 8;
const FREEHAND_START = 5;
const DOUBLE_CLICK_MS = 350;

interface Placed {
  readonly at: Point;
  /** Where on a neighbour it stands. */
  readonly anchor: Anchor | null;
  /** Whether it came along with the next one, on a neighbour's border. */
  readonly traced: boolean;
}

let placed: Placed[] = [];
/** The polygon that gets a hole; null when a new shape is drawn. */
let hole: Item | null = null;
/** Where freehand drawing began among the points. */
let freehandFrom = -1;
let pressed: { screen: Point; time: number } | null = null;
let lastClick: { screen: Point; time: number } | null = null;
let ahead: { to: Placed; trace: Placed[] } | null = null;

function reset(editor: Editor): void {
  placed = [];
  hole = null;
  freehandFrom = -1;
  pressed = null;
  lastClick = null;
  editor.redrawOverlay();
}

function place(editor: Editor, { at }: Pointer): Placed {
  const { width, height } = editor.imageSize;
  const anchor = anchorAt(editor, at, new Set(hole ? [hole.id] : []));
  // Points on a neighbour stay where that one has them, to the last digit.
  return { at: anchor?.at ?? tidy(at, width, height), anchor, traced: false };
}

/** The points of a neighbour's border between two places on it; none when they aren't on one and the same. */
function traceTo(editor: Editor, from: Placed | undefined, to: Placed): Placed[] {
  const [a, b] = [from?.anchor, to.anchor];
  if (!a || !b || a.item !== b.item || a.ring !== b.ring) return [];
  const geometry = editor.doc.value?.find(a.item)?.geometry;
  const ring = geometry?.type === "polygon" ? ringsOf(geometry.parts)[a.ring] : undefined;
  if (!ring) return [];
  return traceBorder(ring, a, b).map((at) => ({ at, anchor: { item: a.item, ring: a.ring, index: ring.indexOf(at), at, on: "point" }, traced: true }));
}

function nearFirst(editor: Editor, at: Point): boolean {
  const [first] = placed;
  return first !== undefined && placed.length >= 3 && distance(first.at, at) <= editor.reach(CLOSE_REACH);
}

/** The polygon that a hole is cut into when drawing begins here. */
function holeTarget(editor: Editor, { at, alt }: Pointer): Item | null {
  const item = editor.doc.value?.only() ?? null;
  if (!alt || item?.geometry.type !== "polygon") return null;
  return contains(ringsOf(item.geometry.parts), at[0], at[1]) ? item : null;
}

function finish(editor: Editor, straight = false): void {
  const doc = editor.doc.value;
  const [first] = placed;
  const last = placed[placed.length - 1];
  const free = placed.some(({ anchor }) => anchor === null || anchor.item !== first?.anchor?.item);
  const closing = first && free && !straight ? traceTo(editor, last, first) : [];
  const outline = [...placed, ...closing];
  const ring = outline.map(({ at }) => at).filter((p, i, all) => i === 0 || distance(p, all[i - 1] ?? p) > 0);
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
    const touched = withTouchPoints(doc.items.value, outline.flatMap(({ anchor }) => anchor ?? []));
    if (!addShape(editor, { type: "polygon", parts: [{ outer: ring, holes: [] }] }, "Draw polygon", touched)) return;
  }
  reset(editor);
}

export const polygonTool: Tool = {
  id: "polygon",
  label: "Polygon",
  cursor: () => "crosshair",
  hints(editor) {
    if (placed.length === 0) return [{ keys: "click", text: "add point" }, { keys: "drag", text: "freehand" }, { keys: "Alt", text: "cut hole" }];
    const along = (ahead?.trace.length ?? 0) > 0 ? [{ keys: "Shift", text: "not along the border" }] : [];
    return [{ keys: "click", text: "add point" }, ...along, { keys: "drag", text: "freehand" }, { keys: "⏎", text: "close" }, { keys: "⌫", text: "undo point" }, ...(editor.snap.value && along.length === 0 ? [{ keys: "N", text: "no snap" }] : []), { keys: "Esc", text: "give up" }];
  },
  down(editor, pointer) {
    const again = lastClick && pointer.time - lastClick.time < DOUBLE_CLICK_MS && distance(lastClick.screen, pointer.screen) < 4;
    if (nearFirst(editor, pointer.at) || (again && placed.length >= 3)) {
      finish(editor, pointer.shift);
      return;
    }
    if (again) return;
    if (placed.length === 0) {
      hole = holeTarget(editor, pointer);
      if (!hole && pointer.alt) editor.say("Alt cuts a hole into the selected polygon; none is selected here.");
    }
    const next = place(editor, pointer);
    if (!pointer.shift) placed.push(...traceTo(editor, placed[placed.length - 1], next));
    placed.push(next);
    pressed = { screen: pointer.screen, time: pointer.time };
    lastClick = pressed;
    editor.redrawOverlay();
  },
  drag(editor, pointer) {
    ahead = { to: { at: pointer.at, anchor: null, traced: false }, trace: [] };
    if (!pressed) return;
    if (freehandFrom < 0 && distance(pressed.screen, pointer.screen) < FREEHAND_START) return;
    if (freehandFrom < 0) freehandFrom = placed.length - 1;
    const { width, height } = editor.imageSize;
    const last = placed[placed.length - 1];
    if (last && distance(last.at, pointer.at) >= editor.reach(2)) placed.push({ at: tidy(pointer.at, width, height), anchor: null, traced: false });
    editor.redrawOverlay();
  },
  up(editor, pointer) {
    pressed = null;
    if (freehandFrom < 0) return;
    const kept = new Set(simplify(placed.slice(freehandFrom).map(({ at }) => at), editor.reach(1)));
    placed = [...placed.slice(0, freehandFrom), ...placed.slice(freehandFrom).filter(({ at }) => kept.has(at))];
    freehandFrom = -1;
    lastClick = null;
    if (nearFirst(editor, pointer.at)) {
      placed.pop();
      finish(editor);
    } else {
      // A line that ends on a neighbour ends exactly there.
      const end = place(editor, pointer);
      if (end.anchor && placed.length > 1) placed[placed.length - 1] = end;
    }
    editor.redrawOverlay();
  },
  move(editor, pointer) {
    const to = place(editor, pointer);
    ahead = { to, trace: pointer.shift ? [] : traceTo(editor, placed[placed.length - 1], to) };
    editor.redrawOverlay();
  },
  busy: () => placed.length > 0,
  key(editor, key) {
    if (placed.length === 0) return false;
    if (key === "confirm") finish(editor);
    else if (key === "cancel") reset(editor);
    else if (key === "back" || key === "delete") {
      placed.pop();
      while (placed[placed.length - 1]?.traced) placed.pop();
      lastClick = null;
      ahead = null;
      if (placed.length === 0) reset(editor);
      editor.redrawOverlay();
    }
    return true;
  },
  cancel: reset,
  save: () => (placed.length > 0 ? { points: placed.map(({ at }) => at), anchors: placed.map(({ anchor }) => anchor), hole: hole?.id ?? null } : null),
  restore(editor, state) {
    const { points = [], anchors = [], hole: holeId = null } = (state ?? {}) as { points?: Point[]; anchors?: (Anchor | null)[]; hole?: number | null };
    if (!Array.isArray(points) || points.length === 0) return false;
    reset(editor);
    placed = points.map((at, i) => ({ at, anchor: anchors[i] ?? null, traced: false }));
    hole = editor.doc.value?.find(holeId) ?? null;
    editor.redrawOverlay();
    return true;
  },
  draw(editor, pen) {
    if (ahead?.to.anchor) pen.ring(ahead.to.at, ahead.to.anchor.on === "point" ? 7 : 5, "#fff");
    if (placed.length === 0) return;
    const color = hole ? "#fff" : editor.classes.value.get(editor.currentClass.value).color;
    const closing = ahead !== null && nearFirst(editor, ahead.to.at);
    const [first] = placed;
    const points = placed.map(({ at }) => at);
    const next = ahead && freehandFrom < 0 ? (closing && first ? [first.at] : [...ahead.trace.map(({ at }) => at), ahead.to.at]) : [];
    pen.line([...points, ...next], "#0008", 3.5);
    pen.line([...points, ...next], color, 2, hole ? [4, 3] : []);
    if (freehandFrom >= 0) return;
    placed.forEach(({ at, traced }, i) => {
      if (!traced) pen.handle(at, color, i === 0 && closing, i === 0 ? 9 : 7);
    });
  },
};
