// Rows of what classes ask about their objects: read into the API's form, added and removed.
import { all, one } from "./dom";

type Attribute = { name: string; required: boolean } & (
  | { kind: "choice"; options: string[] }
  | { kind: "checkbox" }
  | { kind: "number"; min?: number; max?: number }
  | { kind: "text"; max_length?: number }
);

/** What the second field of a row is for, by kind; null where there is nothing to say. */
const DETAIL: Readonly<Record<string, string | null>> = { choice: "early, late, unclear", checkbox: null, number: "0 to 8, or empty", text: "Longest text, or empty" };

/** Wires the list `questions` and the button `add-question`. */
export function wireQuestions(): void {
  const list = one("questions");
  const add = one<HTMLButtonElement>("add-question");
  const pattern = one<HTMLTemplateElement>("question-pattern");
  if (!list) return;
  for (const row of all("[data-question]", list)) show(row);
  list.addEventListener("change", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("[data-question]");
    if (row) show(row);
  });
  if (!add || !pattern) return;
  list.addEventListener("click", (event) => {
    const row = (event.target as Element).closest("[data-remove]")?.closest<HTMLElement>("[data-question]");
    if (!row) return;
    row.remove();
    add.focus();
  });
  add.addEventListener("click", () => {
    one("no-questions")?.remove();
    const row = (pattern.content.cloneNode(true) as DocumentFragment).querySelector<HTMLElement>("[data-question]");
    if (!row) return;
    list.append(row);
    show(row);
    input(row, "question_name").focus();
  });
}

/** The attributes of each class, by its index; rows without a name are left out. */
export function readQuestions(): Map<number, Attribute[]> {
  const found = new Map<number, Attribute[]>();
  for (const row of all("[data-question]")) {
    const name = input(row, "question_name").value.trim();
    if (name === "") continue;
    const index = Number(select(row, "question_class").value);
    found.set(index, [...(found.get(index) ?? []), attribute(row, name)]);
  }
  return found;
}

function attribute(row: HTMLElement, name: string): Attribute {
  const required = input(row, "question_required").checked;
  const detail = input(row, "question_detail").value.trim();
  switch (select(row, "question_kind").value) {
    case "checkbox":
      return { name, required, kind: "checkbox" };
    case "number": {
      const [min, max] = detail.split(/\s*(?:to|–|\.\.)\s*/).map((text) => (text.trim() === "" ? undefined : number(text.trim())));
      return { name, required, kind: "number", ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
    }
    case "text":
      return { name, required, kind: "text", ...(detail === "" ? {} : { max_length: number(detail) }) };
    default:
      return { name, required, kind: "choice", options: detail.split(",").map((word) => word.trim()).filter((word) => word !== "") };
  }
}

/** What is no number goes to the server as it is, which says what is wrong with it. */
function number(text: string): number {
  const value = Number(text);
  return Number.isNaN(value) ? (text as unknown as number) : value;
}

/** The second field has nothing to say about a box that is ticked. */
function show(row: HTMLElement): void {
  const hint = DETAIL[select(row, "question_kind").value] ?? null;
  const detail = input(row, "question_detail");
  detail.style.visibility = hint === null ? "hidden" : "visible";
  detail.placeholder = hint ?? "";
}

function input(row: HTMLElement, name: string): HTMLInputElement {
  return named(row, name) as HTMLInputElement;
}

function select(row: HTMLElement, name: string): HTMLSelectElement {
  return named(row, name) as HTMLSelectElement;
}

function named(row: HTMLElement, name: string): HTMLElement {
  const found = row.querySelector<HTMLElement>(`[name=${name}]`);
  if (!found) throw new Error(`The row of attributes has no ${name}.`);
  return found;
}
