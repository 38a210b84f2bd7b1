/** Comments on the open image: read from the server, and sent to it. What could not be sent stays where it was typed. */
import { type Signal, signal } from "@preact/signals-core";
import type { Point } from "../model/geometry";
import { Refused, json } from "./api";
import type { Comment } from "./contracts";
import { uuid } from "./page";

export type CommentsState = "off" | "loading" | "ready" | "failed";

export class Comments {
  readonly all: Signal<readonly Comment[]> = signal([]);
  readonly state: Signal<CommentsState> = signal("off");
  private image: string | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  /** The same words sent again after a lost answer make one comment. */
  private readonly keys = new Map<string, string>();

  /** Shows the comments of an image; null for none, or where the server has no comments. */
  open(image: string | null): void {
    this.image = image;
    this.all.value = [];
    clearInterval(this.timer);
    this.state.value = image ? "loading" : "off";
    if (!image) return;
    void this.load();
    // Somebody may answer while the image is open.
    this.timer = setInterval(() => document.visibilityState === "visible" && void this.load(), 30_000);
  }

  async load(): Promise<void> {
    const { image } = this;
    if (!image) return;
    try {
      const { items } = await json<{ items: readonly Comment[] }>("GET", `/images/${image}/comments`);
      if (this.image !== image) return;
      this.all.value = items;
      this.state.value = "ready";
    } catch (error) {
      if (this.image !== image) return;
      this.state.value = error instanceof Refused && error.status === 404 ? "off" : "failed";
    }
  }

  add(at: Point, text: string): Promise<string | null> {
    return this.send("POST", `/images/${this.image}/comments`, { key: this.keyOf(`${at.join()} ${text}`), at: [at[0], at[1]], text });
  }

  reply(comment: string, text: string): Promise<string | null> {
    return this.send("POST", `/comments/${comment}/replies`, { key: this.keyOf(`${comment} ${text}`), text });
  }

  resolve(comment: string, resolved: boolean): Promise<string | null> {
    return this.send("PATCH", `/comments/${comment}`, { resolved });
  }

  private keyOf(what: string): string {
    const key = this.keys.get(what) ?? uuid();
    this.keys.set(what, key);
    return key;
  }

  /** Null when the server has it, else what went wrong. */
  private async send(method: string, path: string, body: object): Promise<string | null> {
    try {
      const comment = await json<Comment>(method, path, body);
      this.all.value = this.all.value.some((other) => other.id === comment.id) ? this.all.value.map((other) => (other.id === comment.id ? comment : other)) : [...this.all.value, comment];
      return null;
    } catch (error) {
      return error instanceof Refused ? (error.status === 401 ? "Your sign-in has expired. Sign in again, then send it once more." : error.message) : "The server can't be reached. Your words stay here; send them again later.";
    }
  }
}
