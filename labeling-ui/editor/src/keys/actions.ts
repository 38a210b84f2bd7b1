/** The one table of what can be done: keys do it, the help and the palette show it. */
import type { Editor, ToolId } from "../editor";
import { convert, deleteSelected, nudge, reorder, toggle } from "../model/edits";
import { accept, currentSuggestion, dismiss, walk } from "../model/suggestions";
import { TOOLS } from "../tools";
import { fillSelected } from "../tools/fill";
import type { ToolKey } from "../tools/tool";
import type { Bindable } from "./keymap";
import { VIEW_ACTIONS } from "./view_actions";

/** What keys can do that lies outside the document. */
export interface Deeds {
  submit(): void;
  skip(): void;
  help(): void;
  palette(): void;
  tab(tab: SideTab): void;
  viewPanel(): void;
  searchClasses(): void;
  holdPan(held: boolean): void;
  /** The pointer, moved and pressed with keys. */
  crosshair(dx: number, dy: number): void;
  press(what: "click" | "hold"): void;
}

export type SideTab = "objects" | "comments" | "guide" | "history";

export const GROUPS = ["Flow", "Tools", "Classes", "Draw", "Suggestions", "View", "Objects", "Panels"] as const;

export interface Action extends Bindable {
  readonly group: (typeof GROUPS)[number];
  /** Only then the key does this; the next action of the same key is asked otherwise. */
  readonly when?: (editor: Editor) => boolean;
  readonly run?: (editor: Editor, deeds: Deeds) => void;
  /** Not in the list of keys unless they are being changed, because another line stands for it. */
  readonly hidden?: boolean;
  /** Done once however long the key is held. */
  readonly once?: boolean;
}

export const hasDoc = (editor: Editor) => editor.doc.value !== null;
const drawing = (editor: Editor) => TOOLS[editor.tool.value].busy?.() ?? false;
export const hasSelection = (editor: Editor) => (editor.doc.value?.selection.value.size ?? 0) > 0;
const hasSuggestions = (editor: Editor) => (editor.doc.value?.suggestions.value.length ?? 0) > 0;

function tool(id: ToolId, key: string): Action {
  return { id: `tool.${id}`, keys: [key], label: TOOLS[id].label, group: "Tools", once: true, run: (editor) => chooseTool(editor, id) };
}

export function chooseTool(editor: Editor, id: ToolId): void {
  const again = editor.tool.value === id;
  if (!again) TOOLS[editor.tool.value].cancel?.(editor);
  editor.selectTool(id);
  TOOLS[id][again ? "again" : "enter"]?.(editor);
}

function toTool(key: ToolKey): (editor: Editor) => void {
  return (editor) => void TOOLS[editor.tool.value].key?.(editor, key);
}

function step(editor: Editor, direction: "undo" | "redo"): void {
  if (drawing(editor)) {
    if (direction === "undo") toTool("back")(editor);
    return;
  }
  const label = editor.doc.value?.[direction]();
  editor.say(label ? `${direction === "undo" ? "Undone" : "Done again"}: ${label.toLowerCase()}` : direction === "undo" ? "Nothing to undo." : "Nothing to redo.");
}

function resize(factor: number): (editor: Editor) => void {
  return (editor) => {
    const tool = TOOLS[editor.tool.value];
    if (tool.resize) {
      tool.resize(editor, factor);
      return;
    }
    const { value } = editor.brushSize;
    const next = Math.round(value * factor);
    editor.brushSize.value = Math.max(1, Math.min(400, next === value ? value + Math.sign(factor - 1) : next));
  };
}

const ARROWS = [["Left", -1, 0], ["Right", 1, 0], ["Up", 0, -1], ["Down", 0, 1]] as const;

