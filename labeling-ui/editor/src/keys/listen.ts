/** Hears the keyboard and does what the map says; keys typed into fields and dialogs stay there. */
import type { Editor } from "../editor";
import type { Action, Deeds } from "./actions";
import { nameOf } from "./names";

/** Keys that keep the browser's meaning on a control that was reached with Tab. */
const CONTROL_KEYS = new Set(["Enter", "Space", "Tab", "Shift+Tab", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);
const HOLD = "view.hold";

export function listen(editor: Editor, deeds: Deeds, onActivity: () => void): void {
  /** The key that holds the pan tool now. */
  let holding: string | null = null;
  window.addEventListener("keydown", (event) => {
    onActivity();
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    if (target.closest("input:not([type=range]), textarea, select, [contenteditable], dialog")) return;
    if (document.querySelector("dialog[open]")) return;
    const name = nameOf(event);
    if (name === null) return;
    const onControl = target.closest("button, a, [role=tab], input, summary") !== null;
    if (onControl && CONTROL_KEYS.has(name)) return;
    const action = actionFor(editor, name);
    if (!action?.run) return;
    event.preventDefault();
    if (action.id === HOLD) {
      if (!event.repeat) deeds.holdPan(true);
      holding = event.code;
      return;
    }
    if (event.repeat && action.once) return;
    action.run(editor, deeds);
  });
  const release = () => {
    if (holding === null) return;
    holding = null;
    deeds.holdPan(false);
  };
  window.addEventListener("keyup", (event) => event.code === holding && release());
  window.addEventListener("blur", release);
}

/** What a key does now; undefined for nothing. */
export function actionFor(editor: Editor, name: string): Action | undefined {
  return editor.keymap.value.actionsOf(name).find((action) => action.run && (action.when?.(editor) ?? true));
}
