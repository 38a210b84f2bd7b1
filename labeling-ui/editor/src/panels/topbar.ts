/** The line at the top: where we are, the model's help, the lease, what is saved, and the two ways on. */
import { effect, signal } from "@preact/signals-core";
import { ArrowLeft } from "lucide";
import type { Editor } from "../editor";
import type { Deeds } from "../keys/actions";
import { keyLabel } from "../keys/names";
import type { TaskFlow } from "../sync/taskflow";
import { h, icon, kbd, setText, show } from "./dom";

/** For how long 'Saving…' stands at least. */
const STAYS_MS = 300;

export function topbar(editor: Editor, flow: TaskFlow, deeds: Deeds, page: { projectName: string; back: string }): HTMLElement {
  const name = h("span", { class: "image-name" });
  const suggests = h("span", { class: "chip model-chip" }, h("span", { class: "dot" }), h("span", { class: "wide" }), h("span", { class: "brief" }));
  const lease = h("span", { class: "chip lease-chip", title: "How long this image is yours. It is renewed while you work." });
  const left = h("span", { class: "chip left-chip" });
  const status = h("span", { class: "status", role: "status" });
  const time = h("span", { class: "chip time-chip", title: "Time spent on this image. A pause of more than a minute doesn't count." });
  const [skipKey, submitKey] = [kbd(""), kbd("")];
  const skip = h("button", { type: "button", class: "button", onclick: () => deeds.skip() }, "Skip ", skipKey);
  const submit = h("button", { type: "button", class: "button primary", onclick: () => deeds.submit() }, "Submit ", submitKey);
  effect(() => {
    for (const [key, action] of [[skipKey, "skip"], [submitKey, "submit"]] as const) {
      setText(key, keyLabel(editor.keymap.value.keys(action)[0] ?? ""));
      show(key, key.textContent !== "");
    }
  });
  effect(() => {
    const { value } = flow.phase;
    const working = value.type === "working" ? value.open : null;
    skip.disabled = submit.disabled = !working;
    for (const element of [name, lease, left, time]) show(element, working !== null);
    if (!working) {
      show(suggests, false);
      return;
    }
    const { image, model } = working.bundle;
    setText(name, `${image.name} · ${image.width}×${image.height}`);
    name.title = image.name;
    setText(left, `${flow.left.value} left`);
    const count = working.doc.suggestions.value.length;
    show(suggests, model !== null && count > 0);
    const objects = `${count} ${count === 1 ? "object" : "objects"}`;
    const [, wide, brief] = suggests.children;
    if (wide) setText(wide, `Model v${model?.version} suggests ${objects} · ${model?.confidence.toFixed(2)}`);
    if (brief) setText(brief, `${count} suggested`);
  });
  const now = signal(Date.now());
  setInterval(() => (now.value = Date.now()), 1000);
  effect(() => {
    const open = flow.phase.value.type === "working" ? flow.phase.value.open : null;
    if (!open) return;
    const lost = open.lease.state.value === "lost";
    setText(time, clock(open.clock.seconds(performance.now())));
    const seconds = Math.max(0, Math.round((open.lease.until.value - now.value) / 1000));
    setText(lease, lost ? "Lease lost" : `Lease ${clock(seconds)}`);
    lease.classList.toggle("bad", lost);
    lease.classList.toggle("warn", !lost && seconds < 120);
  });
  let shown: ReturnType<typeof setTimeout> | undefined;
  let calm = 0;
  effect(() => {
    const { text, tone, slow } = saved(flow);
    clearTimeout(shown);
    const put = () => {
      setText(status, text);
      status.className = `status ${tone}`;
    };
    const at = performance.now();
    if (slow) calm = at + STAYS_MS;
    // Words that flash by help nobody: 'Saving…' may stand a moment too long, 'Saved' never comes too early.
    if (slow || tone || at >= calm) put();
    else shown = setTimeout(put, calm - at);
  });
  return h("header", { class: "topbar" },
    h("a", { class: "back", href: page.back, title: "Back to the project" }, icon(ArrowLeft, 17), h("h1", {}, page.projectName)),
    name, h("span", { class: "spacer" }), suggests, time, lease, left, status, skip, submit);
}

/** 84 as '1:24'. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Where the work is, in words. */
export function saved(flow: TaskFlow): { text: string; tone: "" | "warn" | "bad"; slow: boolean } {
  const waiting = flow.outbox.waiting.value.length;
  const { value } = flow.outbox.state;
  const open = flow.phase.value.type === "working" ? flow.phase.value.open : null;
  if (value === "signed-out" || open?.lease.state.value === "signed-out") return { text: "Sign-in expired – kept on this computer", tone: "bad", slow: false };
  if (value === "offline") return { text: `Offline – ${waiting === 1 ? "" : `${waiting} images `}kept on this computer`, tone: "warn", slow: false };
  if (flow.journalState.value === "failed") return { text: "This browser keeps nothing: submit before you leave", tone: "bad", slow: false };
  if (value === "sending" || flow.journalState.value === "writing") return { text: "Saving…", tone: "", slow: true };
  return { text: "Saved", tone: "", slow: false };
}
