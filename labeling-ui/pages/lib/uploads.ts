// Uploads of many files, three at a time, one file a request: each has its own progress and its own result.
import { problem } from "./api";

export interface Outcome {
  name: string;
  outcome: "added" | "duplicate" | "rejected";
  reason?: string;
}

interface Row {
  bar: HTMLProgressElement;
  end: (outcome: Outcome) => void;
}

interface Watcher {
  begin: (file: File) => Row;
  settled: (outcome: Outcome) => void;
  idle: () => void;
}

const PARALLEL = 3;
/** A broken connection is tried again after these times, in milliseconds. */
const AGAIN = [1000, 4000, 15_000];

export class Uploads {
  #waiting: File[] = [];
  #running = new Set<XMLHttpRequest | null>();
  #busy = 0;
  #stopped = false;

  constructor(
    readonly url: string,
    readonly watcher: Watcher,
  ) {}

  get active(): boolean {
    return this.#busy > 0 || this.#waiting.length > 0;
  }

  add(files: File[]): void {
    this.#stopped = false;
    for (const file of files) this.#waiting.push(file);
    while (this.#busy < PARALLEL && this.#waiting.length) void this.#work();
  }

  /** Sends nothing further and breaks off what is being sent; returns how many files were never begun. What arrived is kept. */
  stop(): number {
    this.#stopped = true;
    const left = this.#waiting.length;
    this.#waiting = [];
    for (const request of this.#running) request?.abort();
    return left;
  }

  async #work(): Promise<void> {
    this.#busy += 1;
    for (let file = this.#waiting.shift(); file; file = this.#waiting.shift()) {
      const row = this.watcher.begin(file);
      const outcome = await this.#send(file, row);
      row.end(outcome);
      this.watcher.settled(outcome);
    }
    this.#busy -= 1;
    if (!this.active) this.watcher.idle();
  }

  async #send(file: File, row: Row): Promise<Outcome> {
    for (const wait of [...AGAIN, null]) {
      const outcome = await this.#once(file, row);
      if (outcome) return outcome;
      if (this.#stopped) return { name: file.name, outcome: "rejected", reason: "Stopped before it was sent." };
      if (wait !== null) await new Promise((resolve) => setTimeout(resolve, wait));
    }
    return { name: file.name, outcome: "rejected", reason: "The connection broke four times. Nothing of it was kept; upload it again later." };
  }

  /** One try; `null` when the connection broke, so that another one makes sense. */
  #once(file: File, row: Row): Promise<Outcome | null> {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      this.#running.add(request);
      const end = (outcome: Outcome | null): void => {
        this.#running.delete(request);
        resolve(outcome);
      };
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) row.bar.value = event.loaded / event.total;
        // Sent completely, the server still has to decode it; a bar without a value shows that.
        if (event.loaded === event.total) row.bar.removeAttribute("value");
      });
      request.addEventListener("load", () => {
        if (request.status === 502 || request.status === 503 || request.status === 504) end(null);
        else end(read(file.name, request.status, request.responseText));
      });
      request.addEventListener("error", () => end(null));
      request.addEventListener("abort", () => end(null));
      const form = new FormData();
      form.append("file", file, file.name);
      request.open("POST", this.url);
      request.setRequestHeader("accept", "application/json");
      request.send(form);
    });
  }
}

function read(name: string, status: number, text: string): Outcome {
  if (status >= 400) {
    const { title, detail } = problem(status, text);
    return { name, outcome: "rejected", reason: `${title} ${detail}`.trim() };
  }
  try {
    const item = (JSON.parse(text) as { items: Outcome[] }).items[0];
    if (item && (item.outcome === "added" || item.outcome === "duplicate" || item.outcome === "rejected")) return item;
  } catch {
    // Told below.
  }
  return { name, outcome: "rejected", reason: "The server's answer could not be read. Load the page again to see whether the image is there." };
}
