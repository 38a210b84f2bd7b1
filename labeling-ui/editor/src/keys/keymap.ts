/** Which key does what: the defaults of the actions, changed as a person likes it. No DOM. */

export interface Bindable {
  readonly id: string;
  /** Keys by default, as in 'Ctrl+Shift+Z'; the first is shown. */
  readonly keys: readonly string[];
  readonly label: string;
  /** Only asked while something is being drawn; the same key may do something else otherwise. */
  readonly drawing?: boolean;
  /** A gesture of the pointer or a line that stands for others: shown, and not to be changed. */
  readonly fixed?: boolean;
}

export type Changes = { readonly [action: string]: readonly string[] };

export class Keymap<A extends Bindable> {
  private readonly byKey = new Map<string, A[]>();
  private readonly keysOf = new Map<string, readonly string[]>();

  constructor(readonly actions: readonly A[], readonly changes: Changes = {}) {
    for (const action of actions) {
      const keys = (action.fixed ? undefined : changes[action.id]) ?? action.keys;
      this.keysOf.set(action.id, keys);
      if (!action.fixed) for (const key of keys) this.byKey.set(key, [...(this.byKey.get(key) ?? []), action]);
    }
  }

  keys(id: string): readonly string[] {
    return this.keysOf.get(id) ?? [];
  }

  /** All actions of a key, in the order of the table; the first whose time it is does it. */
  actionsOf(key: string): readonly A[] {
    return this.byKey.get(key) ?? [];
  }

  isChanged(id: string): boolean {
    return this.changes[id] !== undefined;
  }

  /** Other actions that a key does at the same time, if it became this action's. */
  rivals(id: string, key: string): A[] {
    const drawing = this.actions.find((action) => action.id === id)?.drawing ?? false;
    return this.actionsOf(key).filter((action) => action.id !== id && (action.drawing ?? false) === drawing);
  }

  /** Keys that two actions want at the same time. */
  conflicts(): { key: string; actions: A[] }[] {
    return [...this.byKey].flatMap(([key, actions]) => {
      const groups = [actions.filter((a) => a.drawing), actions.filter((a) => !a.drawing)];
      return groups.filter((group) => group.length > 1).map((group) => ({ key, actions: group }));
    });
  }

  /** The changes after an action got other keys; its defaults again are no change. */
  with(id: string, keys: readonly string[]): Changes {
    const action = this.actions.find((a) => a.id === id);
    const { [id]: _, ...rest } = this.changes;
    const same = action !== undefined && action.keys.length === keys.length && action.keys.every((key, i) => key === keys[i]);
    return same ? rest : { ...rest, [id]: keys };
  }

  /** The changes after an action got a key that is taken away from all that had it at the same time. */
  withTaken(id: string, key: string): Changes {
    const taken = this.rivals(id, key).reduce<Keymap<A>>((map, rival) => new Keymap(map.actions, map.with(rival.id, map.keys(rival.id).filter((k) => k !== key))), this);
    return taken.with(id, [key]);
  }
}

/** Changes of any origin: only what can be keys. */
export function changesFrom(value: unknown): Changes {
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value).filter((entry): entry is [string, string[]] => Array.isArray(entry[1]) && entry[1].length <= 8 && entry[1].every((key) => typeof key === "string" && key.length > 0 && key.length <= 40));
  return Object.fromEntries(entries.slice(0, 500));
}
