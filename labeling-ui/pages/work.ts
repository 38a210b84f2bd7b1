// The work board: choose tasks, hand them to somebody, say which come first.
import { asProblem, call } from "./lib/api";
import { busy } from "./lib/calls";
import { all, one, setText } from "./lib/dom";
import { counted } from "./lib/format";
import { reloadWith, toastProblem } from "./lib/toast";

const board = one<HTMLFormElement>("board");
const actions = one("actions");

if (board && actions) {
  const project = actions.dataset["project"] ?? "";
  const boxes = all<HTMLInputElement>("input[name=task]", board);
  const every = one<HTMLInputElement>("all");
  const assign = one<HTMLButtonElement>("assign");
  const prioritise = one<HTMLButtonElement>("prioritise");
  const person = one<HTMLSelectElement>("assign-to");
  const priority = one<HTMLInputElement>("priority");
  let last: HTMLInputElement | null = null;

  const chosen = (): string[] => boxes.filter((box) => box.checked).map((box) => box.value);

  const update = (): void => {
    const n = chosen().length;
    for (const box of boxes) box.closest("tr")?.classList.toggle("chosen", box.checked);
    for (const control of [assign, prioritise, person, priority]) if (control) control.disabled = n === 0;
    setText(one("chosen"), n ? `${counted(n, "task", "tasks")} chosen` : "Choose tasks to assign them");
    if (every) {
      every.checked = n > 0 && n === boxes.length;
      every.indeterminate = n > 0 && n < boxes.length;
    }
  };

  // Shift-click chooses everything between this row and the one before.
  board.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.name !== "task") return;
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b) as [number, number];
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
    update();
  });
  every?.addEventListener("change", () => {
    for (const box of boxes) box.checked = every.checked;
    update();
  });
  board.addEventListener("submit", (event) => event.preventDefault());

  assign?.addEventListener("click", async () => {
    const ids = chosen();
    const user = person?.value || null;
    const done = await busy(assign, async () => (await call("POST", `/api/v1/projects/${project}/tasks/assign`, { task_ids: ids, user })) ?? {});
    if (done) reloadWith(`${counted(ids.length, "task", "tasks")} for ${user ? person?.selectedOptions[0]?.textContent : "anyone"}.`);
  });

  prioritise?.addEventListener("click", async () => {
    const value = Number(priority?.value);
    if (!Number.isFinite(value)) return;
    const ids = chosen();
    let changed = 0;
    prioritise.setAttribute("aria-busy", "true");
    try {
      for (const id of ids) {
        await call("POST", `/api/v1/tasks/${id}/priority`, { priority: value });
        changed += 1;
      }
      reloadWith(`${counted(changed, "task has", "tasks have")} a new priority.`);
    } catch (error) {
      toastProblem(asProblem(error));
      setText(one("chosen"), `${changed} of ${ids.length} changed`);
    } finally {
      prioritise.removeAttribute("aria-busy");
    }
  });
  update();
}
