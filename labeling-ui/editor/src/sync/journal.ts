/**
 * Every step of work on a task, written to IndexedDB as it is done, so that a crash, a reload or a closed lid loses nothing.
 *
 * A head by task holds the base, the number of steps done and the time spent; steps stand beside it by number. Taking a
 * step back moves the head only, so that it can be done again after a reload as well.
 */
import type { JournalEvent } from "../model/document";
import type { Lists, Saved, Step } from "../model/history";
import { readAll, read, write } from "./database";

interface Head {
  readonly task: string;
  base: Lists;
  first: number;
  position: number;
  seconds: number;
  changed_ms: number;
}

const KEEP_MS = 30 * 24 * 3600 * 1000;

function stepsOf(task: string, from = 0): IDBKeyRange {
  return IDBKeyRange.bound([task, from], [task, Infinity]);
}

/** What is kept of a task, or null. Broken or missing storage counts as nothing kept. */
export async function restore(task: string): Promise<{ saved: Saved; seconds: number } | null> {
  try {
    const head = await read<Head>("heads", task);
    if (!head) return null;
    const steps = await readAll<Step>("steps", stepsOf(task, head.first));
    return { saved: { base: head.base, first: head.first, steps, position: head.position }, seconds: head.seconds };
  } catch {
    return null;
  }
}

export async function forget(task: string): Promise<void> {
  await write((store) => {
    store("heads").delete(task);
    store("steps").delete(stepsOf(task));
  }).catch(() => {});
}

/** Forgets work that nobody came back to for a month. */
export async function tidy(now: number): Promise<void> {
  const heads = await readAll<Head>("heads").catch((): Head[] => []);
  for (const head of heads) if (now - head.changed_ms > KEEP_MS) await forget(head.task);
}

/** Writes the steps of one task in order; `onState` hears when something is unwritten and when all is on disk. */
export class Journal {
  private readonly head: Head;
  private waiting: JournalEvent[] = [];
  private writing = false;

  constructor(task: string, saved: Saved, private readonly seconds: () => number, private readonly now: () => number, private readonly onState: (state: "writing" | "written" | "failed") => void) {
    this.head = { task, base: saved.base, first: saved.first, position: saved.position, seconds: 0, changed_ms: now() };
  }

  add(event: JournalEvent): void {
    this.waiting.push(event);
    this.onState("writing");
    if (!this.writing) void this.flush();
  }

  private async flush(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) {
      const events = this.waiting;
      this.waiting = [];
      try {
        await write((store) => this.put(store, events));
      } catch {
        // Tried again with the next step; the page itself still holds everything.
        this.waiting = [...events, ...this.waiting];
        this.writing = false;
        this.onState("failed");
        return;
      }
    }
    this.writing = false;
    this.onState("written");
  }

  private put(store: (name: "heads" | "steps") => IDBObjectStore, events: readonly JournalEvent[]): void {
    const { head } = this;
    const { task } = head;
    for (const event of events) {
      if (event.type === "base") {
        head.base = event.base;
        head.first = event.first;
        store("steps").delete(IDBKeyRange.bound([task, 0], [task, event.first], false, true));
        continue;
      }
      head.position = event.position;
      if (event.type === "step") {
        // What was taken back before this step can't be done again.
        store("steps").delete(stepsOf(task, event.number));
        store("steps").put(event.step, [task, event.number]);
      }
    }
    head.seconds = this.seconds();
    head.changed_ms = this.now();
    store("heads").put(head, task);
  }
}
