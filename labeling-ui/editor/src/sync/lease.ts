/** Keeps the leases of held tasks alive with a heartbeat at a third of their length. */
import { type Signal, signal } from "@preact/signals-core";
import { Refused, heartbeat } from "./api";

export type LeaseState = "held" | "lost" | "signed-out";

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
      // Offline or signed out: asked again soon, since the lease may outlast the trouble.
      this.plan(Math.min(this.period(), 15_000));
    }
  }

  private period(): number {
    return Math.max(2000, (this.seconds * 1000) / 3);
  }

  private plan(milliseconds: number): void {
    clearTimeout(this.timer);
    if (!this.ended) this.timer = setTimeout(() => void this.beat(), milliseconds);
  }
}
