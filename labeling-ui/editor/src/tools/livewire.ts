/** An outline that follows the picture's edges between clicks. */
import type { Editor } from "../editor";
import { type Point, distance, simplify } from "../model/geometry";
import { tidy } from "../model/edits";
import type { Answers } from "../workers/protocol";
import { wireTo } from "../workers/livewire";
import { addShape } from "./make";
import type { Pointer, Tool } from "./tool";

const CLOSE_REACH = 9;
const DOUBLE_CLICK_MS = 350;
/** How far around a click the worker looks for ways at first, in pixels; and at most. */
const REACH = 320;
const FARTHEST = 2000;
/** Screen pixels that a click may be beside the edge. */
const SETTLE = 5;

/** Clicks, and the line that led to each. */
let legs: { readonly click: Point; readonly line: readonly Point[] }[] = [];
let wire: Answers["wire"] | null = null;
let asked = 0;
let reach = REACH;
let ahead: Point | null = null;
let last: Pointer | null = null;
/** What a click is made of while the worker still looks for ways from the one before. */
let ready: Promise<void> = Promise.resolve();

function reset(editor: Editor): void {
  legs = [];
  wire = null;
  last = null;
  reach = REACH;
  asked++;
  editor.redrawOverlay();
}

/** Asks for the ways from a place; `settle` lets it move onto the nearest edge. */
function ask(editor: Editor, at: Point, settle: number): Promise<void> {
  const mine = ++asked;
  return editor.vision.ask({ type: "wire", at, reach, settle }).then((answer) => {
    if (mine !== asked) return;
    wire = answer;
    editor.redrawOverlay();
  }).catch((error: Error) => {
    if (mine === asked) editor.say(`The line can't follow edges: ${error.message}. It goes straight.`);
  });
}

/** The line from the last click to a place: along edges where the ways are known, else straight. */
function lineTo(editor: Editor, to: Point, straight: boolean): Point[] {
  const from = legs[legs.length - 1]?.click ?? to;
  const path = straight || !wire ? null : wireTo(wire, to[0] * wire.scale, to[1] * wire.scale);
  if (!path || !wire) return [from, to];
  const { scale } = wire;
  return simplify([from, ...path.slice(1, -1).map(([x, y]): Point => [x / scale, y / scale]), to], Math.max(0.7, editor.reach(0.6)));
}

/** Looks farther when the pointer leaves what is known. */
function extend(editor: Editor, to: Point): void {
  const from = legs[legs.length - 1]?.click;
  if (!from || !wire) return;
  const away = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  if (away < reach - 2 || reach >= FARTHEST) return;
  reach = Math.min(FARTHEST, Math.max(2 * reach, away + 100));
  ready = ask(editor, from, 0);
}

function nearFirst(editor: Editor, at: Point): boolean {
  const [first] = legs;
  return first !== undefined && legs.length >= 2 && distance(first.click, at) <= editor.reach(CLOSE_REACH);
}

function finish(editor: Editor, straight = false): void {
  const [first] = legs;
  if (!first) return;
  const closing = lineTo(editor, first.click, straight);
  const { width, height } = editor.imageSize;
  const all = [...legs.flatMap(({ line }) => line), ...closing].map((p) => tidy(p, width, height));
  const ring = all.filter((p, i) => distance(p, all[(i + all.length - 1) % all.length] ?? p) > 0);
  if (ring.length < 3 || legs.length < 2) {
    editor.say("An outline needs at least two clicks beside the first.");
    return;
  }
  if (addShape(editor, { type: "polygon", parts: [{ outer: ring, holes: [] }] }, "Draw along edges")) reset(editor);
}

async function click(editor: Editor, pointer: Pointer): Promise<void> {
  const { doc } = editor;
  const document = doc.value;
  await ready;
  if (doc.value !== document) return;
  if (nearFirst(editor, pointer.at)) {
    finish(editor, pointer.shift);
    return;
  }
  const { width, height } = editor.imageSize;
  let at = tidy(pointer.at, width, height);
  reach = REACH;
  const before = wire;
  if (legs.length === 0) {
    legs.push({ click: at, line: [at] });
    ready = ask(editor, at, pointer.shift ? 0 : editor.reach(SETTLE));
    await ready;
    const only = legs as readonly unknown[];
    if (wire && wire !== before && only.length === 1 && !pointer.shift) {
      // The beginning moves onto the edge that was found next to it.
      at = [(wire.from[0] + 0.5) / wire.scale, (wire.from[1] + 0.5) / wire.scale];
      legs = [{ click: at, line: [at] }];
    }
  } else {
    const line = lineTo(editor, at, pointer.shift);
    legs.push({ click: at, line: line.slice(1) });
    ready = ask(editor, at, 0);
  }
  editor.redrawOverlay();
}

export const livewireTool: Tool = {
  id: "livewire",
  label: "Livewire",
  cursor: () => "crosshair",
  hints: () => (legs.length === 0 ? [{ keys: "click", text: "on an edge of the object" }] : [{ keys: "click", text: "fix the line here" }, { keys: "Shift", text: "straight" }, { keys: "⏎", text: "close" }, { keys: "⌫", text: "undo point" }, { keys: "Esc", text: "give up" }]),
  enter: (editor) => editor.vision.prepare(),
  down(editor, pointer) {
    const again = last && pointer.time - last.time < DOUBLE_CLICK_MS && distance(last.screen, pointer.screen) < 4;
    last = pointer;
    if (again) {
      if (legs.length >= 2) finish(editor);
    } else void click(editor, pointer);
  },
  move(editor, { at }) {
    ahead = at;
    extend(editor, at);
    editor.redrawOverlay();
  },
  busy: () => legs.length > 0,
  key(editor, key) {
    if (legs.length === 0) return false;
    if (key === "confirm") void ready.then(() => finish(editor));
    else if (key === "cancel") reset(editor);
    else {
      legs.pop();
      const before = legs[legs.length - 1]?.click;
      wire = null;
      last = null;
      if (before) ready = ask(editor, before, 0);
      else reset(editor);
    }
    editor.redrawOverlay();
    return true;
  },
  cancel: reset,
  save: () => (legs.length > 0 ? { legs } : null),
  restore(editor, state) {
    const { legs: kept } = (state ?? {}) as { legs?: typeof legs };
    if (!Array.isArray(kept) || kept.length === 0) return false;
    reset(editor);
    legs = kept;
    const end = legs[legs.length - 1]?.click;
    if (end) ready = ask(editor, end, 0);
    return true;
  },
  draw(editor, pen) {
    if (legs.length === 0) return;
    const color = editor.classes.value.get(editor.currentClass.value).color;
    const closing = ahead !== null && nearFirst(editor, ahead);
    const line = legs.flatMap((leg) => leg.line);
    const next = ahead ? lineTo(editor, closing ? (legs[0]?.click ?? ahead) : ahead, false) : [];
    pen.line([...line, ...next], "#0008", 3.5);
    pen.line(line, color, 2);
    pen.line(next, color, 2, [5, 3]);
    legs.forEach(({ click: at }, i) => pen.handle(at, color, i === 0 && closing, i === 0 ? 9 : 7));
  },
};