/** Arrow keys move what is selected; with nothing selected they move the crosshair. */
const arrows = ARROWS.flatMap(([name, dx, dy]): Action[] => [
  { id: `nudge.${name}`, keys: [`Arrow${name}`], label: `Move 1 pixel ${name.toLowerCase()}`, group: "Objects", hidden: true, when: hasSelection, run: ({ doc, options }) => doc.value && nudge(doc.value, dx, dy, options.shared.value) },
  { id: `nudge.far.${name}`, keys: [`Shift+Arrow${name}`], label: `Move 10 pixels ${name.toLowerCase()}`, group: "Objects", hidden: true, when: hasSelection, run: ({ doc, options }) => doc.value && nudge(doc.value, 10 * dx, 10 * dy, options.shared.value) },
]);
const crosshair = ARROWS.flatMap(([name, dx, dy]): Action[] => [
  { id: `crosshair.${name}`, keys: [`Ctrl+Arrow${name}`], label: `Crosshair ${name.toLowerCase()}`, group: "Draw", hidden: true, when: hasDoc, run: (_, deeds) => deeds.crosshair(10 * dx, 10 * dy) },
  { id: `crosshair.fine.${name}`, keys: [`Ctrl+Shift+Arrow${name}`], label: `Crosshair 1 pixel ${name.toLowerCase()}`, group: "Draw", hidden: true, when: hasDoc, run: (_, deeds) => deeds.crosshair(dx, dy) },
]);

const digits = Array.from({ length: 10 }, (_, digit): Action => ({
  id: `class.${digit}`,
  keys: [String(digit)],
  label: digit === 0 ? "Choose void" : `Choose class ${digit}`,
  group: "Classes",
  hidden: true,
  once: true,
  when: hasDoc,
  run: (editor) => {
    const cls = editor.classes.value.forDigit(digit);
    if (cls) editor.chooseClass(cls.index);
  },
}));

/** Selects the next object in the list, as it is shown: top first. */
function walkObjects(editor: Editor, by: 1 | -1): void {
  const doc = editor.doc.value;
  const items = [...(doc?.items.value ?? [])].reverse();
  if (!doc || items.length === 0) return;
  const at = items.findIndex((item) => doc.selection.value.has(item.id));
  const next = items[at < 0 ? (by > 0 ? 0 : items.length - 1) : (at + by + items.length) % items.length];
  if (!next) return;
  doc.select([next.id]);
  editor.reveal(next.geometry);
}

function withSuggestion(run: (editor: Editor) => void): (editor: Editor) => void {
  return (editor) => {
    run(editor);
    const doc = editor.doc.value;
    const item = doc?.suggestions.value.find((s) => s.id === doc.activeSuggestion.value);
    if (item) editor.reveal(item.geometry);
  };
}

