/** The one table of keys: it handles them, and the help shows it. */
import type { Editor, ToolId } from "./editor";
import { convert, deleteSelected, nudge, reorder, toggle } from "./model/edits";
import { accept, currentSuggestion, dismiss, walk } from "./model/suggestions";
import { TOOLS } from "./tools";
import type { ToolKey } from "./tools/tool";

/** What keys can do that lies outside the document. */
export interface Deeds {
  submit(): void;
  skip(): void;
  help(): void;
  holdPan(held: boolean): void;
}

export interface Binding {
  /** As in 'Ctrl+Shift+Z'; the first is shown. */
  readonly keys: readonly string[];
  readonly label: string;
  readonly group: "Flow" | "Tools" | "Draw" | "Objects" | "Suggestions" | "Classes" | "View";
  /** Only then the key does this; the next binding of the same key is asked otherwise. */
  readonly when?: (editor: Editor) => boolean;
  readonly run?: (editor: Editor, deeds: Deeds) => void;
  /** Not shown, because another line stands for it. */
  readonly hidden?: boolean;
}

const hasDoc = (editor: Editor) => editor.doc.value !== null;
const drawing = (editor: Editor) => TOOLS[editor.tool.value].busy?.() ?? false;
const hasSelection = (editor: Editor) => (editor.doc.value?.selection.value.size ?? 0) > 0;
const hasSuggestions = (editor: Editor) => (editor.doc.value?.suggestions.value.length ?? 0) > 0;

function tool(id: ToolId, key: string): Binding {
  return { keys: [key], label: TOOLS[id].label, group: "Tools", run: (editor) => chooseTool(editor, id) };
}

export function chooseTool(editor: Editor, id: ToolId): void {
  if (editor.tool.value !== id) TOOLS[editor.tool.value].cancel?.(editor);
  editor.selectTool(id);
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
    const { value } = editor.brushSize;
    const next = Math.round(value * factor);
    editor.brushSize.value = Math.max(1, Math.min(400, next === value ? value + Math.sign(factor - 1) : next));
  };
}

const arrows = ([["ArrowLeft", -1, 0], ["ArrowRight", 1, 0], ["ArrowUp", 0, -1], ["ArrowDown", 0, 1]] as const).flatMap(([key, dx, dy]): Binding[] => [
  { keys: [key], label: "", group: "Objects", hidden: true, when: hasSelection, run: ({ doc }) => doc.value && nudge(doc.value, dx, dy) },
  { keys: [`Shift+${key}`], label: "", group: "Objects", hidden: true, when: hasSelection, run: ({ doc }) => doc.value && nudge(doc.value, 10 * dx, 10 * dy) },
]);

const digits = Array.from({ length: 10 }, (_, digit): Binding => ({
  keys: [String(digit)],
  label: "",
  group: "Classes",
  hidden: true,
  when: hasDoc,
  run: (editor) => {
    const cls = editor.classes.value.forDigit(digit);
    if (cls) editor.chooseClass(cls.index);
  },
}));

