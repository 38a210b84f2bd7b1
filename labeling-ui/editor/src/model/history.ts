/**
 * Steps of work that can be taken back and done again.
 *
 * Items are immutable, so a step is the list of items before and after it with their places, and undoing it puts the very
 * same items back. Of a mask that was painted only the pixels that changed are kept, as runs. The list is bounded by bytes; steps
 * that fall off its front become part of the base.
 */
import { combineRuns } from "./mask_ops";
import { type Item, weight } from "./shape";

export type ListName = "items" | "suggestions";
export type Lists = { readonly [name in ListName]: readonly Item[] };

export type Change = Whole | Repaint;

/** An item that came, went, or became another. */
export interface Whole {
  readonly list: ListName;
  readonly before: Item | null;
  /** Place in the list before the step; -1 when it wasn't there. */
  readonly beforeAt: number;
  readonly after: Item | null;
  readonly afterAt: number;
}

/** A mask of which pixels changed sides: the runs between those, the same both ways. */
export interface Repaint {
  readonly list: ListName;
  readonly before: Head;
  readonly beforeAt: number;
  readonly after: Head;
  readonly afterAt: number;
  readonly flips: Uint32Array;
}

/** All of an item but its geometry. */
export type Head = Omit<Item, "geometry">;

export interface Step {
  readonly label: string;
  readonly changes: readonly Change[];
  readonly bytes: number;
}

/** What turns one state of a list into another. Items that keep their place and identity are not named. */
export function diff(list: ListName, before: readonly Item[], after: readonly Item[]): Whole[] {
  const beforeAt = new Map(before.map((item, at) => [item.id, at]));
  const afterAt = new Map(after.map((item, at) => [item.id, at]));
  const changed = new Set<number>();
  for (const item of before) if (after[afterAt.get(item.id) ?? -1] !== item) changed.add(item.id);
  for (const item of after) if (!beforeAt.has(item.id)) changed.add(item.id);
  const stayed = before.filter((item) => !changed.has(item.id));
  const staying = after.filter((item) => !changed.has(item.id));
  const mixed = stayed.map((item, at) => (item === staying[at] ? -1 : at)).filter((at) => at >= 0);
  for (let at = mixed[0] ?? 0; at <= (mixed[mixed.length - 1] ?? -1); at++) changed.add(stayed[at]?.id ?? -1);
  return [...changed].map((id) => {
    const from = beforeAt.get(id) ?? -1;
    const to = afterAt.get(id) ?? -1;
    return { list, before: before[from] ?? null, beforeAt: from, after: after[to] ?? null, afterAt: to };
  });
}

/** A step from one state to another, or null when nothing changed. */
export function stepBetween(label: string, before: Lists, after: Lists): Step | null {
  const changes = [...diff("items", before.items, after.items), ...diff("suggestions", before.suggestions, after.suggestions)].map(shortened);
  if (changes.length === 0) return null;
  return { label, changes, bytes: changes.reduce((sum, change) => sum + bytesOf(change), 0) };
}

function bytesOf(change: Change): number {
  if ("flips" in change) return 250 + 4 * change.flips.length;
  return 50 + (change.before ? weight(change.before) : 0) + (change.after ? weight(change.after) : 0);
}

/** A change of a mask's pixels by those pixels alone, where that is shorter. */
function shortened(change: Whole): Change {
  const { before, after } = change;
  if (before?.geometry.type !== "mask" || after?.geometry.type !== "mask") return change;
  const [a, b] = [before.geometry.mask, after.geometry.mask];
  if (a.width !== b.width || a.height !== b.height) return change;
  const flips = combineRuns("xor", a.runs, b.runs);
  if (flips.length >= a.runs.length + b.runs.length) return change;
  const head = ({ geometry: _, ...rest }: Item): Head => rest;
  return { list: change.list, before: head(before), beforeAt: change.beforeAt, after: head(after), afterAt: change.afterAt, flips };
}