export const ACTIONS: readonly Action[] = [
  { id: "draw.close", keys: ["Enter"], label: "Close the outline", group: "Draw", drawing: true, when: drawing, run: toTool("confirm") },
  { id: "submit", keys: ["Enter"], label: "Submit and go on", group: "Flow", once: true, when: hasDoc, run: (_, deeds) => deeds.submit() },
  { id: "skip", keys: ["Ctrl+Enter"], label: "Skip, with a reason", group: "Flow", once: true, when: hasDoc, run: (_, deeds) => deeds.skip() },
  { id: "undo", keys: ["Ctrl+Z"], label: "Undo", group: "Flow", when: hasDoc, run: (editor) => step(editor, "undo") },
  { id: "redo", keys: ["Ctrl+Shift+Z", "Ctrl+Y"], label: "Redo", group: "Flow", when: hasDoc, run: (editor) => step(editor, "redo") },
  { id: "palette", keys: ["Ctrl+K"], label: "Find a command", group: "Flow", once: true, run: (_, deeds) => deeds.palette() },
  { id: "help", keys: ["?"], label: "All keys, and change them", group: "Flow", once: true, run: (_, deeds) => deeds.help() },
  tool("select", "V"), tool("pan", "H"), tool("polygon", "P"), tool("brush", "B"), tool("eraser", "E"), tool("fill", "G"), tool("box", "R"),
  tool("suggest", "W"), tool("livewire", "L"), tool("superpixels", "S"), tool("cut", "X"), tool("join", "U"), tool("simplify", "Shift+S"), tool("comment", "C"),
  { id: "draw.back", keys: ["Backspace"], label: "Take back a point", group: "Draw", drawing: true, when: drawing, run: toTool("back") },
  { id: "draw.cancel", keys: ["Escape"], label: "Give up what is begun", group: "Draw", drawing: true, when: drawing, run: toTool("cancel") },
  { id: "draw.hole", keys: ["Alt+click"], label: "Cut a hole into the selected polygon", group: "Draw", fixed: true },
  { id: "draw.snap", keys: ["N"], label: "Snap to neighbours, on or off", group: "Draw", once: true, run: (editor) => {
    editor.snap.value = !editor.snap.value;
    editor.say(`Snapping is ${editor.snap.value ? "on" : "off"}.`);
  } },
  { id: "draw.shared", keys: ["Shift+N"], label: "Shared points move together, or alone", group: "Draw", once: true, run: (editor) => {
    const { options } = editor;
    options.shared.value = !options.shared.value;
    editor.say(options.shared.value ? "Points that neighbours share move together." : "Points move alone.");
  } },
  { id: "draw.overlap", keys: ["Shift+O"], label: "New shapes on top, or keep the old", group: "Draw", once: true, run: (editor) => {
    const { overlap } = editor.options;
    overlap.value = overlap.value === "new" ? "old" : "new";
    editor.say(overlap.value === "new" ? "New shapes lie on top." : "New shapes leave the old ones as they are.");
  } },
  { id: "fill.holes", keys: ["Shift+G"], label: "Fill the holes of the selection", group: "Objects", once: true, when: hasSelection, run: fillSelected },
  { id: "brush.smaller", keys: ["[", ","], label: "Smaller brush, tolerance, superpixels", group: "Draw", run: resize(1 / 1.2) },
  { id: "brush.larger", keys: ["]", "."], label: "Larger brush, tolerance, superpixels", group: "Draw", run: resize(1.2) },
  { id: "brush.line", keys: ["Shift+click"], label: "Straight line from the last stroke", group: "Draw", fixed: true },
  { id: "crosshair", keys: ["Ctrl ← → ↑ ↓"], label: "Crosshair by keys, with Shift by 1 pixel", group: "Draw", fixed: true },
  ...crosshair,
  { id: "crosshair.click", keys: [";"], label: "Click at the crosshair", group: "Draw", once: true, when: hasDoc, run: (_, deeds) => deeds.press("click") },
  { id: "crosshair.hold", keys: ["'"], label: "Hold the button there, or let go", group: "Draw", once: true, when: hasDoc, run: (_, deeds) => deeds.press("hold") },
  { id: "select.none", keys: ["Escape"], label: "Select nothing; the brush begins a new object", group: "Objects", when: hasDoc, run: ({ doc }) => {
    doc.value?.select([]);
    if (doc.value) doc.value.activeSuggestion.value = null;
  } },
  { id: "select.all", keys: ["Ctrl+A"], label: "Select all", group: "Objects", once: true, when: hasDoc, run: ({ doc }) => doc.value?.select(doc.value.items.value.filter((item) => !item.hidden).map((item) => item.id)) },
  { id: "select.next", keys: ["Ctrl+]", "J"], label: "Next object", group: "Objects", when: hasDoc, run: (editor) => walkObjects(editor, 1) },
  { id: "select.previous", keys: ["Ctrl+[", "K"], label: "Previous object", group: "Objects", when: hasDoc, run: (editor) => walkObjects(editor, -1) },
  { id: "delete", keys: ["Delete", "Backspace"], label: "Delete points or objects", group: "Objects", when: hasSelection, run: (editor) => {
    if (editor.doc.value && deleteSelected(editor.doc.value) > 0) editor.say("Locked objects stay.");
  } },
  { id: "nudge", keys: ["← → ↑ ↓"], label: "Move by 1 pixel, with Shift by 10", group: "Objects", fixed: true },
  { id: "insert-point", keys: ["Alt+click"], label: "Add a point to the selected polygon", group: "Objects", fixed: true },
  ...arrows,
  { id: "class.apply", keys: ["Shift+C"], label: "Give the selection the chosen class", group: "Classes", when: hasSelection, run: (editor) => editor.applyClass() },
  { id: "class.digits", keys: ["1 – 9"], label: "Choose a class (select tool: change it)", group: "Classes", fixed: true },
  { id: "class.void", keys: ["0"], label: "Void: not to be learned from", group: "Classes", fixed: true },
  ...digits,
  { id: "class.search", keys: ["/"], label: "Find a class", group: "Classes", once: true, when: hasDoc, run: (_, deeds) => deeds.searchClasses() },
  { id: "hide", keys: ["Shift+H"], label: "Hide or show", group: "Objects", once: true, when: hasSelection, run: ({ doc }) => doc.value && toggle(doc.value, doc.value.selected.value, "hidden") },
  { id: "lock", keys: ["Shift+L"], label: "Lock or unlock", group: "Objects", once: true, when: hasSelection, run: ({ doc }) => doc.value && toggle(doc.value, doc.value.selected.value, "locked") },
  { id: "order.up", keys: ["PageUp"], label: "One up in the order", group: "Objects", when: hasSelection, run: ({ doc }) => doc.value && reorder(doc.value, "up") },
  { id: "order.down", keys: ["PageDown"], label: "One down in the order", group: "Objects", when: hasSelection, run: ({ doc }) => doc.value && reorder(doc.value, "down") },
  { id: "order.top", keys: ["Home"], label: "To the top", group: "Objects", when: hasSelection, run: ({ doc }) => doc.value && reorder(doc.value, "top") },
  { id: "order.bottom", keys: ["End"], label: "To the bottom", group: "Objects", when: hasSelection, run: ({ doc }) => doc.value && reorder(doc.value, "bottom") },
  { id: "convert", keys: ["M"], label: "Polygon to mask, mask to polygon", group: "Objects", once: true, when: hasSelection, run: (editor) => {
    const made = editor.doc.value ? convert(editor.doc.value) : "nothing";
    editor.say(made === "nothing" ? "Nothing to convert." : `Converted to ${made}; not a pixel changed.`);
  } },
  { id: "suggestion.accept", keys: ["A"], label: "Accept", group: "Suggestions", when: hasSuggestions, run: withSuggestion((editor) => {
    const { value: doc } = editor.doc;
    const item = doc && currentSuggestion(doc);
    if (doc && item) accept(doc, [item], (cls) => editor.isThing(cls));
  }) },
  { id: "suggestion.accept-all", keys: ["Shift+A"], label: "Accept all", group: "Suggestions", once: true, when: hasSuggestions, run: (editor) => {
    const { value: doc } = editor.doc;
    if (doc) accept(doc, doc.suggestions.value, (cls) => editor.isThing(cls));
  } },
  { id: "suggestion.dismiss", keys: ["D"], label: "Dismiss", group: "Suggestions", when: hasSuggestions, run: withSuggestion((editor) => {
    const { value: doc } = editor.doc;
    const item = doc && currentSuggestion(doc);
    if (doc && item) dismiss(doc, item);
  }) },
  { id: "suggestion.next", keys: ["Tab"], label: "Next suggestion", group: "Suggestions", when: hasSuggestions, run: withSuggestion((editor) => editor.doc.value && walk(editor.doc.value, 1)) },
  { id: "suggestion.previous", keys: ["Shift+Tab"], label: "Previous suggestion", group: "Suggestions", when: hasSuggestions, run: withSuggestion((editor) => editor.doc.value && walk(editor.doc.value, -1)) },
  ...VIEW_ACTIONS,
];
