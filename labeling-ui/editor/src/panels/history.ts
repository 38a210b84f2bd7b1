/** Earlier states of the image: look at one, and bring it back. */
import { effect, signal } from "@preact/signals-core";
import type { Editor } from "../editor";
import { Refused } from "../sync/api";
import { type Earlier, bringBack, local, look, remote } from "../sync/revisions";
import type { Open, TaskFlow } from "../sync/taskflow";
import { h, show } from "./dom";
import { ago, heading } from "./parts";

type State = { readonly type: "closed" | "loading" } | { readonly type: "ready"; readonly rows: readonly Earlier[]; readonly note: string };

export function historyPanel(editor: Editor, flow: TaskFlow): { element: HTMLElement; load(): void } {
  const state = signal<State>({ type: "closed" });
  const looking = signal<string | null>(null);
  const list = h("div", { class: "revisions" });
  const note = h("p", { class: "hint" });
  const working = () => (flow.phase.value.type === "working" ? flow.phase.value.open : null);

  const load = () => {
    const open = working();
    if (!open) return;
    state.value = { type: "loading" };
    void read(flow, open).then((next) => {
      if (working() === open) state.value = next;
    });
  };
  const leave = () => {
    looking.value = null;
    editor.looked.value = null;
  };
  const row = (open: Open, earlier: Earlier): HTMLElement => {
    const on = looking.value === earlier.key;
    const view = h("button", { type: "button", class: "button small", "aria-pressed": String(on), onclick: () => {
      if (on) leave();
      else void look(open, earlier).then((items) => {
        looking.value = earlier.key;
        editor.looked.value = items;
      }, () => editor.say("The server did not send this revision. Nothing was changed."));
    } }, on ? "Back to mine" : "Look");
    const back = h("button", { type: "button", class: "button small", onclick: () => {
      const items = editor.looked.value;
      if (!items) return;
      leave();
      bringBack(open, items, earlier.title);
      editor.say(`${earlier.title} is back; undo takes it away again.`);
    } }, "Bring back");
    show(back, on);
    return h("section", { class: on ? "revision on" : "revision", "aria-label": earlier.title },
      h("p", { class: "revision-head" }, h("strong", {}, earlier.title), h("time", { class: "muted", datetime: new Date(earlier.made_ms).toISOString() }, ago(earlier.made_ms, Date.now()))),
      h("p", { class: "muted", dir: "auto" }, `${earlier.detail} · ${earlier.count} ${earlier.count === 1 ? "object" : "objects"}`), h("div", { class: "revision-foot" }, view, back));
  };
  effect(() => {
    const { value } = state;
    const open = working();
    list.replaceChildren(...(value.type === "ready" && open ? value.rows.map((earlier) => row(open, earlier)) : []));
    note.textContent = value.type === "loading" ? "Asking the server…" : value.type === "ready" ? value.note : "";
    show(note, note.textContent !== "");
  });
  let before: Open | null = null;
  effect(() => {
    const open = working();
    if (open === before) return;
    before = open;
    looking.value = null;
    state.value = { type: "closed" };
    queueMicrotask(() => !element.hidden && load());
  });
  const element = h("div", { class: "tab-panel", role: "tabpanel", id: "panel-history", "aria-labelledby": "tab-history" }, heading("Earlier states", "newest first"), list, note);
  return { element, load };
}

async function read(flow: TaskFlow, open: Open): Promise<State> {
  const kept = await local(open);
  const done = (rows: readonly Earlier[], note: string): State => ({ type: "ready", rows: [...rows].sort((a, b) => b.made_ms - a.made_ms), note });
  if (!flow.offers("revisions")) return done(kept, `${kept.length > 0 ? "" : "Nothing was kept of this image on this computer. "}This server hands out no earlier revisions.`);
  try {
    const rows = [...(await remote(open)), ...kept];
    return done(rows, rows.length > 0 ? "" : "Nothing was handed in for this image yet. Undo goes back step by step, also after a reload.");
  } catch (error) {
    return done(kept, error instanceof Refused && error.status === 404 ? "This server hands out no earlier revisions." : "The server can't be asked for its revisions now.");
  }
}
