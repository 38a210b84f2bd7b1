/** Comments pinned to places of the image, each with its answers. */
import { effect } from "@preact/signals-core";
import { Check, RotateCcw } from "lucide";
import type { Editor } from "../editor";
import type { Comments } from "../sync/comments";
import type { Comment } from "../sync/contracts";
import { h, icon, kbd, show } from "./dom";
import { ago } from "./parts";

/** A field for a few lines that are sent with Ctrl+Enter; what could not be sent stays in it. */
function composer(label: string, button: string, send: (text: string) => Promise<string | null>, cancel: (() => void) | null): HTMLFormElement {
  const text = h("textarea", { rows: "3", maxlength: "5000", placeholder: label, "aria-label": label, dir: "auto" });
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  const submit = h("button", { type: "submit", class: "button small primary" }, button, " ", kbd("Ctrl ⏎"));
  const form = h("form", { class: "composer" }, text, trouble, h("div", { class: "composer-foot" }, cancel && h("button", { type: "button", class: "button small", onclick: cancel }, "Cancel"), submit));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) {
      text.focus();
      return;
    }
    submit.disabled = true;
    void send(words).then((wrong) => {
      submit.disabled = false;
      show(trouble, wrong !== null);
      trouble.textContent = wrong ?? "";
      if (wrong === null) text.value = "";
    });
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    else if (event.key === "Escape") cancel?.();
    else return;
    event.preventDefault();
  });
  return form;
}

function remark(author: string, made: number, text: string): HTMLElement {
  return h("div", { class: "remark" }, h("p", { class: "remark-head" }, h("bdi", { class: "author" }, author), h("time", { class: "muted", datetime: new Date(made).toISOString() }, ago(made, Date.now()))), h("p", { class: "remark-text", dir: "auto" }, text));
}

export function commentPanel(editor: Editor, comments: Comments): HTMLElement {
  const fresh = h("div", { class: "new-comment" });
  const list = h("div", { class: "threads" });
  const note = h("p", { class: "hint" });
  /** Threads are kept while their words are the same, so that a half-written answer survives a look at the server. */
  const known = new Map<string, { comment: Comment; number: number; open: boolean; element: HTMLElement }>();

  const thread = (comment: Comment, number: number, open: boolean): HTMLElement => {
    const go = () => {
      editor.openPin.value = open ? null : comment.id;
      if (!open) editor.reveal({ type: "point", point: comment.at });
    };
    const head = h("button", { type: "button", class: "thread-head", "aria-expanded": String(open), onclick: go },
      h("span", { class: comment.resolved ? "pin done" : "pin", "aria-hidden": "true" }, String(number)), h("span", { class: "thread-first", dir: "auto" }, open ? `x ${Math.floor(comment.at[0])}, y ${Math.floor(comment.at[1])}` : comment.text),
      comment.replies.length > 0 && h("span", { class: "count" }, `${comment.replies.length} ${comment.replies.length === 1 ? "reply" : "replies"}`), comment.resolved && h("span", { class: "count" }, "resolved"));
    if (!open) return h("section", { class: "thread", "aria-label": `Comment ${number}` }, head);
    const resolve = h("button", { type: "button", class: "button small", onclick: () => void comments.resolve(comment.id, !comment.resolved).then((wrong) => wrong && editor.say(wrong)) },
      icon(comment.resolved ? RotateCcw : Check, 14), comment.resolved ? "Open again" : "Resolve");
    return h("section", { class: "thread open", "aria-label": `Comment ${number}` }, head,
      remark(comment.author, comment.made_ms, comment.text), ...comment.replies.map((reply) => remark(reply.author, reply.made_ms, reply.text)),
      composer("Reply", "Reply", (text) => comments.reply(comment.id, text), null), h("div", { class: "thread-foot" }, resolve));
  };

  effect(() => {
    const at = editor.newPin.value;
    if (!at || comments.state.value === "off") {
      fresh.replaceChildren();
      return;
    }
    const form = composer("What is to be said about this place?", "Comment", async (text) => {
      const wrong = await comments.add(at, text);
      if (wrong === null) {
        editor.newPin.value = null;
        editor.openPin.value = comments.all.value.at(-1)?.id ?? null;
      }
      return wrong;
    }, () => {
      editor.newPin.value = null;
      document.querySelector<HTMLElement>(".overlay")?.focus();
    });
    fresh.replaceChildren(h("p", { class: "muted new-at" }, `At x ${Math.floor(at[0])}, y ${Math.floor(at[1])}`), form);
    queueMicrotask(() => form.querySelector("textarea")?.focus());
  });

  effect(() => {
    const open = editor.openPin.value;
    const rows = comments.all.value.map((comment, i) => {
      const isOpen = comment.id === open;
      const old = known.get(comment.id);
      const same = old && old.open === isOpen && old.number === i + 1 && JSON.stringify(old.comment) === JSON.stringify(comment);
      const element = same ? old.element : thread(comment, i + 1, isOpen);
      known.set(comment.id, { comment, number: i + 1, open: isOpen, element });
      return element;
    });
    // Elements that stay are not touched, so that a field keeps its focus.
    if (rows.length !== list.children.length || rows.some((row, i) => row !== list.children[i])) list.replaceChildren(...rows);
    const key = editor.keymap.value.keys("tool.comment")[0];
    const words = { off: "This server keeps no comments.", loading: "", failed: "The comments can't be read now. They come by themselves once the server answers.", ready: rows.length > 0 ? "" : `No comments on this image. ${key ? `Press ${key} and click` : "Choose the comment tool and click"} a place to remark on it.` }[comments.state.value];
    note.textContent = words;
    show(note, words !== "");
  });
  return h("div", { class: "tab-panel", role: "tabpanel", id: "panel-comments", "aria-labelledby": "tab-comments" }, fresh, list, note);
}
