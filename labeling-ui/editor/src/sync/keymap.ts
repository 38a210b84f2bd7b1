/** The keys that a person changed: with the account where the server keeps them, and in this browser in any case. */
import { type Signal, signal } from "@preact/signals-core";
import type { Editor } from "../editor";
import { type Changes, changesFrom } from "../keys/keymap";
import { readStored, writeStored } from "../settings";
import { json } from "./api";
import type { KeymapBody } from "./contracts";

const KEY = "labelwright-keys";

export class KeymapStore {
  /** Where the changes are kept. */
  readonly state: Signal<"account" | "browser" | "failed"> = signal("browser");
  private account = false;
  private saving: Promise<void> = Promise.resolve();

  constructor(private readonly editor: Editor) {
    editor.bind(changesFrom(readStored(KEY)));
  }

  /** Takes over what the account has; changes made before there was an account's map go there. */
  async connect(): Promise<void> {
    if (this.account) return;
    this.account = true;
    try {
      const { keys } = await json<KeymapBody>("GET", "/me/keymap");
      const mine = this.editor.keymap.value.changes;
      this.state.value = "account";
      if (Object.keys(keys).length === 0 && Object.keys(mine).length > 0) this.set(mine);
      else this.apply(changesFrom(keys));
    } catch {
      // Asked again with the next task.
      this.account = false;
    }
  }

  set(changes: Changes): void {
    this.apply(changes);
    if (!this.account) return;
    this.saving = this.saving.then(() => json("PUT", "/me/keymap", { keys: changes })).then(() => void (this.state.value = "account"), () => void (this.state.value = "failed"));
  }

  private apply(changes: Changes): void {
    this.editor.bind(changes);
    writeStored(KEY, changes);
  }
}
