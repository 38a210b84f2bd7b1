/** Sends work in progress to the server now and then, so that it can go on at another computer. The journal keeps every step in any case. */
import { Refused, json } from "./api";
import type { Conflict, DraftBody } from "./contracts";

const PAUSE_MS = 5_000;

export class DraftSender {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending = false;
  private again = false;
  private stopped = false;

  constructor(
    private readonly task: string,
    private readonly body: () => DraftBody,
    private readonly heard: { taken(revision: number): void; conflict(conflict: Conflict): void; lost(): void },
  ) {}

  /** Something changed. */
  plan(): void {
    if (!this.stopped) this.timer ??= setTimeout(() => void this.send(), PAUSE_MS);
  }

  /** Sends at once, whatever the pause. */
  async send(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.stopped) return;
    if (this.sending) {
      this.again = true;
      return;
    }
    this.sending = true;
    try {
      this.heard.taken((await json<{ revision: number }>("PUT", `/tasks/${this.task}/draft`, this.body())).revision);
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 401 || error.status >= 500 || error.status === 429) this.plan();
      else {
        // What the server will not take now it will not take in five seconds either.
        this.stopped = true;
        if (error.conflict) this.heard.conflict(error.conflict);
        else if (error.status === 409) this.heard.lost();
      }
    } finally {
      this.sending = false;
      if (this.again) {
        this.again = false;
        this.plan();
      }
    }
  }

  resume(): void {
    this.stopped = false;
    this.plan();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}
