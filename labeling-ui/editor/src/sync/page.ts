/** What browsers have only on secure pages, or not all of them, with what to do elsewhere. */

/**
 * The right to label for a project, held by one tab of the browser at a time: two tabs on one task would write into the
 * same journal. Another tab may take it over; the one that had it writes down its work first and hears of it.
 */
export class TabLock {
  private readonly name: string;
  private readonly channel: BroadcastChannel | null;
  private holding = false;

  /** @param leave called before another tab takes over; resolves when all work is on disk. */
  constructor(project: string, private readonly leave: () => Promise<void>) {
    this.name = `labelwright-editor-${project}`;
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(this.name) : null;
    this.channel?.addEventListener("message", (event) => {
      if (event.data !== "leave" || !this.holding) return;
      this.holding = false;
      void this.leave().then(() => this.channel?.postMessage("left"));
    });
  }

  /** Whether this is the only tab now. Where the browser can't tell, it is taken to be. */
  hold(steal = false): Promise<boolean> {
    if (!("locks" in navigator) || this.holding) return Promise.resolve(true);
    return new Promise<boolean>((resolve) => {
      const options = steal ? { steal: true } : { ifAvailable: true };
      navigator.locks.request(this.name, options, (lock) => {
        this.holding = lock !== null;
        resolve(this.holding);
        // Held until the page is gone or another tab steals it.
        return lock ? new Promise<void>(() => {}) : undefined;
      }).catch(() => {
        // Stolen by a tab that could not reach this one, for example because this one was frozen.
        if (!this.holding) return;
        this.holding = false;
        void this.leave();
      });
    });
  }

  /** Takes over from the other tab, once it has written down its work, or after a moment. */
  async take(): Promise<boolean> {
    await new Promise<void>((resolve) => {
      const done = (event: MessageEvent) => event.data === "left" && resolve();
      this.channel?.addEventListener("message", done, { once: false });
      this.channel?.postMessage("leave");
      setTimeout(resolve, 1500);
    });
    return this.hold(true);
  }
}

/** Runs when the browser has nothing better to do, within a second or two. */
export function whenIdle(run: (more: () => boolean) => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback((deadline) => run(() => deadline.timeRemaining() > 2), { timeout: 2000 });
  else {
    setTimeout(() => {
      const end = performance.now() + 6;
      run(() => performance.now() < end);
    }, 50);
  }
}

/** A random UUID, also on pages served without TLS. */
export function uuid(): string {
  if ("randomUUID" in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

let device: string | null = null;

/** Tells this browser from others of the same person, for as long as it keeps its storage. */
export function deviceId(): string {
  if (device) return device;
  try {
    device = localStorage.getItem("labelwright-device") ?? uuid();
    localStorage.setItem("labelwright-device", device);
  } catch {
    device = uuid();
  }
  return device;
}
