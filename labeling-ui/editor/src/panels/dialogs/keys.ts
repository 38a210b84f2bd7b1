/** All keys as they are now; each can be changed in place. */
import { effect } from "@preact/signals-core";
import { Pencil, RotateCcw, X } from "lucide";
import type { Editor } from "../../editor";
import { type Action, GROUPS } from "../../keys/actions";
import { keyLabel, nameOf, takenByBrowser } from "../../keys/names";
import type { KeymapStore } from "../../sync/keymap";
import { h, iconButton, kbd, setText } from "../dom";
import { dialog } from "./dialog";

export function keysDialog(editor: Editor, store: KeymapStore): void {
  const search = h("input", { type: "search", class: "search", placeholder: "Find a command or a key", "aria-label": "Find a command or a key", autocomplete: "off" });
  const groups = h("div", { class: "key-groups" });
  const scroll = h("div", { class: "key-scroll", tabindex: "-1" }, groups);
  const where = h("p", { class: "muted keys-where" });
  const announce = h("p", { class: "keys-said", role: "status", "aria-live": "polite" });
  let changing: string | null = null;
  let query = "";

  const finish = (said: string) => {
    const id = changing;
    changing = null;
    setText(announce, said);
    draw();
    if (id) groups.querySelector<HTMLElement>(`[data-action="${CSS.escape(id)}"] .icon-button`)?.focus();
  };

  const take = (event: KeyboardEvent, action: Action) => {
    event.preventDefault();
    event.stopPropagation();
    const name = nameOf(event);
    if (name === null) return;
    if (name === "Escape" && !action.keys.includes("Escape")) finish("Nothing was changed.");
    else if (takenByBrowser(name)) setText(announce, `${keyLabel(name)} belongs to the browser; press another one.`);
    else offer(action, name);
  };

  /** Sets the key, or asks when another command has it. */
  const offer = (action: Action, name: string) => {
    const map = editor.keymap.value;
    const rivals = map.rivals(action.id, name);
    if (rivals.length === 0) {
      store.set(map.with(action.id, [name]));
      finish(`${action.label}: ${keyLabel(name)}.`);
      return;
    }
    const row = groups.querySelector(`[data-action="${CSS.escape(action.id)}"]`);
    const question = h("div", { class: "key-conflict", role: "alert" },
      h("span", {}, kbd(keyLabel(name)), ` is '${rivals.map((rival) => rival.label).join("' and '")}'.`),
      h("button", { type: "button", class: "button small", onclick: () => {
        store.set(editor.keymap.value.withTaken(action.id, name));
        finish(`${action.label}: ${keyLabel(name)}. '${rivals[0]?.label}' has no such key now.`);
      } }, "Take it over"),
      h("button", { type: "button", class: "button small", onclick: () => finish("Nothing was changed.") }, "Leave it"));
    row?.querySelector(".key-value")?.replaceChildren(question);
    question.querySelector("button")?.focus();
  };

  const row = (action: Action): HTMLElement => {
    const map = editor.keymap.value;
    const keys = map.keys(action.id);
    const shown = keys.length > 0 ? keys.slice(0, 1).map((key) => kbd(keyLabel(key))) : [h("span", { class: "muted" }, "no key")];
    const value = h("div", { class: "key-value", ...(keys.length > 1 ? { title: `Also ${keys.slice(1).map(keyLabel).join(", ")}` } : {}) }, ...shown);
    if (changing === action.id) {
      const catcher = h("button", { type: "button", class: "key-catcher", onkeydown: (event) => event instanceof KeyboardEvent && take(event, action) }, "Press the new key");
      value.replaceChildren(catcher);
      queueMicrotask(() => catcher.focus());
    }
    const change = action.fixed ? null : iconButton(Pencil, `Change the key of '${action.label}'`, () => {
      changing = action.id;
      setText(announce, "");
      draw();
    }, 14);
    const none = action.fixed || keys.length === 0 || changing !== action.id ? null : iconButton(X, "No key", () => {
      store.set(map.with(action.id, []));
      finish(`${action.label} has no key now.`);
    }, 14);
    const back = map.isChanged(action.id) ? iconButton(RotateCcw, `The usual key of '${action.label}'`, () => {
      store.set(map.with(action.id, action.keys));
      finish(`${action.label} has its usual key.`);
    }, 14) : null;
    return h("li", { class: map.isChanged(action.id) ? "key-row changed" : "key-row", "data-action": action.id }, value, h("span", { class: "key-name" }, action.label), none, back, change);
  };

  const matches = (action: Action): boolean => {
    if (!query) return !action.hidden || editor.keymap.value.isChanged(action.id);
    const text = `${action.label} ${action.group} ${editor.keymap.value.keys(action.id).map(keyLabel).join(" ")}`.toLowerCase();
    return query.split(/\s+/).every((word) => text.includes(word));
  };

  const draw = () => {
    const sections = GROUPS.flatMap((group) => {
      const rows = editor.keymap.value.actions.filter((action) => action.group === group && matches(action)).map(row);
      return rows.length > 0 ? [h("section", {}, h("h3", {}, group), h("ul", {}, ...rows))] : [];
    });
    const conflicts = editor.keymap.value.conflicts();
    const warning = conflicts.length > 0 && h("p", { class: "key-warning", role: "alert" }, conflicts.map(({ key, actions }) => `${keyLabel(key)} does ${actions.map((a) => `'${a.label}'`).join(" and ")}; the first one wins.`).join(" "));
    groups.replaceChildren(...(warning ? [warning] : []), ...(sections.length > 0 ? sections : [h("p", { class: "muted" }, "Nothing is called that.")]));
    reset.disabled = Object.keys(editor.keymap.value.changes).length === 0;
  };

  search.addEventListener("input", () => {
    query = search.value.trim().toLowerCase();
    draw();
  });
  const reset = h("button", { type: "button", class: "button", onclick: () => {
    store.set({});
    finish("All keys are as they were in the beginning.");
  } }, "Reset all");
  const close = h("button", { type: "button", class: "button", onclick: () => made.close() }, "Close ", kbd("Esc"));
  const made = dialog("All keys", "keys-dialog", h("div", { class: "dialog-head" }, h("h2", {}, "All keys"), search, reset, close), announce, scroll, where);
  const stop = effect(() => setText(where, { account: "Changed keys go with your account to every computer.", browser: "Changed keys are kept in this browser.", failed: "The server did not take the change; it is kept in this browser." }[store.state.value]));
  made.addEventListener("close", () => stop());
  draw();
}
