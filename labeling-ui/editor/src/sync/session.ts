/** Who is signed in, and what to do when nobody is any more. */
import { type Signal, signal } from "@preact/signals-core";
import { type Person, SIGNED_OUT, whoAmI } from "./api";

export class Session {
  /** Who began to work on this page; null until the server said. */
  readonly person: Signal<Person | null> = signal(null);
  /** Somebody else is signed in now: their sign-in must not send this person's work. */
  readonly stranger: Signal<Person | null> = signal(null);
  readonly expired: Signal<boolean> = signal(false);
  /** Called when the person is signed in again. */
  onBack: () => void = () => {};
  private watching: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    window.addEventListener(SIGNED_OUT, () => this.expire());
  }

  /** Asks the server. Returns whether the same person is signed in. */
  async check(): Promise<boolean> {
    try {
      const person = await whoAmI();
      this.person.value ??= person;
      const wasAway = this.expired.value || this.stranger.value !== null;
      this.stranger.value = person.id === this.person.value.id ? null : person;
      if (this.stranger.value) {
        this.expire();
        return false;
      }
      this.expired.value = false;
      clearTimeout(this.watching);
      this.watching = undefined;
      if (wasAway) this.onBack();
      return true;
    } catch {
      // A refusal for want of a sign-in has been heard; no answer says nothing about it.
      return false;
    }
  }

  /** The server refused for want of a sign-in: asked again every two seconds until there is one. */
  private expire(): void {
    this.expired.value = true;
    this.watch();
  }

  private watch(): void {
    this.watching ??= setTimeout(() => {
      this.watching = undefined;
      if (this.expired.value) void this.check().finally(() => this.expired.value && this.watch());
    }, 2000);
  }
}
