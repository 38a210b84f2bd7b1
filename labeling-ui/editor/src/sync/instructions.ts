/** The project's instructions while people work: newer ones come by themselves, and managers may write them. */
import { type Signal, signal } from "@preact/signals-core";
import { Refused, json } from "./api";
import type { Instructions } from "./contracts";

export class Guide {
  readonly current: Signal<Instructions | null> = signal(null);
  /** Changed since the person last looked. */
  readonly fresh: Signal<boolean> = signal(false);
  readonly mayEdit: Signal<boolean> = signal(false);
  private polling = false;

  constructor(private readonly project: string) {}

  /** What came with a task. */
  known(text: string | null, version: number | undefined, mayEdit: boolean, offered: boolean): void {
    this.mayEdit.value = mayEdit && offered;
    const { value } = this.current;
    if (!value || (version ?? 0) > value.version || (version === undefined && value.text !== (text ?? ""))) this.take({ text: text ?? "", version: version ?? 0 });
    if (!offered || this.polling) return;
    this.polling = true;
    setInterval(() => document.visibilityState === "visible" && void this.load(), 60_000);
  }

  async load(): Promise<void> {
    await json<Instructions>("GET", `/projects/${this.project}/instructions`).then((next) => this.take(next), () => {});
  }

  /** Null when the server has it; else what went wrong, and `newer` when somebody else was first. */
  async save(text: string, version: number): Promise<{ wrong: string; newer: Instructions | null } | null> {
    try {
      this.current.value = await json<Instructions>("PUT", `/projects/${this.project}/instructions`, { text, version });
      return null;
    } catch (error) {
      if (error instanceof Refused && error.status === 409) {
        await this.load();
        return { wrong: "Somebody changed the guide meanwhile. Yours is still in the field; theirs is below.", newer: this.current.value };
      }
      return { wrong: error instanceof Refused ? error.message : "The server can't be reached. Your text stays in the field.", newer: null };
    }
  }

  private take(next: Instructions): void {
    const { value } = this.current;
    if (value && (next.version < value.version || next.text === value.text)) return;
    if (value) this.fresh.value = true;
    this.current.value = next;
  }
}
