/** Finished work on its way to the server: kept on this computer until the server has it, and tried again until then. */
import { type Signal, signal } from "@preact/signals-core";
import { type SubmitBody, Refused, skip, submit } from "./api";
import type { Conflict } from "./contracts";
import { readAll, write } from "./database";

export interface Parcel {
  readonly task: string;
  /** The image's name, and its id for copies that are kept of it; the latter is missing in parcels of earlier versions. */
  readonly image: string;
  readonly image_id?: string;
  /** Who packed it: nobody else's sign-in may send it. */
  readonly user?: string;
  readonly packed_ms: number;
  readonly work: { readonly type: "submit"; readonly body: SubmitBody } | { readonly type: "skip"; readonly reason: string };
}

export type OutboxState = "empty" | "sending" | "offline" | "signed-out";

/** How the server answered: it has the work, or it will not take it. */
export type Delivery =
  | { readonly type: "taken"; readonly parcel: Parcel; readonly repaired: readonly string[] }
  | { readonly type: "lease-lost"; readonly parcel: Parcel; readonly kept: string | null }
  | { readonly type: "conflict"; readonly parcel: Parcel; readonly conflict: Conflict }
  | { readonly type: "refused"; readonly parcel: Parcel; readonly status: number; readonly detail: string };

const WAITS = [1, 2, 4, 8, 15, 30];

export class Outbox {
  readonly state: Signal<OutboxState> = signal("empty");
  readonly waiting: Signal<readonly Parcel[]> = signal([]);
  private running = false;
  private failures = 0;
  private wake: (() => void) | null = null;
  /** Who is signed in, as far as is known; parcels of others wait for them. */
  user: string | null = null;
  /** Whether nothing may be sent now, because the right person is not signed in. */
  held: () => boolean = () => false;

  constructor(private readonly onDelivery: (delivery: Delivery) => void) {
    window.addEventListener("online", () => this.retry());
  }

  /** Takes up what an earlier visit could not deliver. */
  async resume(): Promise<void> {
    const kept = await readAll<Parcel>("outbox").catch((): Parcel[] => []);
    const known = new Set(this.waiting.value.map((parcel) => parcel.task));
    this.waiting.value = [...kept.filter((parcel) => !known.has(parcel.task)), ...this.waiting.value].sort((a, b) => a.packed_ms - b.packed_ms);
    void this.run();
  }

  add(parcel: Parcel): void {
    this.waiting.value = [...this.waiting.value.filter((other) => other.task !== parcel.task), parcel];
    this.state.value = "sending";
    // The next image comes first: packing thousands of shapes takes a moment, and until then the journal has the same work.
    setTimeout(() => {
      // If storage is forbidden, the parcel lives as long as the page.
      void write((store) => store("outbox").put(parcel, parcel.task)).catch(() => {}).then(() => this.run());
    }, 60);
  }

  /** Tries at once, for example after signing in again. */
  retry(): void {
    this.failures = 0;
    this.wake?.();
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let parcel = this.mine(); parcel; parcel = this.mine()) {
      const delivery = this.held() ? null : await this.send(parcel);
      if (!delivery) {
        await this.pause();
        continue;
      }
      this.failures = 0;
      const { task } = parcel;
      this.waiting.value = this.waiting.value.filter((other) => other.task !== task);
      await write((store) => store("outbox").delete(task)).catch(() => {});
      this.onDelivery(delivery);
    }
    this.state.value = "empty";
    this.running = false;
  }

  private mine(): Parcel | undefined {
    return this.waiting.value.find(({ user }) => !user || !this.user || user === this.user);
  }

  /** Null when it should be tried again later. */
  private async send(parcel: Parcel): Promise<Delivery | null> {
    if (this.state.value === "empty") this.state.value = "sending";
    try {
      const { work } = parcel;
      const repaired = work.type === "submit" ? (await submit(parcel.task, work.body)).repaired : (await skip(parcel.task, work.reason), []);
      this.state.value = "sending";
      return { type: "taken", parcel, repaired };
    } catch (error) {
      if (!(error instanceof Refused) || error.status >= 500 || error.status === 429) {
        this.state.value = "offline";
        return null;
      }
      if (error.status === 401) {
        this.state.value = "signed-out";
        return null;
      }
      if (error.conflict) return { type: "conflict", parcel, conflict: error.conflict };
      if (error.status === 409) return { type: "lease-lost", parcel, kept: error.kept };
      return { type: "refused", parcel, status: error.status, detail: error.message };
    }
  }

  private pause(): Promise<void> {
    const seconds = WAITS[Math.min(this.failures++, WAITS.length - 1)] ?? 30;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
