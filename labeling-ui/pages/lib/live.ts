// The project's events (Server-Sent Events), and pieces of the page taken over from the server.
import { one, setText, shown } from "./dom";
import { percent } from "./format";

export interface Job {
  id: string;
  kind: string;
  state: string;
  progress: number;
  message: string | null;
}

type Handlers = Record<string, (data: unknown) => void>;

/** Listens for as long as the page is open. The browser reconnects by itself after a break; after a refusal this does, ever more slowly. */
export function listen(projectId: string, handlers: Handlers): void {
  let wait = 1000;
  const start = (): void => {
    const source = new EventSource(`/api/v1/projects/${projectId}/events`);
    source.addEventListener("open", () => {
      wait = 1000;
      state("live");
    });
    source.addEventListener("error", () => {
      state("lost");
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(start, wait);
      wait = Math.min(wait * 2, 60_000);
    });
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => handle(JSON.parse((event as MessageEvent<string>).data)));
    }
    addEventListener("pagehide", () => source.close(), { once: true });
    addEventListener("pageshow", (event) => event.persisted && start(), { once: true });
  };
  start();
}

function state(state: "live" | "lost"): void {
  const place = one("live");
  if (!place) return;
  shown(place, true);
  place.dataset["state"] = state;
  place.textContent = state === "live" ? "live" : "connection lost, trying again";
}

/** The server renders whole pages, so pieces are asked for no more often than this, in milliseconds. */
const PAUSE = 3000;
const wanted = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;
let latest = 0;

/** Fetches this page again, soon, and takes over the elements with these ids; the server stays the only one that renders them. */
export function refresh(ids: string[]): void {
  for (const id of ids) wanted.add(id);
  timer ??= setTimeout(() => {
    latest = Date.now();
    const now = [...wanted];
    wanted.clear();
    void takeOver(now).finally(() => {
      timer = undefined;
      if (wanted.size) refresh([]);
    });
  }, Math.max(0, latest + PAUSE - Date.now()));
}

async function takeOver(ids: string[]): Promise<void> {
  const response = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ids) {
    const present = one(id);
    const next = fresh.getElementById(id);
    if (present && next && !inUse(present)) present.replaceWith(document.importNode(next, true));
  }
}

/** Somebody types in it or has unfolded something there: it is left alone until the next time. */
function inUse(element: HTMLElement): boolean {
  const active = document.activeElement;
  return (element.contains(active) && !!active?.matches("input, select, textarea")) || element.querySelector("details[open]") !== null;
}

/** What was last heard of each job; at first, what the page shows. */
let known: Map<string, string> | null = null;

/**
 * Moves the progress of the jobs shown in the page. `changed` tells that a job came or changed its state, so that the list has to be
 * taken from the server; `ended` names the kinds of the jobs that no longer run.
 */
export function showJobs(jobs: Job[]): { changed: boolean; ended: string[] } {
  const rows = new Map([...document.querySelectorAll<HTMLElement>("[data-jobs] [data-job]")].map((row) => [row.dataset["job"] ?? "", row]));
  const first = known === null;
  known ??= new Map([...rows].map(([id, row]) => [id, row.dataset["state"] ?? ""]));
  const ended: string[] = [];
  let changed = false;
  for (const job of jobs) {
    const before = known.get(job.id);
    known.set(job.id, job.state);
    // Jobs that this page doesn't list are news only when they come while it is open.
    if (before !== job.state && !(first && before === undefined)) changed = true;
    if ((before === "running" || before === "queued") && job.state !== "running" && job.state !== "queued") ended.push(job.kind);
    const row = rows.get(job.id);
    if (!row || job.state !== "running") continue;
    const bar = row.querySelector<HTMLProgressElement>("[data-field=progress]");
    if (bar) bar.value = job.progress;
    setText(row.querySelector("[data-field=figure]"), percent(job.progress));
    if (job.message) setText(row.querySelector("[data-field=message]"), job.message);
  }
  return { changed, ended };
}
