/** From task to task: opens, fetches the next one ahead, hands in, skips, gives back. */
import { type Signal, batch, effect, signal } from "@preact/signals-core";
import { ActiveClock } from "../model/clock";
import { LabelDocument } from "../model/document";
import { type Item, type WireShape, fromWire, toWire } from "../model/shape";
import { type TaskBundle, Refused, getTask, loadImage, nextTask, release } from "./api";
import { Journal, forget, restore, tidy } from "./journal";
import { Lease } from "./lease";
import { type Delivery, Outbox } from "./outbox";
import { onlyTab, uuid } from "./page";

/** A task with everything that is needed to show it at once. */
interface Ready {
  readonly bundle: TaskBundle;
  readonly bitmap: ImageBitmap;
  readonly lease: Lease;
  /** What the journal kept of earlier work on the task. */
  readonly kept: Awaited<ReturnType<typeof restore>>;
}

export interface Open extends Ready {
  readonly doc: LabelDocument;
  readonly clock: ActiveClock;
  /** Shapes of the server that made no sense and are not shown. */
  readonly dropped: number;
}

export type Phase =
  | { readonly type: "loading" }
  | { readonly type: "working"; readonly open: Open }
  | { readonly type: "empty" }
  | { readonly type: "trouble"; readonly title: string; readonly detail: string; readonly signIn: boolean };

/** Something a person must know about work that is not on the screen any more. */
export interface Notice {
  readonly id: number;
  readonly tone: "info" | "warn";
  readonly text: string;
  /** A task whose work can be opened again. */
  readonly task: string | null;
}

