/** Every command by its name: type a few letters, press Enter. The same table as the keys. */
import type { Editor } from "../../editor";
import { type Action, type Deeds } from "../../keys/actions";
import { keyLabel } from "../../keys/names";
import { rank } from "../../keys/rank";
import { h, kbd } from "../dom";
import { dialog } from "./dialog";

interface Command {
  readonly label: string;
  readonly group: string;
  readonly key: string;
  readonly swatch: string | null;
  readonly enabled: boolean;
  run(): void;
}

export function palette(editor: Editor, deeds: Deeds): void {
  const input = h("input", { type: "text", class: "palette-input", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-label": "Find a command", placeholder: "What do you want to do?", autocomplete: "off", dir: "auto" });
  const list = h("ul", { id: "palette-list", role: "listbox", class: "palette-list", "aria-label": "Commands", tabindex: "-1" });
  // What can be done now comes first.
  const all = commands(editor, deeds).sort((a, b) => Number(b.enabled) - Number(a.enabled));
  let found: Command[] = [];
  let at = 0;
  const draw = () => {
    found = rank(all, input.value, ({ label, group }) => `${label} ${group}`).slice(0, 60);
    at = Math.max(0, Math.min(at, found.length - 1));
    list.replaceChildren(...found.map((command, i) => h("li", { role: "option", id: `palette-${i}`, "aria-selected": String(i === at), class: command.enabled ? "palette-row" : "palette-row off", ...(command.enabled ? {} : { "aria-disabled": "true" }), onclick: () => run(command) },
      swatch(command.swatch), h("span", { class: "name", dir: "auto" }, command.label), h("span", { class: "muted" }, command.group), command.key !== "" && kbd(command.key))));
    if (found.length === 0) list.replaceChildren(h("li", { role: "option", "aria-selected": "false", class: "palette-row off", "aria-disabled": "true" }, "Nothing is called that."));
    if (found.length > 0) input.setAttribute("aria-activedescendant", `palette-${at}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const run = (command: Command | undefined) => {
    if (!command?.enabled) return;
    made.close();
    command.run();
  };
  input.addEventListener("input", () => {
    at = 0;
    draw();
  });
  input.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (by !== undefined) {
      at = Math.abs(by) === 1 ? (at + by + found.length) % Math.max(1, found.length) : Math.max(0, Math.min(found.length - 1, at + by));
      draw();
    } else if (event.key === "Enter") run(found[at]);
    else return;
    event.preventDefault();
  });
  const made = dialog("Find a command", "palette", input, list);
  draw();
}

function swatch(color: string | null): HTMLElement | null {
  if (color === null) return null;
  const made = h("span", { class: "swatch" });
  made.style.backgroundColor = color;
  return made;
}

function commands(editor: Editor, deeds: Deeds): Command[] {
  const shown = (action: Action) => action.run && action.id !== "palette" && action.id !== "view.hold" && !/^(crosshair|class\.\d)/.test(action.id);
  const actions = editor.keymap.value.actions.filter(shown).map((action): Command => ({
    label: action.label,
    group: action.group,
    key: keyLabel(editor.keymap.value.keys(action.id)[0] ?? ""),
    swatch: null,
    enabled: action.when?.(editor) ?? true,
    run: () => action.run?.(editor, deeds),
  }));
  const classes = editor.classes.value.all.map((cls): Command => ({
    label: cls.name,
    group: "Class",
    key: editor.classes.value.digitOf(cls.index),
    swatch: cls.color,
    enabled: editor.doc.value !== null,
    run: () => editor.chooseClass(cls.index),
  }));
  return [...actions, ...classes];
}
