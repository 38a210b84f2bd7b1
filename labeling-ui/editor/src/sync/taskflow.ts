/** From task to task: opens, fetches the next one ahead, hands in, skips, gives back. */
import { type Signal, batch, effect, signal } from "@preact/signals-core";
import { ActiveClock } from "../model/clock";
import { LabelDocument } from "../model/document";
import { toWire } from "../model/shape";
import { readStored, writeStored } from "../settings";
import { type TaskBundle, Refused, getTask, nextTask, release } from "./api";
import type { Offer, SubmitMore } from "./contracts";
import { disagreementOf, parseShapes } from "./conflict";
import { DraftSender } from "./drafts";
import { loadSource } from "./images";
import { Journal, forget, restore, tidy } from "./journal";
import { type Kept, keep, tidyKept } from "./kept";
import { Lease } from "./lease";
import type { Notice, Open, Phase, Ready } from "./open";
import { type Delivery, Outbox, type Parcel } from "./outbox";
import { TabLock, deviceId, uuid, whenIdle } from "./page";
import { restorePending } from "./pending";
import { Session } from "./session";

export type { Notice, Open, Phase, Ready } from "./open";

export class TaskFlow {
  readonly phase: Signal<Phase> = signal({ type: "loading" });
  readonly notices: Signal<readonly Notice[]> = signal([]);
  readonly journalState: Signal<"writing" | "written" | "failed"> = signal("written");
  readonly left: Signal<number> = signal(0);
  readonly outbox: Outbox;
  readonly session = new Session();
  private readonly lock: TabLock;
  /** Called when a task was fetched ahead, to make ready what showing it takes. */
  onAhead: (ready: Ready) => void = () => {};
  private ahead: Promise<Ready | null> | null = null;
  private aheadReady: Ready | null = null;
  private noticeCount = 0;
  private watching: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly project: string, private readonly show: (open: Open | null) => void) {
    this.outbox = new Outbox((delivery) => void this.delivered(delivery));
    this.lock = new TabLock(project, () => this.moveOut());
    effect(() => {
      this.outbox.user = this.session.person.value?.id ?? null;
    });
    this.outbox.held = () => this.session.expired.value || this.session.stranger.value !== null;
    this.session.onBack = () => this.backOnline();
    window.addEventListener("online", () => this.backOnline());
    window.addEventListener("pagehide", () => this.leave());
    // A page that the browser had put aside gave its tasks back: it starts anew.
    window.addEventListener("pageshow", (event) => event.persisted && void this.start(null));
    document.addEventListener("visibilitychange", () => this.visibility());
  }

  /** Opens a certain task, or the next one. */
  async start(task: string | null, takeOver = false): Promise<void> {
    this.phase.value = { type: "loading" };
    if (!(await (takeOver ? this.lock.take() : this.lock.hold()))) {
      this.phase.value = { type: "elsewhere" };
      return;
    }
    await this.session.check();
    await this.outbox.resume();
    void tidy(Date.now());
    void tidyKept(Date.now());
    await this.attempt(async () => {
      const bundle = (task ? await getTask(task) : await this.begun()) ?? (await nextTask(this.project, this.sent()));
      if (bundle) this.open(await this.prepare(bundle));
      else this.nothing();
    });
  }

  /** The task that was being worked on when the page was left, if it still can be; the server may hold others that were only fetched ahead. */
  private async begun(): Promise<TaskBundle | null> {
    const task = readStored<{ task: string | null }>(this.memory)?.task;
    if (!task || this.sent().includes(task)) return null;
    return getTask(task).catch((error: unknown) => {
      if (error instanceof Refused && error.status !== 401) return null;
      throw error;
    });
  }

  private get memory(): string {
    return `labelwright-task-${this.project}`;
  }

  /** Whether the server has a part, as far as the open task says. */
  offers(part: Offer): boolean {
    return this.current()?.bundle.offers?.includes(part) ?? false;
  }

  /** The next task now: from ahead if it is there. */
  async next(): Promise<void> {
    this.close();
    writeStored(this.memory, { task: null });
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
    const body = { key: uuid(), seconds: open.clock.seconds(), shapes, ...this.origin(open) };
    // Not waited for: until the parcel is on disk, the journal has the same work.
    this.outbox.add(this.parcel(open, { type: "submit", body }));
    await this.next();
  }

  async skip(reason: string): Promise<void> {
    const open = this.current();
    if (!open) return;
    // Whoever skipped by mistake finds what was drawn when the image comes again.
    if (open.doc.items.value.length > 0) void this.keepCopy(open, "skipped");
    this.outbox.add(this.parcel(open, { type: "skip", reason }));
    await this.next();
  }

  /** What the work began from, where the server counts revisions. */
  private origin({ revision }: Open): SubmitMore {
    return revision.value === null ? {} : { base_revision: revision.value, device: deviceId() };
  }

  private parcel(open: Open, work: Parcel["work"]): Parcel {
    const { task, image } = open.bundle;
    const user = this.session.person.value?.id;
    return { task: task.id, image: image.name, image_id: image.id, ...(user ? { user } : {}), packed_ms: Date.now(), work };
  }

  private keepCopy(open: Open, why: Kept["why"]): Promise<boolean> {
    return keep({ task: open.bundle.task.id, image: open.bundle.image.id, why, of: "mine", made_ms: Date.now(), shapes: open.doc.items.value.map(toWire) });
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
    const { bundle, lease, kept } = ready;
    const { width, height } = bundle.image;
    const { items, suggestions, dropped } = ready.parsed;
    const saved = kept?.saved ?? { base: { items, suggestions }, first: 0, steps: [], position: 0 };
    const doc = new LabelDocument(width, height, saved, () => performance.now());
    const clock = new ActiveClock((kept?.seconds ?? 0) * 1000);
    clock.activity(performance.now());
    const disagreement = kept && disagreementOf(bundle, kept);
    const revision = kept?.revision ?? bundle.revision ?? null;
    const journal = new Journal(bundle.task.id, saved, revision, () => clock.seconds(), () => Date.now(), (state) => (this.journalState.value = state));
    const drafts = bundle.offers?.includes("draft") ? this.draftSender(ready) : null;
    doc.onJournal = (event) => {
      journal.add(event);
      drafts?.plan();
    };
    const open: Open = { ...ready, doc, clock, journal, drafts, revision: signal(revision), disagreement: signal(disagreement) };
    batch(() => {
      this.journalState.value = "written";
      this.left.value = bundle.left;
      this.show(open);
      this.phase.value = { type: "working", open };
    });
    if (dropped > 0) this.notify("warn", `${dropped} shapes of this image could not be read and are not shown.`);
    if (kept && kept.saved.position > 0 && !disagreement) this.notify("info", `Your work on ${bundle.image.name} is back as you left it.`);
    writeStored(this.memory, { task: bundle.task.id });
    void lease.beat();
    this.prefetch();
    whenIdle(() => open === this.current() && journal.prepare());
  }

  private draftSender({ bundle, lease }: Ready): DraftSender {
    const body = () => {
      const open = this.current();
      return { seconds: open?.clock.seconds() ?? 0, ...(open ? this.origin(open) : {}), shapes: open?.doc.items.value.map(toWire) ?? [] };
    };
    const still = () => {
      const open = this.current();
      return open?.bundle.task.id === bundle.task.id ? open : null;
    };
    return new DraftSender(bundle.task.id, body, {
      taken: (revision) => {
        const open = still();
        if (!open) return;
        open.revision.value = revision;
        open.journal.from(revision);
      },
      lost: () => lease.lose(),
      conflict: (conflict) => {
        const open = still();
        if (open) open.disagreement.value = { ...conflict, mine_ms: Date.now() };
      },
    });
  }

  /** A person said which version goes on; the other one is kept. */
  async decide(which: "mine" | "server"): Promise<void> {
    const open = this.current();
    const other = open?.disagreement.value;
    if (!open || !other) return;
    const { bundle, doc } = open;
    const copy = { task: bundle.task.id, image: bundle.image.id, why: "conflict", made_ms: Date.now() } as const;
    if (which === "mine") await keep({ ...copy, of: "server", made_ms: other.made_ms, shapes: other.shapes });
    else {
      await keep({ ...copy, of: "mine", shapes: doc.items.value.map(toWire) });
      const { items } = parseShapes(other.shapes, 0, doc.width, doc.height);
      doc.commit("Take the server's version", { items: items.map((item) => ({ ...item, id: doc.newId() })) }, { select: [] });
    }
    open.revision.value = other.revision;
    open.journal.from(other.revision);
    open.disagreement.value = null;
    open.drafts?.resume();
  }

  /** Another tab takes over: everything is on disk before it does. */
  private async moveOut(): Promise<void> {
    const open = this.current();
    await open?.journal.settled();
    this.close();
    this.aheadReady?.lease.end();
    this.ahead = null;
    this.aheadReady = null;
    this.phase.value = { type: "elsewhere" };
  }

  /** The network or the sign-in is back: everything that waited is tried at once. */
  private backOnline(): void {
    this.outbox.retry();
    const open = this.current();
    void open?.lease.beat();
    if (open?.doc.touched) open.drafts?.plan();
    if (this.phase.value.type === "trouble") void this.start(null);
    else if (open) this.prefetch();
  }

  private close(): void {
    const open = this.current();
    open?.lease.end();
    open?.drafts?.stop();
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
        else {
          this.watchAhead(ready);
          this.onAhead(ready);
        }
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
    const [source, kept, pending] = await Promise.all([loadSource(bundle), restore(bundle.task.id), restorePending(bundle.task.id)]);
    const { width, height } = bundle.image;
    const shapes = parseShapes(bundle.shapes, 1, width, height);
    const suggestions = parseShapes(bundle.suggestions, 1 + bundle.shapes.length, width, height);
    const parsed = { items: shapes.items, suggestions: suggestions.items, dropped: shapes.dropped + suggestions.dropped };
    return { bundle, source, parsed, kept, pending, lease: new Lease(bundle.task.id, bundle.task.lease_until_ms, bundle.task.lease_seconds) };
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

  private async delivered(delivery: Delivery): Promise<void> {
    const { parcel } = delivery;
    const { task, image, work } = parcel;
    if (delivery.type === "taken") {
      void forget(task);
      if (delivery.repaired.length > 0) this.notify("info", `${image}: ${delivery.repaired.join("; ")}`);
      if (!this.ahead) this.prefetch();
      return;
    }
    const why = delivery.type;
    if (work.type === "submit" && parcel.image_id) await keep({ task, image: parcel.image_id, why, of: "mine", made_ms: parcel.packed_ms, shapes: work.body.shapes });
    if (delivery.type === "conflict") {
      this.notify("warn", `The server has newer work on ${image}, so yours was not handed in. Both are kept.`, task, "Compare");
    } else if (delivery.type === "lease-lost") {
      const where = delivery.kept ?? "Your work is kept on this computer.";
      this.notify("warn", `The lease on ${image} had run out, so it was not handed in. ${where}`);
    } else {
      this.notify("warn", `The server did not take ${image}: ${delivery.detail} Your work is kept on this computer.`, delivery.status === 422 ? task : null);
    }
  }

  private notify(tone: Notice["tone"], text: string, task: string | null = null, deed = "Open it again"): void {
    const id = this.noticeCount++;
    this.notices.value = [...this.notices.value.slice(-3), { id, tone, text, task, deed }];
    if (tone === "info") setTimeout(() => this.drop(id), 6000);
  }

  /** The page goes away: untouched tasks are free for others at once; begun work keeps its lease. */
  private leave(): void {
    if (this.aheadReady) release(this.aheadReady.bundle.task.id);
    this.aheadReady?.lease.end();
    this.ahead = null;
    this.aheadReady = null;
    const open = this.current();
    if (open && !open.doc.touched) {
      release(open.bundle.task.id);
      writeStored(this.memory, { task: null });
    }
    open?.lease.end();
    open?.drafts?.stop();
  }

  private visibility(): void {
    const open = this.current();
    if (document.visibilityState === "hidden") {
      open?.clock.pause(performance.now());
      return;
    }
    open?.clock.activity(performance.now());
    void open?.lease.beat();
    // Someone may have signed in elsewhere, as this person or as another.
    void this.session.check().then((same) => same && this.outbox.retry());
  }
}
