/** The two dialogs: all keys, and why an image is skipped. */
import { BINDINGS, type Binding } from "../keys";
import { h, kbd, keyLabel } from "./dom";

function dialog(label: string, ...children: HTMLElement[]): HTMLDialogElement {
  const made = h("dialog", { class: "dialog", "aria-label": label }, ...children);
  made.addEventListener("pointerdown", (event) => {
    if (event.target === made) made.close();
  });
  made.addEventListener("close", () => made.remove());
  document.body.append(made);
  made.showModal();
  return made;
}

const GROUPS: readonly Binding["group"][] = ["Flow", "Tools", "Classes", "Draw", "Suggestions", "View", "Objects"];

export function keysDialog(): void {
  const groups = GROUPS.map((group) => {
    const rows = BINDINGS.filter((binding) => binding.group === group && !binding.hidden);
    return h("section", {}, h("h3", {}, group), h("dl", {}, ...rows.flatMap(({ keys, label }) => [h("dt", {}, kbd(keyLabel(keys[0] ?? ""))), h("dd", {}, label)])));
  });
  const close = h("button", { type: "button", class: "button", onclick: () => made.close() }, "Close ", kbd("Esc"));
  const made = dialog("All keys", h("div", { class: "dialog-head" }, h("h2", {}, "All keys"), close), h("div", { class: "key-groups" }, ...groups));
  made.classList.add("keys-dialog");
}

const REASONS: readonly string[] = ["The image is unusable (blurred, empty, broken)", "I am not sure how to label it", "It doesn't belong to this project"];

/** Asks why the image is skipped; calls with the reason unless given up. */
export function skipDialog(image: string, onSkip: (reason: string) => void): void {
  const other = h("input", { type: "text", name: "other", maxlength: "500", placeholder: "Another reason", "aria-label": "Another reason" });
  const radios = REASONS.map((reason, i) => h("label", { class: "choice" }, h("input", { type: "radio", name: "reason", value: reason, ...(i === 0 ? { checked: true } : {}) }), reason));
  const otherRadio = h("input", { type: "radio", name: "reason", value: "", "aria-label": "Another reason" });
  other.addEventListener("focus", () => (otherRadio.checked = true));
  const form = h("form", { method: "dialog" },
    h("h2", {}, "Skip this image?"),
    h("p", { class: "muted" }, `${image} goes back to the project with your reason. What you drew on it is not handed in.`),
    ...radios,
    h("div", { class: "choice" }, otherRadio, other),
    h("div", { class: "dialog-foot" }, h("button", { type: "button", class: "button", onclick: () => made.close() }, "Cancel"), h("button", { type: "submit", class: "button primary" }, "Skip")));
  form.addEventListener("submit", (event) => {
    const chosen = form.querySelector<HTMLInputElement>("input[name=reason]:checked")?.value || other.value.trim();
    if (chosen) {
      onSkip(chosen);
      return;
    }
    event.preventDefault();
    other.focus();
  });
  const made = dialog("Skip this image", form);
}
