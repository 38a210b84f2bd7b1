/** A modal dialog: the browser keeps the focus inside, Esc and a press beside it close it, and the focus goes back where it was. */
import { h } from "../dom";

export function dialog(label: string, className: string, ...children: readonly (HTMLElement | null)[]): HTMLDialogElement {
  const before = document.activeElement;
  const made = h("dialog", { class: `dialog ${className}`.trim(), "aria-label": label }, ...children);
  made.addEventListener("pointerdown", (event) => {
    if (event.target === made) made.close();
  });
  made.addEventListener("close", () => {
    made.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  });
  document.body.append(made);
  made.showModal();
  return made;
}
