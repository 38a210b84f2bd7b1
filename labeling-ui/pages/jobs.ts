// Pages that show jobs and what comes of them (models, exports): figures move by themselves, results are taken over when a job ends.
import { project } from "./lib/dom";
import { type Job, listen, refresh, showJobs } from "./lib/live";
import { reloadWith } from "./lib/toast";

if (project()) {
  listen(project(), {
    jobs: (data) => {
      const { changed, ended } = showJobs(data as Job[]);
      // A new model changes half the page, so the whole page is loaded, but never under somebody's open dialog.
      if ((ended.includes("train") || ended.includes("predict")) && !document.querySelector("dialog[open]")) reloadWith("");
      else if (changed) refresh(["jobs", "models"]);
    },
  });
}

// Options that only some formats have.
const form = document.querySelector<HTMLFormElement>("form:has([data-formats])");
if (form) {
  const show = (): void => {
    const chosen = new FormData(form).get("format");
    for (const option of form.querySelectorAll<HTMLElement>("[data-formats]")) {
      const fits = (option.dataset["formats"] ?? "").split(" ").includes(String(chosen));
      option.hidden = !fits;
      for (const input of option.querySelectorAll("input")) input.disabled = !fits;
    }
  };
  form.addEventListener("change", show);
  show();
}
