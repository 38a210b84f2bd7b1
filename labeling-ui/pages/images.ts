// The place to drop new images.
import { all, make, one, shown } from "./lib/dom";
import { filesOf } from "./lib/drop";
import { count, counted } from "./lib/format";
import { type Outcome, Uploads } from "./lib/uploads";

const section = one("upload");
const input = one<HTMLInputElement>("files");
const drop = one("drop");
const rows = one("upload-rows");

/** More rows than this slow the browser down; further files are only counted, unless they were rejected. */
const MAX_ROWS = 500;

if (section && input && drop && rows) {
  const totals = { added: 0, duplicate: 0, rejected: 0, bytesDone: 0, files: 0 };
  const words = { added: "added", duplicate: "already here", rejected: "rejected" } as const;

  const row = (name: string): { bar: HTMLProgressElement; end: (outcome: Outcome) => void } => {
    const line = make("tr");
    const bar = make("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Upload of ${name}`);
    const result = make("td");
    result.append(bar);
    line.append(make("td", "clip", name), result);
    if (rows.childElementCount < MAX_ROWS) rows.append(line);
    return {
      bar,
      end: (outcome) => {
        const tone = outcome.outcome === "added" ? "ok" : outcome.outcome === "duplicate" ? "" : "bad";
        result.replaceChildren(make("span", `tag ${tone}`, words[outcome.outcome]));
        if (outcome.reason) result.append(make("div", "why", outcome.reason));
        if (outcome.outcome === "rejected") rows.prepend(line);
      },
    };
  };

  const tell = (active: boolean): void => {
    const done = totals.added + totals.duplicate + totals.rejected;
    const title = one("upload-title");
    if (title) title.textContent = active ? `Uploading ${counted(totals.files, "file", "files")}` : `${counted(done, "file", "files")} done`;
    const sum = one("upload-sum");
    if (sum) {
      sum.textContent = `${count(done)} of ${count(totals.files)} · ${count(totals.added)} added · ${count(totals.duplicate)} already here · ${count(totals.rejected)} rejected`;
    }
    shown(one("upload-stop"), active);
    shown(one("upload-done"), !active && totals.added > 0);
  };

  const uploads = new Uploads(section.dataset["url"] ?? "", {
    begin: (file) => row(file.name),
    settled: (outcome) => {
      totals[outcome.outcome] += 1;
      tell(true);
    },
    idle: () => tell(false),
  });

  const take = (files: File[]): void => {
    if (!files.length) return;
    totals.files += files.length;
    shown(one("uploads"), true);
    uploads.add(files);
    tell(true);
  };

  input.addEventListener("change", () => {
    take([...(input.files ?? [])]);
    input.value = "";
  });
  one("choose")?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") input.click();
  });
  one("upload-stop")?.addEventListener("click", () => {
    totals.files -= uploads.stop();
    tell(false);
  });

  // The whole page takes files, so that a drop beside the frame doesn't open the picture instead.
  for (const name of ["dragenter", "dragover"] as const) {
    addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.remove("over");
    void filesOf(event.dataTransfer).then(take);
  });
  addEventListener("beforeunload", (event) => {
    if (uploads.active) event.preventDefault();
  });
}

// A thumbnail that is not ready yet leaves its place empty instead of a broken picture.
for (const picture of all<HTMLImageElement>(".tile img, td .thumb")) {
  picture.addEventListener("error", () => (picture.hidden = true));
}
