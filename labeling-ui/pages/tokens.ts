// A new token: shown once, then the list is loaded again.
import { call } from "./lib/api";
import { one } from "./lib/dom";
import { wireMaking, wireOnce } from "./lib/once";

const form = one<HTMLFormElement>("new-token-form");
// Without the query that opened the form, the list alone is shown again.
const show = wireOnce("made", "The token", () => location.assign("/tokens"));

if (form) {
  wireMaking(form, one("new-token-error"), async (fields) => {
    const opens = String(fields.get("opens"));
    const name = String(fields.get("name")).trim();
    const scope = opens === "all" ? "all" : "inference";
    const project = opens === "all" || opens === "models" ? null : opens;
    const { token } = (await call("POST", "/api/v1/me/tokens", { name, scope, project, days: Number(fields.get("days")) })) as { token: string };
    show(name, token);
  });
}

const dialog = one<HTMLDialogElement>("new-token");
if (dialog?.dataset["open"] !== undefined) dialog.showModal();
