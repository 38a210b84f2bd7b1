/** What the class of the selected objects asks about them. */
import { effect } from "@preact/signals-core";
import type { Editor } from "../editor";
import { type AttributeSpec, type AttributeValue, fits, missing, withValue } from "../model/attributes";
import type { Item } from "../model/shape";
import { h, show } from "./dom";
import { heading } from "./parts";

export function attributeSection(editor: Editor): HTMLElement {
  const fields = h("div", { class: "attributes" });
  const note = h("span", {});
  const section = h("section", { class: "attribute-section", hidden: true }, heading("Attributes", note), fields);
  /** The fields are built anew only for other objects, so that typing is not disturbed by what it changes. */
  let shown = "";
  effect(() => {
    const selected = editor.doc.value?.selected.value ?? [];
    const classes = new Set(selected.map((item) => item.class));
    const [cls] = classes;
    const specs = classes.size === 1 && cls !== undefined ? (editor.classes.value.get(cls).attributes ?? []) : [];
    show(section, specs.length > 0);
    const key = `${selected.map((item) => item.id).join()}:${cls}`;
    const typing = fields.contains(document.activeElement) && key === shown;
    if (!typing) fields.replaceChildren(...specs.map((spec) => field(editor, selected, spec)));
    shown = key;
    const open = selected.filter((item) => missing(specs, item.attributes).length > 0).length;
    note.textContent = selected.length > 1 ? `for ${selected.length} objects` : open > 0 ? "open" : "";
    note.classList.toggle("doubtful", open > 0);
  });
  return section;
}

function set(editor: Editor, spec: AttributeSpec, value: AttributeValue | null): void {
  const doc = editor.doc.value;
  const free = doc?.selected.value.filter((item) => !item.locked) ?? [];
  if (!doc) return;
  if (free.length === 0) {
    editor.say("Locked objects keep their attributes.");
    return;
  }
  const changed = free.map((item): [number, Item] => [item.id, { ...item, attributes: withValue(item.attributes, spec.name, value) }]);
  doc.replace(`Set ${spec.name}`, new Map(changed), { merge: `attribute ${spec.name} ${free.map((item) => item.id).join()}` });
}

function field(editor: Editor, selected: readonly Item[], spec: AttributeSpec): HTMLElement {
  const values = new Set(selected.map((item) => item.attributes?.[spec.name]));
  const mixed = values.size > 1;
  const [value] = mixed ? [] : values;
  const name = h("bdi", { dir: "auto" }, spec.name);
  const label = h("span", { class: "attribute-name" }, name, spec.required === true && spec.kind !== "checkbox" && h("span", { class: "required", title: "required" }, " *"));
  switch (spec.kind) {
    case "checkbox": {
      const box = h("input", { type: "checkbox", onchange: () => set(editor, spec, box.checked) });
      box.checked = value === true;
      box.indeterminate = mixed;
      return h("label", { class: "attribute switch" }, box, label);
    }
    case "choice": {
      const options = [h("option", { value: "" }, mixed ? "(several)" : "–"), ...spec.options.map((option) => h("option", { value: option }, option))];
      const select = h("select", { dir: "auto", onchange: () => set(editor, spec, select.value === "" ? null : select.value) }, ...options);
      select.value = typeof value === "string" ? value : "";
      return h("label", { class: "attribute" }, label, select);
    }
    case "number": {
      const input = h("input", { type: "number", step: String(spec.step ?? "any"), ...(spec.min === undefined ? {} : { min: String(spec.min) }), ...(spec.max === undefined ? {} : { max: String(spec.max) }), placeholder: mixed ? "(several)" : "" });
      input.value = typeof value === "number" ? String(value) : "";
      input.addEventListener("input", () => {
        const number = input.value === "" ? null : input.valueAsNumber;
        const good = number === null || fits(spec, number);
        input.setAttribute("aria-invalid", String(!good));
        if (good) set(editor, spec, number);
      });
      return h("label", { class: "attribute" }, label, input);
    }
    case "text": {
      const input = h("input", { type: "text", dir: "auto", maxlength: String(spec.max_length ?? 1000), placeholder: mixed ? "(several)" : "" });
      input.value = typeof value === "string" ? value : "";
      input.addEventListener("input", () => set(editor, spec, input.value === "" ? null : input.value));
      return h("label", { class: "attribute" }, label, input);
    }
  }
}
