/** The project's instructions, and for managers a field to write them. */
import { effect, signal } from "@preact/signals-core";
import { Pencil } from "lucide";
import type { Guide } from "../sync/instructions";
import { h, icon, setText, show } from "./dom";

export function guidePanel(guide: Guide): HTMLElement {
  const text = h("div", { class: "guide-text", tabindex: "0", role: "region", "aria-label": "Guide" });
  const editing = signal(false);
  const edit = h("button", { type: "button", class: "button small", onclick: () => (editing.value = true) }, icon(Pencil, 14), "Edit");
  const bar = h("div", { class: "guide-bar" }, edit);
  const form = editor(guide, () => (editing.value = false));
  effect(() => {
    const source = guide.current.value?.text.trim() ?? "";
    if (!source) text.replaceChildren(h("p", { class: "muted" }, "This project has no written guide. Ask its manager when something is unclear."));
    // The reader of Markdown comes when there is something to read.
    else void import("./markdown").then(({ markdown }) => text.replaceChildren(...markdown(source)), () => (text.textContent = source));
  });
  effect(() => {
    show(bar, guide.mayEdit.value && !editing.value);
    show(text, !editing.value);
    show(form, editing.value);
  });
  return h("div", { class: "tab-panel", role: "tabpanel", id: "panel-guide", "aria-labelledby": "tab-guide" }, bar, text, form);
}

function editor(guide: Guide, done: () => void): HTMLFormElement {
  const field = h("textarea", { class: "guide-field", "aria-label": "Guide, in Markdown", dir: "auto", spellcheck: "true" });
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  const newer = h("pre", { class: "guide-newer", dir: "auto", tabindex: "0", "aria-label": "The newer guide", hidden: true });
  const save = h("button", { type: "submit", class: "button small primary" }, "Save");
  const form = h("form", { class: "guide-form", hidden: true }, field, trouble, newer,
    h("p", { class: "muted" }, "Markdown. Everybody who labels sees the change within a minute."),
    h("div", { class: "composer-foot" }, h("button", { type: "button", class: "button small", onclick: done }, "Cancel"), save));
  let version = 0;
  effect(() => {
    // What is being written is not overwritten by what others wrote.
    if (form.hidden) {
      field.value = guide.current.value?.text ?? "";
      version = guide.current.value?.version ?? 0;
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save.disabled = true;
    void guide.save(field.value, version).then((failed) => {
      save.disabled = false;
      show(trouble, failed !== null);
      show(newer, failed?.newer != null);
      setText(trouble, failed?.wrong ?? "");
      setText(newer, failed?.newer?.text ?? "");
      if (failed?.newer) version = failed.newer.version;
      if (failed === null) done();
    });
  });
  return form;
}
