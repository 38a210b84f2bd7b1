// A project's settings: classes and members. The other forms describe their calls in the page (lib/calls.ts).
import { asProblem, call } from "./lib/api";
import { busy } from "./lib/calls";
import { readClassRows, wireClassRows } from "./lib/class_rows";
import { all, one } from "./lib/dom";
import { readQuestions, wireQuestions } from "./lib/questions";
import { wireModes } from "./lib/modes";
import { reloadWith, toast, toastProblem } from "./lib/toast";

wireClassRows();
wireModes();
wireQuestions();

one<HTMLFormElement>("classes-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const saved = await busy(form.querySelector("button[type=submit]"), async () => {
    await call("PUT", `/api/v1/projects/${form.dataset["project"]}/classes`, readClassRows());
    return true;
  });
  if (saved) reloadWith("The classes are saved.");
});

one<HTMLFormElement>("questions-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const saved = await busy(form.querySelector("button[type=submit]"), async () => {
    const project = `/api/v1/projects/${form.dataset["project"]}`;
    // The classes as they are now: somebody may have renamed one since this page was loaded.
    const { classes } = (await call("GET", project)) as { classes: { index: number }[] };
    const asked = readQuestions();
    await call("PUT", `${project}/classes`, classes.map((known) => ({ ...known, attributes: asked.get(known.index) ?? [] })));
    return true;
  });
  if (saved) reloadWith("The attributes are saved. They are asked for from the next image on.");
});

for (const select of all<HTMLSelectElement>("[data-role-of]")) {
  let before = select.value;
  select.addEventListener("change", async () => {
    select.disabled = true;
    try {
      await call("PUT", `/api/v1/projects/${select.dataset["project"]}/members/${select.dataset["roleOf"]}`, { role: select.value });
      before = select.value;
      toast("ok", `${select.dataset["who"]} is now ${select.value}.`);
    } catch (error) {
      select.value = before;
      toastProblem(asProblem(error));
    } finally {
      select.disabled = false;
      select.focus();
    }
  });
}

one<HTMLFormElement>("add-member")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const person = one<HTMLSelectElement>("new-member");
  const role = one<HTMLSelectElement>("new-role");
  if (!person || !role) return;
  const added = await busy(form.querySelector("button"), async () => {
    await call("PUT", `/api/v1/projects/${form.dataset["project"]}/members/${person.value}`, { role: role.value });
    return true;
  });
  if (added) reloadWith(`${person.selectedOptions[0]?.textContent} is now ${role.value}.`);
});
