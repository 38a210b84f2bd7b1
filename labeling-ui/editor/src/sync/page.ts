/** Two things of the browser that are only there on secure pages, with what to do elsewhere. */

let held: Promise<boolean> | null = null;

/** Whether this is the only tab that labels for the project. Where the browser can't tell, it is taken to be. */
export function onlyTab(project: string): Promise<boolean> {
  if (!("locks" in navigator)) return Promise.resolve(true);
  held ??= new Promise<boolean>((resolve) => {
    void navigator.locks.request(`labelwright-editor-${project}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      if (!lock) held = null;
      // Held until the page is gone.
      return lock ? new Promise<void>(() => {}) : undefined;
    });
  });
  return held;
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
