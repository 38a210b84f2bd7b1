/** The shapes of one image with selection and history: what all tools change and all panels show. */
import { type ReadonlySignal, type Signal, batch, computed, signal } from "@preact/signals-core";
import type { PointRef } from "./geometry";
import { type Lists, type Saved, type Step, History, applyStep, stepBetween } from "./history";
import type { Item } from "./shape";

/** What the journal must write down after a change. */
export type JournalEvent =
  | { readonly type: "step"; readonly number: number; readonly step: Step; readonly position: number }
  | { readonly type: "base"; readonly base: Lists; readonly first: number }
  | { readonly type: "position"; readonly position: number };

export interface CommitOptions {
  /** Steps with the same key that follow each other within a second become one. */
  readonly merge?: string;
  /** What is selected afterwards; unchanged if absent. */
  readonly select?: readonly number[];
}

export class LabelDocument {
  readonly items: Signal<readonly Item[]>;
  readonly suggestions: Signal<readonly Item[]>;
  readonly selection: Signal<ReadonlySet<number>> = signal(new Set<number>());
  /** Selected points of the one selected polygon. */
  readonly points: Signal<readonly PointRef[]> = signal([]);
  /** The suggestion that A and D act on. */
  readonly activeSuggestion: Signal<number | null> = signal(null);
  readonly canUndo: Signal<boolean> = signal(false);
  readonly canRedo: Signal<boolean> = signal(false);
  readonly selected: ReadonlySignal<readonly Item[]>;
  onJournal: (event: JournalEvent) => void = () => {};
  private readonly history: History;
  private lastMerge: { key: string; at: number; before: Lists } | null = null;
  private nextId: number;

  constructor(readonly width: number, readonly height: number, saved: Saved, private readonly now: () => number) {
    this.history = new History(saved);
    const lists = this.history.current();
    this.items = signal(lists.items);
    this.suggestions = signal(lists.suggestions);
    const everSeen = [...saved.base.items, ...saved.base.suggestions, ...saved.steps.flatMap((step) => step.changes.flatMap((c) => c.after ?? []))];
    this.nextId = 1 + everSeen.reduce((max, { id }) => Math.max(max, id), 0);
    this.selected = computed(() => this.items.value.filter((item) => this.selection.value.has(item.id)));
    this.refresh();
  }

  /** A document of untouched shapes and suggestions. */
  static fresh(width: number, height: number, lists: Lists, now: () => number): LabelDocument {
    return new LabelDocument(width, height, { base: lists, first: 0, steps: [], position: 0 }, now);
  }

  newId(): number {
    return this.nextId++;
  }

  /** The next free instance number of the image. */
  newInstance(): number {
    return 1 + this.items.value.reduce((max, item) => Math.max(max, item.instance ?? 0), 0);
  }

  find(id: number | null): Item | null {
    return id === null ? null : (this.items.value.find((item) => item.id === id) ?? this.suggestions.value.find((item) => item.id === id) ?? null);
  }

  /** The one selected item, or null when none or several are. */
  only(): Item | null {
    const { value } = this.selected;
    return value.length === 1 ? (value[0] ?? null) : null;
  }

  /** Whether anything was done since the task was opened. */
  get touched(): boolean {
    return this.history.position > 0;
  }

  /** Makes the given lists the current state as one step. Returns false when nothing changed. */
  commit(label: string, next: Partial<Lists>, options: CommitOptions = {}): boolean {
    const before: Lists = { items: this.items.value, suggestions: this.suggestions.value };
    const after: Lists = { ...before, ...next };
    const step = stepBetween(label, before, after);
    if (step) {
      const merged = this.mergeWithLast(label, after, options.merge);
      if (!merged) {
        const baseMoved = this.history.push(step);
        if (options.merge) this.lastMerge = { key: options.merge, at: this.now(), before };
        this.onJournal({ type: "step", number: this.history.position - 1, step, position: this.history.position });
        if (baseMoved) {
          const { base, first } = this.history.saved();
          this.onJournal({ type: "base", base, first });
        }
      }
    }
    batch(() => {
      this.items.value = after.items;
      this.suggestions.value = after.suggestions;
      if (options.select) this.selection.value = new Set(options.select);
      this.refresh();
    });
    return step !== null;
  }

  /** Replaces items by new versions of themselves; null takes one away. */
  replace(label: string, changed: ReadonlyMap<number, Item | null>, options: CommitOptions = {}): boolean {
    const items = this.items.value.flatMap((item) => {
      const next = changed.get(item.id);
      return next === undefined ? [item] : next === null ? [] : [next];
    });
    return this.commit(label, { items }, options);
  }

  /** Takes the last step back; returns its label. */
  undo(): string | null {
    const step = this.history.undoable();
    return step && this.travel(step, "undo");
  }

  /** Does the step again that was taken back last; returns its label. */
  redo(): string | null {
    const step = this.history.redoable();
    return step && this.travel(step, "do");
  }

  saved(): Saved {
    return this.history.saved();
  }

  select(ids: Iterable<number>): void {
    batch(() => {
      this.selection.value = new Set(ids);
      this.points.value = [];
    });
  }

  private travel(step: Step, direction: "do" | "undo"): string {
    const lists = applyStep({ items: this.items.value, suggestions: this.suggestions.value }, step, direction);
    this.history.moveTo(this.history.position + (direction === "do" ? 1 : -1));
    this.lastMerge = null;
    this.onJournal({ type: "position", position: this.history.position });
    const present = new Set(lists.items.map((item) => item.id));
    const ids = step.changes.map((change) => change.before?.id ?? change.after?.id ?? -1).filter((id) => present.has(id));
    batch(() => {
      this.items.value = lists.items;
      this.suggestions.value = lists.suggestions;
      this.selection.value = new Set(ids.length <= 50 ? ids : []);
      this.points.value = [];
      this.refresh();
    });
    return step.label;
  }

  private mergeWithLast(label: string, after: Lists, key: string | undefined): boolean {
    const last = this.lastMerge;
    this.lastMerge = null;
    if (!key || last?.key !== key || this.now() - last.at > 1000) return false;
    const whole = stepBetween(label, last.before, after);
    if (!whole) return false;
    this.history.amend(whole);
    this.lastMerge = { ...last, at: this.now() };
    this.onJournal({ type: "step", number: this.history.position - 1, step: whole, position: this.history.position });
    return true;
  }

  private refresh(): void {
    this.canUndo.value = this.history.undoable() !== null;
    this.canRedo.value = this.history.redoable() !== null;
    const present = new Set(this.items.value.map((item) => item.id));
    if ([...this.selection.value].some((id) => !present.has(id))) this.selection.value = new Set([...this.selection.value].filter((id) => present.has(id)));
    if (!this.suggestions.value.some((item) => item.id === this.activeSuggestion.value)) this.activeSuggestion.value = null;
  }
}
