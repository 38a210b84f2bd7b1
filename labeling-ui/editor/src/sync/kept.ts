/** Copies of work that did not become the server's: after a conflict, a lost lease or a refusal. Kept here until they are a month old. */
import type { WireShape } from "../model/shape";
import { readAll, write } from "./database";
import { uuid } from "./page";

export interface Kept {
  readonly key: string;
  readonly task: string;
  readonly image: string;
  readonly why: "conflict" | "lease-lost" | "refused" | "skipped";
  /** Whose it was: this person's, or what the server had. */
  readonly of: "mine" | "server";
  readonly made_ms: number;
  readonly shapes: readonly WireShape[];
}

const KEEP_MS = 30 * 24 * 3600 * 1000;

/** Keeps a copy; resolves to whether it is on disk. */
export async function keep(copy: Omit<Kept, "key">): Promise<boolean> {
  const key = uuid();
  return write((store) => store("kept").put({ ...copy, key }, key)).then(() => true, () => false);
}

/** The copies of an image, newest first. */
export async function keptOf(image: string): Promise<Kept[]> {
  const all = await readAll<Kept>("kept").catch((): Kept[] => []);
  return all.filter((copy) => copy.image === image).sort((a, b) => b.made_ms - a.made_ms);
}

export async function tidyKept(now: number): Promise<void> {
  const old = (await readAll<Kept>("kept").catch((): Kept[] => [])).filter((copy) => now - copy.made_ms > KEEP_MS);
  if (old.length > 0) await write((store) => old.forEach((copy) => store("kept").delete(copy.key))).catch(() => {});
}