export class TaskFlow {
  readonly phase: Signal<Phase> = signal({ type: "loading" });
  readonly notices: Signal<readonly Notice[]> = signal([]);
  readonly journalState: Signal<"writing" | "written" | "failed"> = signal("written");
  readonly left: Signal<number> = signal(0);
  readonly outbox: Outbox;
  private ahead: Promise<Ready | null> | null = null;
  private aheadReady: Ready | null = null;
  private noticeCount = 0;
  private watching: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly project: string, private readonly show: (open: Open | null) => void) {
    this.outbox = new Outbox((delivery) => this.delivered(delivery));
    window.addEventListener("pagehide", () => this.leave());
    // A page that the browser had put aside gave its tasks back: it starts anew.
    window.addEventListener("pageshow", (event) => event.persisted && void this.start(null));
    document.addEventListener("visibilitychange", () => this.visibility());
  }

  /** Opens a certain task, or the next one. */
  async start(task: string | null): Promise<void> {
    this.phase.value = { type: "loading" };
    if (!(await onlyTab(this.project))) {
      const detail = "Two tabs would work on the same image. Go on in the other tab, or close it and try again here.";
      this.phase.value = { type: "trouble", title: "This project is open in another tab", detail, signIn: false };
      return;
    }
    void this.outbox.resume();
    void tidy(Date.now());
    await this.attempt(async () => {
      const bundle = task ? await getTask(task) : await nextTask(this.project, this.sent());
      if (bundle) this.open(await this.prepare(bundle));
      else this.nothing();
    });
  }

  /** The next task now: from ahead if it is there. */
  async next(): Promise<void> {
    this.close();
    const ready = this.aheadReady;
    if (ready) {
      this.ahead = null;
      this.aheadReady = null;
      this.open(ready);
      return;
    }
    this.phase.value = { type: "loading" };
    await this.attempt(async () => {
      const fetched = this.ahead ? await this.ahead.catch(() => null) : null;
      this.ahead = null;
      this.aheadReady = null;
      const again = fetched ?? (await this.fetchAhead([]));
      if (again) this.open(again);
      else this.nothing();
    });
  }

  /** Hands the open task in and goes on at once; the work is sent in the background. */
  async submit(): Promise<void> {
    const open = this.current();
    if (!open) return;
    open.clock.activity(performance.now());
    const shapes = open.doc.items.value.map(toWire);
    const body = { key: uuid(), seconds: open.clock.seconds(), shapes };
    // Not waited for: until the parcel is on disk, the journal has the same work.
    this.outbox.add({ task: open.bundle.task.id, image: open.bundle.image.name, packed_ms: Date.now(), work: { type: "submit", body } });
    await this.next();
  }

  async skip(reason: string): Promise<void> {
    const open = this.current();
    if (!open) return;
    this.outbox.add({ task: open.bundle.task.id, image: open.bundle.image.name, packed_ms: Date.now(), work: { type: "skip", reason } });
    await this.next();
  }

  /** Opens the work of a task again that the server did not take. */
  async reopen(task: string): Promise<void> {
    const open = this.current();
    if (open && !open.doc.touched) release(open.bundle.task.id);
    this.close();
    await this.start(task);
  }

  current(): Open | null {
    const { value } = this.phase;
    return value.type === "working" ? value.open : null;
  }

  drop(notice: number): void {
    this.notices.value = this.notices.value.filter((other) => other.id !== notice);
  }

  private open(ready: Ready): void {
    const { bundle, lease } = ready;
    const { width, height } = bundle.image;
    const { kept } = ready;
    let dropped = 0;
    let id = 1;
    const parse = (shapes: readonly WireShape[]): Item[] => {
      return shapes.flatMap((shape) => {
        const item = fromWire(shape, id++, width, height);
        if (!item) dropped++;
        return item ?? [];
      });
    };
    const fresh = { base: { items: parse(bundle.shapes), suggestions: parse(bundle.suggestions) }, first: 0, steps: [], position: 0 };
    const saved = kept?.saved ?? fresh;
    const doc = new LabelDocument(width, height, saved, () => performance.now());
    const clock = new ActiveClock((kept?.seconds ?? 0) * 1000);
    clock.activity(performance.now());
    const journal = new Journal(bundle.task.id, saved, () => clock.seconds(), () => Date.now(), (state) => (this.journalState.value = state));
    doc.onJournal = (event) => journal.add(event);
    const open: Open = { ...ready, doc, clock, dropped };
    batch(() => {
      this.journalState.value = "written";
      this.left.value = bundle.left;
      this.show(open);
      this.phase.value = { type: "working", open };
    });
    if (dropped > 0) this.notify("warn", `${dropped} shapes of this image could not be read and are not shown.`);
    if (kept && kept.saved.position > 0) this.notify("info", `Your work on ${bundle.image.name} is back as you left it.`);
    void lease.beat();
    this.prefetch();
  }

  private close(): void {
    this.current()?.lease.end();
    this.show(null);
  }

  /** Tasks whose work is on its way must not be handed out again. */
  private sent(): string[] {
    return this.outbox.waiting.value.map((parcel) => parcel.task);
  }

  private prefetch(): void {
    const current = this.current()?.bundle.task.id;
    if (this.ahead || !current) return;
    const fetching = this.fetchAhead([current]);
    this.ahead = fetching;
    fetching.then(
      (ready) => {
        if (this.ahead !== fetching) return;
        this.aheadReady = ready;
        if (!ready) this.ahead = null;
        else this.watchAhead(ready);
      },
      () => {
        if (this.ahead === fetching) this.ahead = null;
      },
    );
  }

  /** Drops a task fetched ahead when its lease is lost. */
  private watchAhead(ready: Ready): void {
    const stop = effect(() => {
      if (ready.lease.state.value !== "lost" || this.aheadReady !== ready) return;
      this.aheadReady = null;
      this.ahead = null;
      ready.lease.end();
      queueMicrotask(() => stop());
    });
  }

  private async fetchAhead(except: readonly string[]): Promise<Ready | null> {
    const bundle = await nextTask(this.project, [...except, ...this.sent()]);
    return bundle && this.prepare(bundle);
  }

  private async prepare(bundle: TaskBundle): Promise<Ready> {
    const bitmap = await loadImage(bundle.image.url);
    const kept = await restore(bundle.task.id);
    return { bundle, bitmap, kept, lease: new Lease(bundle.task.id, bundle.task.lease_until_ms, bundle.task.lease_seconds) };
  }

  private nothing(): void {
    this.phase.value = { type: "empty" };
    this.left.value = 0;
    clearTimeout(this.watching);
    // Work may come back to the queue at any time; looking costs little.
    this.watching = setTimeout(() => this.phase.value.type === "empty" && void this.lookAgain(), 20_000);
  }

  async lookAgain(): Promise<void> {
    await this.attempt(async () => {
      const ready = await this.fetchAhead([]);
      if (ready) this.open(ready);
      else this.nothing();
    });
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.show(null);
      if (error instanceof Refused) {
        const signIn = error.status === 401;
        const detail = signIn ? "Sign in again in another tab, then come back here. Your work is kept on this computer." : error.detail || "Nothing was lost. Try again, or go back to the project.";
        this.phase.value = { type: "trouble", title: signIn ? "Your sign-in has expired" : error.title, detail, signIn };
      } else {
        this.phase.value = { type: "trouble", title: "The server can't be reached", detail: "Finished work is kept on this computer and sent when the server is back.", signIn: false };
      }
    }
  }

  private delivered(delivery: Delivery): void {
    const { task, image } = delivery.parcel;
    if (delivery.type === "taken") {
      void forget(task);
      if (delivery.repaired.length > 0) this.notify("info", `${image}: ${delivery.repaired.join("; ")}`);
      if (!this.ahead) this.prefetch();
    } else if (delivery.type === "lease-lost") {
      const where = delivery.kept ?? "Your work is kept on this computer.";
      this.notify("warn", `The lease on ${image} had run out, so it was not handed in. ${where}`);
    } else {
      this.notify("warn", `The server did not take ${image}: ${delivery.detail} Your work is kept on this computer.`, delivery.status === 422 ? task : null);
    }
  }

  private notify(tone: Notice["tone"], text: string, task: string | null = null): void {
    const id = this.noticeCount++;
    this.notices.value = [...this.notices.value.slice(-3), { id, tone, text, task }];
    if (tone === "info") setTimeout(() => this.drop(id), 6000);
  }

  /** The page goes away: untouched tasks are free for others at once; begun work keeps its lease. */
  private leave(): void {
    if (this.aheadReady) release(this.aheadReady.bundle.task.id);
    this.aheadReady?.lease.end();
    this.ahead = null;
    this.aheadReady = null;
    const open = this.current();
    if (open && !open.doc.touched) release(open.bundle.task.id);
    open?.lease.end();
  }

  private visibility(): void {
    const open = this.current();
    if (!open) return;
    if (document.visibilityState === "hidden") open.clock.pause(performance.now());
    else void open.lease.beat();
  }
}
