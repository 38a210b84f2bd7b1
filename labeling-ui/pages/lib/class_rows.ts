// Rows of classes that can be added and removed. The first row is the pattern for new ones.
import { all, one, shown } from "./dom";

/** The same colours in the same order as labeling-ui/src/pages/new_project.rs. */
const COLORS = ["#4cc38a", "#e0a843", "#f07178", "#4ea8de", "#c77dff", "#f4978e", "#80ed99", "#ffd166", "#06d6a0", "#ef476f"];
/** Index 255 is void. */
const LAST_INDEX = 254;

export interface ClassRow {
  index: number;
  name: string;
  color: string;
  kind: string;
}

/** Wires the list `classes` and the button `add-class`. */
export function wireClassRows(): void {
  const list = one("classes");
  const add = one<HTMLButtonElement>("add-class");
  if (!list || !add) return;
  const pattern = list.querySelector<HTMLElement>("[data-class-row]");
  const blank = pattern ? (pattern.cloneNode(true) as HTMLElement) : null;
  shown(add, blank !== null);
  reveal(list);
  list.addEventListener("click", (event) => {
    const remove = (event.target as Element).closest("[data-remove]");
    const row = remove?.closest<HTMLElement>("[data-class-row]");
    if (!row) return;
    const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector<HTMLElement>("input[type=text]");
    row.remove();
    (next ?? add).focus();
  });
  add.addEventListener("click", () => {
    if (!blank) return;
    const index = 1 + Math.max(0, ...all("[data-index]", list).map((place) => Number(place.textContent)));
    if (index > LAST_INDEX) return;
    const row = blank.cloneNode(true) as HTMLElement;
    row.removeAttribute("data-in-use");
    field(row, "[data-index]").textContent = String(index);
    const name = field(row, "input[type=text]") as HTMLInputElement;
    name.value = "";
    name.setAttribute("aria-label", `Name of class ${index}`);
    (field(row, "input[type=color]") as HTMLInputElement).value = COLORS[(index - 1) % COLORS.length] ?? "#4cc38a";
    (field(row, "select") as HTMLSelectElement).value = "thing";
    const remove = field(row, "[data-remove]") as HTMLButtonElement;
    remove.disabled = false;
    remove.title = "Remove";
    list.append(row);
    reveal(list);
    name.focus();
  });
}

/** The classes in the list; rows without a name are left out. */
export function readClassRows(): ClassRow[] {
  return all("[data-class-row]")
    .map((row) => ({
      index: Number(field(row, "[data-index]").textContent),
      name: (field(row, "input[type=text]") as HTMLInputElement).value.trim(),
      color: (field(row, "input[type=color]") as HTMLInputElement).value,
      kind: (field(row, "select") as HTMLSelectElement).value,
    }))
    .filter((row) => row.name !== "");
}

function reveal(list: HTMLElement): void {
  for (const button of all("[data-remove]", list)) button.hidden = false;
}

function field(row: HTMLElement, selector: string): HTMLElement {
  const found = row.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`The row of classes has no ${selector}.`);
  return found;
}
