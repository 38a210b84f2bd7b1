// Buttons and forms that call the API, described where they stand in the page:
//   data-call="POST /api/v1/…"   method and address; {name} is filled from the dialog's data-with-name
//   data-body='{"kind":"train"}' the JSON to send; a form sends its fields instead
//   data-under="policy"          a form's fields go into this member
//   name="options.split"         a field whose name has a dot goes into the member before it
//   data-ok="Saved."             said afterwards; {name} is filled from the answer
//   data-then="stay"             don't load the page again
import { asProblem, call } from "./api";
import { reloadWith, toast, toastProblem } from "./toast";

export function wireCalls(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-call]");
    if (button) void run(button, button, button.dataset["body"] === undefined ? undefined : JSON.parse(button.dataset["body"]));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.dataset["call"]) return;
    event.preventDefault();
    const fields = collect(form);
    const under = form.dataset["under"];
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : form.querySelector("button");
    void run(form, button, under ? { [under]: fields } : fields);
  });
}

async function run(source: HTMLElement, button: HTMLButtonElement | null, body: unknown): Promise<void> {
  const dialog = source.closest("dialog");
  const [method = "POST", url = ""] = (source.dataset["call"] ?? "").split(" ");
  const ok = await busy(button, () => call(method, fill(url, dialog ? withOf(dialog) : {}), body));
  dialog?.close();
  if (ok === undefined) return;
  const text = fill(source.dataset["ok"] ?? "", (ok ?? {}) as Record<string, unknown>, false);
  if (source.dataset["then"] === "stay") toast("ok", text);
  else reloadWith(text);
}

/** Runs something while the button is busy; a failure is told and gives `undefined`. */
export async function busy<T>(button: HTMLButtonElement | null, work: () => Promise<T>): Promise<T | undefined> {
  if (button?.getAttribute("aria-busy") === "true") return undefined;
  button?.setAttribute("aria-busy", "true");
  try {
    return await work();
  } catch (error) {
    toastProblem(asProblem(error));
    return undefined;
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

function withOf(dialog: HTMLElement): Record<string, unknown> {
  const found = Object.entries(dialog.dataset).filter(([name]) => name.startsWith("with"));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(4).toLowerCase(), value]));
}

function fill(text: string, values: Record<string, unknown>, address = true): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => (address ? encodeURIComponent(String(values[name] ?? "")) : String(values[name] ?? "")));
}

/** A form's fields as JSON: numbers and booleans by data-type, empty numbers left out. */
export function collect(form: HTMLFormElement): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const put = (name: string, value: unknown): void => {
    const [member, inner] = name.split(".", 2) as [string, string | undefined];
    if (inner === undefined) fields[name] = value;
    else fields[member] = { ...(fields[member] as object | undefined), [inner]: value };
  };
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement)) continue;
    if (!element.name || element.matches(":disabled")) continue;
    if (element instanceof HTMLInputElement && element.type === "radio" && !element.checked) continue;
    if (element.dataset["type"] === "bool") put(element.name, (element as HTMLInputElement).checked);
    else if (element.dataset["type"] === "number") {
      if (element.value !== "") put(element.name, Number(element.value));
    } else put(element.name, element.value);
  }
  return fields;
}
