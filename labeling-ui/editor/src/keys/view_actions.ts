/** The part of the table that changes how the image is looked at, and which panel is open. */
import type { Editor } from "../editor";
import type { Action } from "./actions";

const hasDoc = (editor: Editor) => editor.doc.value !== null;
const hasSelection = (editor: Editor) => (editor.doc.value?.selection.value.size ?? 0) > 0;

function says(editor: Editor, what: string, on: boolean): void {
  editor.say(`${what}: ${on ? "on" : "off"}.`);
}

export const VIEW_ACTIONS: readonly Action[] = [
  { id: "view.fit", keys: ["F"], label: "Fit the image", group: "View", when: hasDoc, run: (editor) => editor.fitImage() },
  { id: "view.selection", keys: ["Z"], label: "Zoom to the selection", group: "View", when: hasSelection, run: (editor) => editor.zoomToSelection() },
  { id: "view.in", keys: ["+", "=", "Ctrl++", "Ctrl+="], label: "Zoom in", group: "View", when: hasDoc, run: (editor) => editor.zoomBy(1.5) },
  { id: "view.out", keys: ["-", "Ctrl+-"], label: "Zoom out", group: "View", when: hasDoc, run: (editor) => editor.zoomBy(1 / 1.5) },
  { id: "view.one", keys: ["Ctrl+0"], label: "One pixel a pixel", group: "View", when: hasDoc, run: (editor) => editor.zoomTo(1) },
  { id: "view.turn-right", keys: [">"], label: "Turn the view by 90°", group: "View", when: hasDoc, run: (editor) => editor.turnBy(Math.PI / 2) },
  { id: "view.turn-left", keys: ["<"], label: "Turn it back by 90°", group: "View", when: hasDoc, run: (editor) => editor.turnBy(-Math.PI / 2) },
  { id: "view.turn", keys: ["Alt+wheel"], label: "Turn the view freely", group: "View", fixed: true },
  { id: "view.bare", keys: ["O"], label: "Bare image, and back", group: "View", once: true, when: hasDoc, run: (editor) => (editor.bare.value = !editor.bare.value) },
  { id: "view.outlines", keys: ["T"], label: "Outlines only, and back", group: "View", once: true, run: (editor) => says(editor, "Outlines only", (editor.outlines.value = !editor.outlines.value)) },
  { id: "view.by-instance", keys: ["Q"], label: "Colours by object, and by class", group: "View", once: true, run: (editor) => {
    editor.colorBy.value = editor.colorBy.value === "class" ? "instance" : "class";
    editor.say(`Colours by ${editor.colorBy.value === "class" ? "class" : "object"}.`);
  } },
  { id: "view.uncertainty", keys: ["Y"], label: "Where the model is unsure", group: "View", once: true, when: hasDoc, run: (editor) => {
    if (!editor.hasUncertainty.value) editor.say("The model has said nothing about this image.");
    else says(editor, "Where the model is unsure", (editor.uncertainty.value = !editor.uncertainty.value));
  } },
  { id: "view.invert", keys: ["Shift+I"], label: "Invert the image, and back", group: "View", once: true, run: (editor) => says(editor, "Inverted", (editor.light.invert.value = !editor.light.invert.value)) },
  { id: "view.local", keys: ["Shift+K"], label: "Local contrast, on or off", group: "View", once: true, run: (editor) => {
    editor.light.local.value = editor.light.local.value > 0 ? 0 : 0.6;
    says(editor, "Local contrast", editor.light.local.value > 0);
  } },
  { id: "view.reset-light", keys: ["Shift+R"], label: "Light and colours as they are", group: "View", once: true, run: (editor) => {
    editor.light.reset();
    editor.say("The image is shown as it is.");
  } },
  { id: "view.panel", keys: ["I"], label: "Light, colours and view", group: "View", once: true, when: hasDoc, run: (_, deeds) => deeds.viewPanel() },
  { id: "view.hold", keys: ["Space"], label: "Hold, and drag to move the image", group: "View", run: () => {} },
  { id: "view.wheel", keys: ["wheel"], label: "Zoom", group: "View", fixed: true },
  { id: "panel.objects", keys: ["Alt+1"], label: "Objects", group: "Panels", once: true, run: (_, deeds) => deeds.tab("objects") },
  { id: "panel.comments", keys: ["Alt+2"], label: "Comments", group: "Panels", once: true, run: (_, deeds) => deeds.tab("comments") },
  { id: "panel.guide", keys: ["Alt+3"], label: "Guide", group: "Panels", once: true, run: (_, deeds) => deeds.tab("guide") },
  { id: "panel.history", keys: ["Alt+4"], label: "History", group: "Panels", once: true, run: (_, deeds) => deeds.tab("history") },
];