export const BINDINGS: readonly Binding[] = [
  { keys: ["Enter"], label: "Close the outline", group: "Draw", when: drawing, run: toTool("confirm") },
  { keys: ["Enter"], label: "Submit and go on", group: "Flow", when: hasDoc, run: (_, deeds) => deeds.submit() },
  { keys: ["Ctrl+Enter"], label: "Skip, with a reason", group: "Flow", when: hasDoc, run: (_, deeds) => deeds.skip() },
  { keys: ["Ctrl+Z"], label: "Undo", group: "Flow", when: hasDoc, run: (editor) => step(editor, "undo") },
  { keys: ["Ctrl+Shift+Z", "Ctrl+Y"], label: "Redo", group: "Flow", when: hasDoc, run: (editor) => step(editor, "redo") },
  { keys: ["?"], label: "All keys", group: "Flow", run: (_, deeds) => deeds.help() },
  tool("select", "V"), tool("pan", "H"), tool("polygon", "P"), tool("brush", "B"), tool("eraser", "E"),
  { keys: ["Backspace"], label: "Take back a point", group: "Draw", when: drawing, run: toTool("back") },
  { keys: ["Escape"], label: "Give up what is begun", group: "Draw", when: drawing, run: toTool("cancel") },
  { keys: ["Alt+click"], label: "Cut a hole into the selected polygon", group: "Draw" },
  { keys: ["N"], label: "Snap to neighbours, on or off", group: "Draw", run: (editor) => {
    editor.snap.value = !editor.snap.value;
    editor.say(`Snapping is ${editor.snap.value ? "on" : "off"}.`);
  } },
  { keys: ["[", ","], label: "Smaller brush", group: "Draw", run: resize(1 / 1.2) },
  { keys: ["]", "."], label: "Larger brush", group: "Draw", run: resize(1.2) },
  { keys: ["Shift+click"], label: "Straight line from the last stroke", group: "Draw" },
  { keys: ["Escape"], label: "Select nothing; the brush begins a new object", group: "Objects", when: hasDoc, run: ({ doc }) => {
    doc.value?.select([]);
    if (doc.value) doc.value.activeSuggestion.value = null;
  } },
  { keys: ["Ctrl+A"], label: "Select all", group: "Objects", when: hasDoc, run: ({ doc }) => doc.value?.select(doc.value.items.value.filter((item) => !item.hidden).map((item) => item.id)) },
  { keys: ["Delete", "Backspace"], label: "Delete points or objects", group: "Objects", when: hasSelection, run: (editor) => {
    if (editor.doc.value && deleteSelected(editor.doc.value) > 0) editor.say("Locked objects stay.");
  } },
  { keys: ["← → ↑ ↓"], label: "Move by 1 pixel, with Shift by 10", group: "Objects" },
  { keys: ["Alt+click"], label: "Add a point to the selected polygon", group: "Objects" },
  ...arrows,
  { keys: ["C"], label: "Give the selection the chosen class", group: "Classes", when: hasSelection, run: (editor) => editor.applyClass() },
  { keys: ["1 – 9"], label: "Choose a class (select tool: change it)", group: "Classes" },
  { keys: ["0"], label: "Void: not to be learned from", group: "Classes" },
  ...digits,
  { keys: ["Shift+H"], label: "Hide or show", group: "Objects", when: hasSelection, run: ({ doc }) => doc.value && toggle(doc.value, doc.value.selected.value, "hidden") },
  { keys: ["Shift+L"], label: "Lock or unlock", group: "Objects", when: hasSelection, run: ({ doc }) => doc.value && toggle(doc.value, doc.value.selected.value, "locked") },
  { keys: ["PageUp"], label: "One up in the order", group: "Objects", when: hasSelection, run: ({ doc }) => doc.value && reorder(doc.value, "up") },
  { keys: ["PageDown"], label: "One down in the order", group: "Objects", when: hasSelection, run: ({ doc }) => doc.value && reorder(doc.value, "down") },
  { keys: ["Home"], label: "To the top", group: "Objects", when: hasSelection, run: ({ doc }) => doc.value && reorder(doc.value, "top") },
  { keys: ["End"], label: "To the bottom", group: "Objects", when: hasSelection, run: ({ doc }) => doc.value && reorder(doc.value, "bottom") },
  { keys: ["M"], label: "Polygon to mask, mask to polygon", group: "Objects", when: hasSelection, run: (editor) => {
    const made = editor.doc.value ? convert(editor.doc.value) : "nothing";
    editor.say(made === "nothing" ? "Nothing to convert." : `Converted to ${made}; not a pixel changed.`);
  } },
  { keys: ["A"], label: "Accept", group: "Suggestions", when: hasSuggestions, run: (editor) => {
    const { value: doc } = editor.doc;
    const item = doc && currentSuggestion(doc);
    if (doc && item) accept(doc, [item], (cls) => editor.isThing(cls));
    revealSuggestion(editor);
  } },
  { keys: ["Shift+A"], label: "Accept all", group: "Suggestions", when: hasSuggestions, run: (editor) => {
    const { value: doc } = editor.doc;
    if (doc) accept(doc, doc.suggestions.value, (cls) => editor.isThing(cls));
  } },
  { keys: ["D"], label: "Dismiss", group: "Suggestions", when: hasSuggestions, run: (editor) => {
    const { value: doc } = editor.doc;
    const item = doc && currentSuggestion(doc);
    if (doc && item) dismiss(doc, item);
    revealSuggestion(editor);
  } },
  { keys: ["Tab"], label: "Next", group: "Suggestions", when: hasSuggestions, run: (editor) => {
    if (editor.doc.value) walk(editor.doc.value, 1);
    revealSuggestion(editor);
  } },
  { keys: ["Shift+Tab"], label: "Previous", group: "Suggestions", when: hasSuggestions, run: (editor) => {
    if (editor.doc.value) walk(editor.doc.value, -1);
    revealSuggestion(editor);
  } },
  { keys: ["F"], label: "Fit the image", group: "View", when: hasDoc, run: (editor) => editor.fitImage() },
  { keys: ["Z"], label: "Zoom to the selection", group: "View", when: hasSelection, run: (editor) => editor.zoomToSelection() },
  { keys: ["Ctrl++", "+", "Ctrl+=", "="], label: "Zoom in", group: "View", when: hasDoc, run: (editor) => editor.zoomBy(1.5) },
  { keys: ["Ctrl+-", "-"], label: "Zoom out", group: "View", when: hasDoc, run: (editor) => editor.zoomBy(1 / 1.5) },
  { keys: ["Ctrl+0"], label: "One pixel a pixel", group: "View", when: hasDoc, run: (editor) => editor.zoomTo(1) },
  { keys: ["O"], label: "Bare image, and back", group: "View", when: hasDoc, run: (editor) => (editor.bare.value = !editor.bare.value) },
  { keys: ["Space+drag"], label: "Move the image", group: "View" },
  { keys: ["wheel"], label: "Zoom", group: "View" },
];

