// A new person: the one-time link is shown once, then the list is loaded again.
import { call } from "./lib/api";
import { one } from "./lib/dom";
import { wireMaking, wireOnce } from "./lib/once";

const form = one<HTMLFormElement>("new-user-form");
const show = wireOnce("link", "The link", () => location.reload());

if (form) {
  wireMaking(form, one("new-user-error"), async (fields) => {
    const name = String(fields.get("name")).trim();
    const body = { login: String(fields.get("login")).trim(), name, admin: fields.get("admin") !== null };
    const { link } = (await call("POST", "/api/v1/users", body)) as { link?: string };
    show(name, new URL(link ?? "/", location.origin).href);
  });
}
