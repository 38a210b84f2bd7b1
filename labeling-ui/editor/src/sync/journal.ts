/**
 * Every step of work on a task, written to IndexedDB as it is done, so that a crash, a reload or a closed lid loses nothing.
 *
 * A head by task holds the number of steps done and the time spent; the base, which may be large, and the steps by number
 * stand beside it, so that a step writes little. Taking a step back moves the head only, so that it can be done again after a
 * reload as well.
 */
import type { JournalEvent } from "../model/document";
import type { Lists, Saved, Step } from "../model/history";
import { read, readAll, readKeys, write } from "./database";

interface Head {
  readonly task: string;
  /** Only in heads of earlier versions; else it stands by itself. */
  readonly base?: Lists;
  first: number;
  position: number;
  seconds: number;
  changed_ms: number;
  /** The server's revision that the work began from; absent when the server counts none. */
  revision?: number;
}

/** What is kept of earlier work on a task. */
export interface Restored {
  readonly saved: Saved;
  readonly seconds: number;
  readonly changed_ms: number;
  readonly revision: number | null;
}

const KEEP_MS = 30 * 24 * 3600 * 1000;

function stepsOf(task: string, from = 0): IDBKeyRange {
  return IDBKeyRange.bound([task, from], [task, Infinity]);
}

/** What is kept of a task, or null. Broken or missing storage counts as nothing kept. */
export async function restore(task: string): Promise<Restored | null> {
  try {
    const head = await read<Head>("heads", task);
    if (!head) return null;
    const base = head.base ?? (await read<Lists>("bases", task));
    if (!base) return null;
    const steps = await readAll<Step>("steps", stepsOf(task, head.first));
    return { saved: { base, first: head.first, steps, position: head.position }, seconds: head.seconds, changed_ms: head.changed_ms, revision: head.revision ?? null };
  } catch {
    return null;
  }
}

/** A base that was written before the first step, and when. */
type Prepared = Lists & { readonly prepared_ms?: number };

export async function forget(task: string): Promise<void> {
  await write((store) => {
    store("heads").delete(task);
    store("bases").delete(task);
    store("steps").delete(stepsOf(task));
    store("pending").delete(task);
  }).catch(() => {});
}

/** Forgets work that nobody came back to for a month. */
export async function tidy(now: number): Promise<void> {
  const heads = await readAll<Head>("heads").catch((): Head[] => []);
  for (const head of heads) if (now - head.changed_ms > KEEP_MS) await forget(head.task);
  const known = new Set(heads.map((head) => head.task));
  for (const task of await readKeys("bases").catch((): IDBValidKey[] => [])) {
    if (typeof task !== "string" || known.has(task)) continue;
    // A task without a step has a base alone. It may be open right now, here or in another tab, and have an outline that was begun.
    const base = await read<Prepared>("bases", task).catch(() => undefined);
    if (base && now - (base.prepared_ms ?? 0) > KEEP_MS) await forget(task);
  }
}

/** Writes the steps of one task in order; `onState` hears when something is unwritten and when all is on disk. */
export class Journal {
  private readonly head: Head;
  /** What the steps begin from, until it is on disk. */
  private base: Lists | null;
  private waiting: (JournalEvent | { readonly type: "touch" })[] = [];
  private writing = false;

  constructor(task: string, saved: Saved, revision: number | null, private readonly seconds: () => number, private readonly now: () => number, private readonly onState: (state: "writing" | "written" | "failed") => void) {
    this.base = saved.base;
    this.head = { task, first: saved.first, position: saved.position, seconds: 0, changed_ms: now(), ...(revision === null ? {} : { revision }) };
  }

  /** Writes the base while there is time, so that the first step needn't. */
  prepare(): void {
    const { base } = this;
    if (!base || this.writing) return;
    const prepared: Prepared = { ...base, prepared_ms: this.now() };
    void write((store) => store("bases").put(prepared, this.head.task)).then(() => (this.base = this.base === base ? null : this.base), () => {});
  }

  /** A touch writes the head anew, and nothing else. */
  add(event: JournalEvent | { readonly type: "touch" }): void {
    this.waiting.push(event);
    this.onState("writing");
    if (!this.writing) void this.flush();
  }

  /** The work goes on from another revision of the server. */
  from(revision: number): void {
    this.head.revision = revision;
    this.add({ type: "touch" });
  }

  /** Resolves when nothing waits to be written, or writing failed. */
  async settled(): Promise<void> {
    while (this.writing) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  private async flush(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) {
      const events = this.waiting;
      this.waiting = [];
      try {
        await write((store) => this.put(store, events));
        this.base = null;
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

  private put(store: (name: "heads" | "bases" | "steps") => IDBObjectStore, events: readonly (JournalEvent | { readonly type: "touch" })[]): void {
    const { head } = this;
    const { task } = head;
    for (const event of events) {
      if (event.type === "touch") continue;
      if (event.type === "base") {
        this.base = event.base;
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
    // If the transaction fails, the base comes with the next one again.
    if (this.base) store("bases").put(this.base, task);
    head.seconds = this.seconds();
    head.changed_ms = this.now();
    store("heads").put(head, task);
  }
}
