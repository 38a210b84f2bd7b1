// A new token: shown once, then the list is loaded again.
import { asProblem, call } from "./lib/api";
import { copy } from "./lib/copy";
import { one, setText, shown } from "./lib/dom";

const form = one<HTMLFormElement>("new-token-form");
const secret = one<HTMLInputElement>("made-secret");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const error = one("new-token-error");
  const fields = new FormData(form);
  const opens = String(fields.get("opens"));
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (button) button.disabled = true;
  shown(error, false);
  try {
    const name = String(fields.get("name")).trim();
    const scope = opens === "all" ? "all" : "inference";
    const project = opens === "all" || opens === "models" ? null : opens;
    const { token } = (await call("POST", "/api/v1/me/tokens", { name, scope, project, days: Number(fields.get("days")) })) as { token: string };
    one<HTMLDialogElement>("new-token")?.close();
    show(name, token);
  } catch (thrown) {
    const { title, detail } = asProblem(thrown);
    setText(error?.querySelector("p") ?? null, `${title} ${detail}`.trim());
    shown(error, true);
  } finally {
    if (button) button.disabled = false;
  }
});

function show(name: string, token: string): void {
  const dialog = one<HTMLDialogElement>("made-token");
  if (!dialog || !secret) return;
  setText(one("made-name"), name);
  secret.value = token;
  // Closed by accident, the token would be lost; only the button closes this dialog.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
  secret.select();
}

one("made-copy")?.addEventListener("click", () => {
  if (secret) void copy(secret.value, "The token", () => secret.select());
});
// Without the query that opened the form, the list alone is shown again.
one("made-done")?.addEventListener("click", () => location.assign("/tokens"));

const dialog = one<HTMLDialogElement>("new-token");
if (dialog?.dataset["open"] !== undefined) dialog.showModal();
