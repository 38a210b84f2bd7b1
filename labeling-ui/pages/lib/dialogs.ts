// Buttons that open a dialog, and what they hand over to it.
//   <button data-dialog="reclaim" data-fill-task="ID" data-fill-text="NAME">  opens <dialog id="reclaim">
//   <b data-fill="text">                                                     shows NAME
//   {task} in the dialog's data-call                                         becomes ID
import { all, one, setText } from "./dom";

export function wireDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-dialog]");
    if (opener) open(opener);
    if (target.closest("[data-close]")) target.closest("dialog")?.close();
    // A click on the backdrop is a click on the dialog itself, outside its box.
    if (target instanceof HTMLDialogElement && target.dataset["stays"] === undefined && outside(target, event)) target.close();
  });
}

function open(opener: HTMLElement): void {
  const dialog = one<HTMLDialogElement>(opener.dataset["dialog"] ?? "");
  if (!dialog) return;
  for (const [name, value] of Object.entries(opener.dataset)) {
    if (!name.startsWith("fill") || value === undefined) continue;
    const field = name.slice(4).toLowerCase();
    dialog.dataset[`with${name.slice(4)}`] = value;
    for (const place of all(`[data-fill="${field}"]`, dialog)) setText(place, value);
  }
  dialog.showModal();
}

function outside(dialog: HTMLElement, event: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}
