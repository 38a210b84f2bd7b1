// Secrets that the server tells once: a form that makes one, and the dialog that shows it.
import { asProblem } from "./api";
import { copy } from "./copy";
import { one, setText, shown } from "./dom";

/** Runs `make` with the form's fields when it is sent; what goes wrong is told in the form. */
export function wireMaking(form: HTMLFormElement, error: HTMLElement | null, make: (fields: FormData) => Promise<void>): void {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
    if (button) button.disabled = true;
    shown(error, false);
    try {
      await make(new FormData(form));
    } catch (thrown) {
      const { title, detail } = asProblem(thrown);
      setText(error?.querySelector("p") ?? null, `${title} ${detail}`.trim());
      shown(error, true);
    } finally {
      if (button) button.disabled = false;
    }
  });
}

/** The dialog of that id with its parts `-name`, `-copy` and `-done` and one field; returns what shows a secret in it. */
export function wireOnce(id: string, what: string, done: () => void): (name: string, secret: string) => void {
  const dialog = one<HTMLDialogElement>(id);
  const field = dialog?.querySelector("input");
  // Closed by accident, the secret would be lost; only the button closes this dialog.
  dialog?.addEventListener("cancel", (event) => event.preventDefault());
  one(`${id}-copy`)?.addEventListener("click", () => {
    if (field) void copy(field.value, what, () => field.select());
  });
  one(`${id}-done`)?.addEventListener("click", done);
  return (name, secret) => {
    for (const open of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) open.close();
    setText(one(`${id}-name`), name);
    if (field) field.value = secret;
    dialog?.showModal();
    field?.select();
  };
}