/** The item after a repaint, made from the one before it. */
function repainted(item: Item | undefined, head: Head, flips: Uint32Array): Item | null {
  if (item?.geometry.type !== "mask") return null;
  const { width, height, runs } = item.geometry.mask;
  return { ...head, geometry: { type: "mask", mask: { width, height, runs: combineRuns("xor", runs, flips) } } };
}

export function applyStep(lists: Lists, step: Step, direction: "do" | "undo"): Lists {
  const changeList = (name: ListName): readonly Item[] => {
    const changes = step.changes.filter((change) => change.list === name);
    if (changes.length === 0) return lists[name];
    const byId = new Map(lists[name].map((item) => [item.id, item]));
    const turned = changes.map((c) => {
      const [from, to, afterAt] = direction === "do" ? [c.before, c.after, c.afterAt] : [c.after, c.before, c.beforeAt];
      const after = "flips" in c ? repainted(from ? byId.get(from.id) : undefined, to as Head, c.flips) : (to as Item | null);
      return { before: from, after, afterAt };
    });
    const gone = new Set(turned.flatMap(({ before }) => (before ? [before.id] : [])));
    const out = lists[name].filter((item) => !gone.has(item.id));
    // In the order of their final places, so that each place is right when its item goes in.
    for (const { after, afterAt } of turned.filter((c) => c.after).sort((a, b) => a.afterAt - b.afterAt)) {
      if (after) out.splice(afterAt, 0, after);
    }
    return out;
  };
  return { items: changeList("items"), suggestions: changeList("suggestions") };
}

export interface Saved {
  readonly base: Lists;
  /** Number of the first step in `steps`, counted from the task's opening. */
  readonly first: number;
  readonly steps: readonly Step[];
  /** How many steps are done, counted from the task's opening. */
  readonly position: number;
}

export class History {
  /** Keeps so many steps unless they are larger than `maxBytes` together. */
  static readonly MAX_STEPS = 1000;
  private steps: Step[];
  private bytes: number;
  private base: Lists;
  private first: number;
  private at: number;

  constructor(saved: Saved, private readonly maxBytes = 64 << 20) {
    this.base = saved.base;
    this.first = saved.first;
    this.steps = [...saved.steps];
    this.at = Math.max(saved.first, Math.min(saved.position, saved.first + saved.steps.length));
    this.bytes = this.steps.reduce((sum, step) => sum + step.bytes, 0);
  }

  get position(): number {
    return this.at;
  }

  /** The state that all kept and done steps lead to. */
  current(): Lists {
    return this.steps.slice(0, this.at - this.first).reduce((lists, step) => applyStep(lists, step, "do"), this.base);
  }

  undoable(): Step | null {
    return this.steps[this.at - this.first - 1] ?? null;
  }

  redoable(): Step | null {
    return this.steps[this.at - this.first] ?? null;
  }

  /** Adds a step that was just done; steps that were taken back before are gone. Returns whether the base moved. */
  push(step: Step): boolean {
    for (const dropped of this.steps.splice(this.at - this.first)) this.bytes -= dropped.bytes;
    this.steps.push(step);
    this.bytes += step.bytes;
    this.at++;
    let moved = false;
    while (this.steps.length > 1 && (this.bytes > this.maxBytes || this.steps.length > History.MAX_STEPS)) {
      const [oldest] = this.steps.splice(0, 1);
      if (!oldest) break;
      this.base = applyStep(this.base, oldest, "do");
      this.bytes -= oldest.bytes;
      this.first++;
      moved = true;
    }
    return moved;
  }

  /** Replaces the last step by one that also contains it. */
  amend(step: Step): void {
    const last = this.steps.pop();
    if (last) this.bytes -= last.bytes;
    this.steps.push(step);
    this.bytes += step.bytes;
  }

  moveTo(position: number): void {
    this.at = Math.max(this.first, Math.min(position, this.first + this.steps.length));
  }

  saved(): Saved {
    return { base: this.base, first: this.first, steps: this.steps, position: this.at };
  }
}
