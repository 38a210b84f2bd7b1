/** Asks why an image is skipped. */
import { h } from "../dom";
import { dialog } from "./dialog";

const REASONS: readonly string[] = ["The image is unusable (blurred, empty, broken)", "I am not sure how to label it", "It doesn't belong to this project"];

/** Calls with the reason unless given up. */
export function skipDialog(image: string, onSkip: (reason: string) => void): void {
  const other = h("input", { type: "text", name: "other", maxlength: "500", placeholder: "Another reason", "aria-label": "Another reason", dir: "auto" });
  const radios = REASONS.map((reason, i) => h("label", { class: "choice" }, h("input", { type: "radio", name: "reason", value: reason, ...(i === 0 ? { checked: true, autofocus: true } : {}) }), reason));
  const otherRadio = h("input", { type: "radio", name: "reason", value: "", "aria-label": "Another reason" });
  other.addEventListener("focus", () => (otherRadio.checked = true));
  const form = h("form", { method: "dialog" },
    h("h2", {}, "Skip this image?"),
    h("p", { class: "muted" }, `${image} goes back to the project with your reason. What you drew on it is not handed in; a copy stays in its history on this computer.`),
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
  const made = dialog("Skip this image", "", form);
}
