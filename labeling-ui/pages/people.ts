// A new person: the one-time link is shown once, then the list is loaded again.
import { asProblem, call } from "./lib/api";
import { copy } from "./lib/copy";
import { one, setText, shown } from "./lib/dom";

const form = one<HTMLFormElement>("new-user-form");
const url = one<HTMLInputElement>("link-url");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const error = one("new-user-error");
  const fields = new FormData(form);
  const name = String(fields.get("name")).trim();
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (button) button.disabled = true;
  shown(error, false);
  try {
    const body = { login: String(fields.get("login")).trim(), name, admin: fields.get("admin") !== null };
    const { link } = (await call("POST", "/api/v1/users", body)) as { link?: string };
    one<HTMLDialogElement>("new-user")?.close();
    showLink(name, new URL(link ?? "/", location.origin).href);
  } catch (thrown) {
    const { title, detail } = asProblem(thrown);
    setText(error?.querySelector("p") ?? null, `${title} ${detail}`.trim());
    shown(error, true);
  } finally {
    if (button) button.disabled = false;
  }
});

function showLink(name: string, link: string): void {
  const dialog = one<HTMLDialogElement>("link");
  if (!dialog || !url) return;
  setText(one("link-name"), name);
  url.value = link;
  // Closed by accident, the link would be lost; only the button closes this dialog.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
  url.select();
}

one("link-copy")?.addEventListener("click", () => {
  if (url) void copy(url.value, "The link", () => url.select());
});
one("link-done")?.addEventListener("click", () => location.reload());
