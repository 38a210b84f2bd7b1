// Keeps a project's overview true while it is open.
import { all, one, project, setText, shown } from "./lib/dom";
import { count, duration, percent } from "./lib/format";
import { type Job, listen, refresh, showJobs } from "./lib/live";

interface Progress {
  images: number;
  people: number;
  machine_provisional: number;
  machine_committed: number;
  disagree: number;
  waiting: number;
  leased: number;
  skipped: number;
  seconds_spent: number;
  eta_seconds: number | null;
}

/** The figures that follow from the counts, by the same rules as labeling-ui/src/parts.rs. */
function derive(p: Progress) {
  const machine = p.machine_provisional + p.machine_committed;
  const rest = Math.max(0, p.images - p.people - machine - p.disagree - p.skipped);
  const drawn = p.people + p.disagree;
  const saved = drawn ? (machine * p.seconds_spent) / drawn : 0;
  return { machine, rest, saved };
}

function etaText(p: Progress, rest: number): string {
  if (rest + p.disagree === 0) return "every image has a label";
  if (p.eta_seconds === null || p.eta_seconds === undefined) return "time left is known after the first labels";
  return `about ${duration(p.eta_seconds)} of work left at today's pace`;
}

function machineText(p: Progress, machine: number): string {
  const total = `${count(machine)} by the model`;
  if (p.machine_provisional === 0) return total;
  return p.machine_committed === 0 ? `${total}, provisional` : `${total}, ${count(p.machine_provisional)} provisional`;
}

function savedDetail(p: Progress, saved: number): string {
  if (saved > 0) return `${duration(saved)} of drawing done by the model · ${duration(p.seconds_spent)} spent`;
  if (p.seconds_spent > 0) return `${duration(p.seconds_spent)} spent by people; the model has labeled nothing yet`;
  return "Counted as soon as the model labels its first images";
}

function showProgress(p: Progress): void {
  const { machine, rest, saved } = derive(p);
  const texts: Record<string, string> = {
    images: count(p.images),
    people: count(p.people),
    machine: machineText(p, machine),
    disagree: count(p.disagree),
    skipped: count(p.skipped),
    rest: count(rest),
    eta: etaText(p, rest),
    saved: saved > 0 ? percent(saved / (saved + p.seconds_spent)) : "–",
    saved_detail: savedDetail(p, saved),
  };
  for (const place of all("[data-n]")) setText(place, texts[place.dataset["n"] ?? ""] ?? place.textContent ?? "");
  for (const place of all("[data-nav=images]")) setText(place, count(p.images));
  for (const place of all("[data-show=skipped]")) shown(place, p.skipped > 0);
  showStack({ people: p.people, machine, disagree: p.disagree, skipped: p.skipped, waiting: rest });
}

function showStack(counts: Record<string, number>): void {
  const bar = document.querySelector("[data-stack]");
  if (!bar) return;
  const total = Math.max(1, Object.values(counts).reduce((a, b) => a + b, 0));
  let x = 0;
  for (const piece of bar.querySelectorAll("rect")) {
    const width = (1000 * (counts[piece.dataset["kind"] ?? ""] ?? 0)) / total;
    piece.setAttribute("x", String(x));
    piece.setAttribute("width", String(width));
    x += width;
  }
}

const started = one("people") !== null;
let peopleHeard = false;

if (project()) {
  listen(project(), {
    progress: (data) => {
      const progress = data as Progress;
      // The first image replaces the hint to upload some: that is another page.
      if (!started && progress.images > 0) location.reload();
      else showProgress(progress);
    },
    jobs: (data) => {
      const { changed, ended } = showJobs(data as Job[]);
      const charts = ended.includes("train") || ended.includes("predict") ? ["threshold", "rounds"] : [];
      if (changed || charts.length) refresh(["jobs", ...charts]);
    },
    people: () => {
      // The first one tells what the page shows already.
      if (peopleHeard) refresh(["people"]);
      peopleHeard = true;
    },
  });
}
