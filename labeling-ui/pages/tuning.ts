// Searching for better settings: the form that begins a search, and its page that moves while trials run.
import { call } from "./lib/api";
import { busy } from "./lib/calls";
import { all, one, project, shown } from "./lib/dom";
import { type Job, listen, refresh } from "./lib/live";
import { reloadWith } from "./lib/toast";

interface Parameter {
  name: string;
  type: "real" | "integer";
  min: number;
  max: number;
  scale: string;
}

/** The rows that are ticked; a range that is not one is told by the server, by the parameter's name. */
function space(): Parameter[] {
  return all("[data-parameter]").filter((row) => row.querySelector<HTMLInputElement>("input[type=checkbox]")?.checked).map((row) => {
    const end = (which: string): number => Number(row.querySelector<HTMLInputElement>(`[data-end=${which}]`)?.value);
    const type = row.dataset["integer"] === "true" ? "integer" : "real";
    return { name: row.dataset["parameter"] ?? "", type, min: end("min"), max: end("max"), scale: row.dataset["scale"] ?? "linear" };
  });
}

const chosen = (id: string): string => one<HTMLSelectElement>(id)?.value ?? "";
const number = (id: string): number => Number(one<HTMLInputElement>(id)?.value);

const form = one<HTMLFormElement>("tuning-form");
if (form) {
  const strategy = one<HTMLSelectElement>("strategy");
  const show = (): void => shown(one("steps-field"), strategy?.value === "grid");
  strategy?.addEventListener("change", show);
  show();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const base = `/api/v1/projects/${form.dataset["project"]}/tunings`;
    const begun = await busy(form.querySelector("button[type=submit]"), async () => {
      const learn = one<HTMLInputElement>("learn")?.checked;
      const parents = learn ? ((await call("GET", base)) as { id: string }[]).slice(0, 5).map(({ id }) => id) : [];
      const kind = chosen("strategy");
      return (await call("POST", base, {
        space: space(),
        strategy: kind === "grid" ? { kind, steps: number("steps") } : { kind },
        trials: number("trials"),
        parallel: number("parallel"),
        stopping: { rule: chosen("stopping") },
        parents,
      })) as { id: string };
    });
    if (begun) location.assign(`/projects/${form.dataset["project"]}/tuning/${begun.id}`);
  });
}

const live = one("tuning-live");
if (project()) {
  let seen = "";
  listen(project(), {
    jobs: (data) => {
      const trials = (data as Job[]).filter((job) => job.kind === "tune").map((job) => `${job.id} ${job.state} ${Math.round(job.progress * 20)}`).join();
      if (trials === seen) return;
      seen = trials;
      refresh(live ? ["tuning-live", "tuning-state"] : ["tunings"]);
    },
  });
  // When the search ends, the buttons above change too.
  const running = live?.dataset["running"];
  new MutationObserver(() => {
    const now = one("tuning-live")?.dataset["running"];
    if (running === "true" && now === "false" && !document.querySelector("dialog[open]")) reloadWith("The tuning has ended.");
  }).observe(one("main") ?? document.body, { childList: true, subtree: true });
}
