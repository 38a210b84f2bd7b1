/** What lies over the image when there is something to say: messages, notices, and cards when there is no image. */
import { effect } from "@preact/signals-core";
import { X } from "lucide";
import type { Editor } from "../editor";
import { type Disagreement, parseShapes } from "../sync/conflict";
import type { Phase, TaskFlow } from "../sync/taskflow";
import { h, iconButton, setText, show } from "./dom";
import { ago } from "./parts";

/** Short words about what was just done. */
export function messageLine(editor: Editor): HTMLElement {
  const line = h("div", { class: "message", role: "status", "aria-live": "polite" });
  effect(() => {
    const { value } = editor.message;
    show(line, value !== null);
    setText(line, value ?? "");
  });
  return line;
}

export function noticeStack(editor: Editor, flow: TaskFlow, onSignIn: () => void): HTMLElement {
  const stack = h("div", { class: "notices", role: "log", "aria-label": "Notices" });
  effect(() => {
    const notices = flow.notices.value.map(({ id, tone, text, task, deed }): HTMLElement =>
      h("div", { class: `notice ${tone}` }, h("span", {}, text),
        task !== null && h("button", { type: "button", class: "button small", onclick: () => {
          flow.drop(id);
          void flow.reopen(task);
        } }, deed),
        iconButton(X, "Close", () => flow.drop(id), 15)));
    const open = flow.phase.value.type === "working" ? flow.phase.value.open : null;
    if (open?.lease.state.value === "overdue") {
      notices.push(h("div", { class: "notice warn" }, h("span", {}, "Your lease on this image ran out while the server could not be asked. It may be with someone else; what you draw is kept on this computer either way.")));
    }
    if (open?.lease.state.value === "lost") {
      notices.push(h("div", { class: "notice warn" }, h("span", {}, "Your lease on this image ran out, and it may be with someone else now. What you drew is kept on this computer. Submit hands it in as a draft."),
        h("button", { type: "button", class: "button small", onclick: () => void flow.next() }, "Next image")));
    }
    const other = open?.disagreement.value;
    if (other) notices.push(disagreementNotice(editor, flow, other));
    // Without an image a card in the middle says the same.
    if (flow.session.expired.value && flow.phase.value.type !== "trouble") notices.push(signInNotice(flow, onSignIn));
    stack.replaceChildren(...notices);
  });
  return stack;
}

function signInNotice(flow: TaskFlow, onSignIn: () => void): HTMLElement {
  return h("div", { class: "notice warn" },
    h("span", {}, "Your sign-in has expired. Your work is kept on this computer and sent once you are signed in again."),
    h("button", { type: "button", class: "button small", onclick: onSignIn }, "Sign in"),
    h("button", { type: "button", class: "button small", onclick: () => {
      flow.outbox.retry();
      void flow.current()?.lease.beat();
      void flow.session.check();
    } }, "Try again"));
}

/** Two versions of one image: both can be looked at, one goes on, the other is kept. */
function disagreementNotice(editor: Editor, flow: TaskFlow, other: Disagreement): HTMLElement {
  const open = flow.current();
  const now = Date.now();
  const mine = open?.doc.items.value.length ?? 0;
  const looking = editor.looked.value !== null;
  const look = (server: boolean) => {
    if (!open) return;
    const { width, height } = open.bundle.image;
    editor.looked.value = server ? parseShapes(other.shapes, 1_000_000_000, width, height).items : null;
  };
  const go = (which: "mine" | "server") => {
    editor.looked.value = null;
    void flow.decide(which);
  };
  const objects = (n: number) => `${n} ${n === 1 ? "object" : "objects"}`;
  return h("div", { class: "notice warn versions", role: "alertdialog", "aria-label": "Two versions of this image" },
    h("p", {}, h("strong", {}, "The server has newer work on this image. "), "Look at both and say which one goes on; the other one is kept under History."),
    h("div", { class: "version-row" },
      h("div", { class: "segments", role: "group", "aria-label": "Show" },
        h("button", { type: "button", "aria-pressed": String(!looking), onclick: () => look(false) }, `Yours: ${objects(mine)}, ${ago(other.mine_ms, now)}`),
        h("button", { type: "button", "aria-pressed": String(looking), onclick: () => look(true) }, `The server's: ${objects(other.shapes.length)}, ${ago(other.made_ms, now)}`)),
      h("span", { class: "spacer" }),
      h("button", { type: "button", class: "button small primary", onclick: () => go(looking ? "server" : "mine") }, looking ? "Go on with the server's" : "Go on with yours")));
}

export function phaseCard(flow: TaskFlow, back: string): HTMLElement {
  const card = h("div", { class: "card-place" });
  let waiting: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const { value } = flow.phase;
    clearTimeout(waiting);
    if (value.type === "working") card.replaceChildren();
    // Most images are there at once; a card that flashes by would only disturb.
    else if (value.type === "loading") waiting = setTimeout(() => card.replaceChildren(h("div", { class: "card quiet", role: "status" }, "Fetching the next image…")), 200);
    else card.replaceChildren(phase(value, flow, back));
  });
  return card;
}

function phase(value: Exclude<Phase, { type: "loading" | "working" }>, flow: TaskFlow, back: string): HTMLElement {
  const backLink = h("a", { class: "button", href: back }, "Back to the project");
  if (value.type === "empty") {
    const waiting = flow.outbox.waiting.value.length;
    const sending = waiting > 0 ? ` ${waiting === 1 ? "One finished image is" : `${waiting} finished images are`} still on the way to the server: leave this page open.` : "";
    return h("div", { class: "card" }, h("h2", {}, "No task for you right now"),
      h("p", {}, `Everything is labeled, with someone else, or waiting for the model. This page looks again by itself.${sending}`),
      h("div", { class: "card-foot" }, h("button", { type: "button", class: "button primary", onclick: () => void flow.lookAgain() }, "Look again"), backLink));
  }
  if (value.type === "elsewhere") {
    return h("div", { class: "card", role: "alert" }, h("h2", {}, "This project is open in another tab"),
      h("p", {}, "Two tabs would work on the same image. Taking over brings what you drew there to this tab; nothing is lost."),
      h("div", { class: "card-foot" }, h("button", { type: "button", class: "button primary", onclick: () => void flow.start(null, true) }, "Go on here"), backLink));
  }
  return h("div", { class: "card", role: "alert" }, h("h2", {}, value.title), h("p", {}, value.detail),
    h("div", { class: "card-foot" },
      h("button", { type: "button", class: "button primary", onclick: () => {
        flow.outbox.retry();
        void flow.start(null);
      } }, "Try again"),
      value.signIn && h("a", { class: "button", href: "/sign-in", target: "_blank", rel: "noopener" }, "Sign in"), backLink));
}