function revealSuggestion(editor: Editor): void {
  const doc = editor.doc.value;
  const item = doc?.suggestions.value.find((s) => s.id === doc.activeSuggestion.value);
  if (item) editor.reveal(item.geometry);
}

const SYMBOLS = new Set(["?", "+", "=", "-", "[", "]", ",", "."]);

/** The event's key as it stands in the table. */
export function nameOf(event: KeyboardEvent): string {
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // Symbols may need Shift or AltGr on one keyboard and not on another.
  const isSymbol = SYMBOLS.has(key);
  const altGr = event.getModifierState("AltGraph");
  const ctrl = (event.ctrlKey || event.metaKey) && !altGr;
  return `${ctrl ? "Ctrl+" : ""}${event.shiftKey && !isSymbol ? "Shift+" : ""}${event.altKey && !altGr && !isSymbol ? "Alt+" : ""}${key}`;
}

/** Listens to the keyboard; keys typed into fields and dialogs stay there. */
export function listen(editor: Editor, deeds: Deeds, onActivity: () => void): void {
  window.addEventListener("keydown", (event) => {
    onActivity();
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    if (target.closest("input:not([type=range]), textarea, select, dialog")) return;
    if (document.querySelector("dialog[open]")) return;
    const name = nameOf(event);
    const onControl = target.closest("button, a, [role=tab], input") !== null;
    // On a control reached with Tab, the browser's own keys keep their meaning.
    if (onControl && ["Enter", "Space", "Tab", "Shift+Tab", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"].includes(name)) return;
    if (name === "Space") {
      if (!event.repeat) deeds.holdPan(true);
      event.preventDefault();
      return;
    }
    const binding = BINDINGS.find((b) => b.run && b.keys.includes(name) && (b.when?.(editor) ?? true));
    if (!binding?.run) return;
    event.preventDefault();
    binding.run(editor, deeds);
  });
  window.addEventListener("keyup", (event) => {
    if (event.key === " ") deeds.holdPan(false);
  });
  window.addEventListener("blur", () => deeds.holdPan(false));
}
