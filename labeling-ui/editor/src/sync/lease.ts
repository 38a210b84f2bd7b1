/** Keeps the leases of held tasks alive with a heartbeat at a third of their length, and once a minute at least. */
import { type Signal, signal } from "@preact/signals-core";
import { Refused, heartbeat } from "./api";

/** `overdue`: it ran out while the server could not be asked; it may still be this person's. */
export type LeaseState = "held" | "overdue" | "lost" | "signed-out";

export class Lease {
  readonly until: Signal<number>;
  readonly state: Signal<LeaseState> = signal("held");
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ended = false;

  constructor(private readonly task: string, untilMs: number, private readonly seconds: number) {
    this.until = signal(untilMs);
    this.plan(this.period());
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  /** The server said elsewhere that the lease is lost. */
  lose(): void {
    this.state.value = "lost";
    clearTimeout(this.timer);
  }

  /** Asks the server now, for example when the computer woke up. */
  async beat(): Promise<void> {
    if (this.ended) return;
    try {
      this.until.value = await heartbeat(this.task);
      this.state.value = "held";
      this.plan(this.period());
    } catch (error) {
      const status = error instanceof Refused ? error.status : 0;
      if (status === 409 || status === 404 || status === 403) {
        this.state.value = "lost";
        return;
      }
      if (status === 401) this.state.value = "signed-out";
      else if (Date.now() > this.until.value) this.state.value = "overdue";
      // Offline or signed out: asked again soon, since the lease may outlast the trouble.
      this.plan(Math.min(this.period(), 15_000));
    }
  }

  /** Often enough that a lost lease is said within a minute. */
  private period(): number {
    return Math.min(60_000, Math.max(2000, (this.seconds * 1000) / 3));
  }

  private plan(milliseconds: number): void {
    clearTimeout(this.timer);
    if (!this.ended) this.timer = setTimeout(() => void this.beat(), milliseconds);
  }
}
