/** Time on a task: gaps without any sign of life longer than `idle` count only up to it. */
export class ActiveClock {
  private last: number | null = null;

  constructor(private milliseconds = 0, private readonly idle = 60_000) {}

  /** Something happened (a key, a movement of the pointer). */
  activity(now: number): void {
    if (this.last !== null && now > this.last) this.milliseconds += Math.min(now - this.last, this.idle);
    this.last = now;
  }

  /** The page went out of sight: time until it comes back doesn't count. */
  pause(now: number): void {
    this.activity(now);
    this.last = null;
  }

  /** @param now counts the time since the last sign of life too, up to where it would be idle. */
  seconds(now?: number): number {
    const since = now !== undefined && this.last !== null ? Math.max(0, Math.min(now - this.last, this.idle)) : 0;
    return Math.round((this.milliseconds + since) / 100) / 10;
  }
}
