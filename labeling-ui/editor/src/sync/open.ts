/** A task on its way to the screen and on it, and what the page shows when there is none. */
import type { Signal } from "@preact/signals-core";
import type { ActiveClock } from "../model/clock";
import type { LabelDocument } from "../model/document";
import type { Item } from "../model/shape";
import type { ImageSource } from "../render/picture";
import type { TaskBundle } from "./api";
import type { Disagreement } from "./conflict";
import type { DraftSender } from "./drafts";
import type { Journal, Restored } from "./journal";
import type { Lease } from "./lease";
import type { Pending } from "./pending";

/** A task with everything that is needed to show it at once. */
export interface Ready {
  readonly bundle: TaskBundle;
  readonly source: ImageSource;
  readonly lease: Lease;
  /** The server's shapes, and how many of them made no sense. */
  readonly parsed: { readonly items: Item[]; readonly suggestions: Item[]; readonly dropped: number };
  /** What the journal kept of earlier work on the task. */
  readonly kept: Restored | null;
  /** What was being drawn when an earlier page died. */
  readonly pending: Pending | null;
}

export interface Open extends Ready {
  readonly doc: LabelDocument;
  readonly clock: ActiveClock;
  readonly journal: Journal;
  readonly drafts: DraftSender | null;
  /** The server's revision that the work is based on; null when the server counts none. */
  readonly revision: Signal<number | null>;
  /** The server has newer work than this: a person must say which goes on. */
  readonly disagreement: Signal<Disagreement | null>;
}

export type Phase =
  | { readonly type: "loading" }
  | { readonly type: "working"; readonly open: Open }
  | { readonly type: "empty" }
  | { readonly type: "elsewhere" }
  | { readonly type: "trouble"; readonly title: string; readonly detail: string; readonly signIn: boolean };

/** Something a person must know about work that is not on the screen any more. */
export interface Notice {
  readonly id: number;
  readonly tone: "info" | "warn";
  readonly text: string;
  /** A task whose work can be opened again. */
  readonly task: string | null;
  /** What the button for that says. */
  readonly deed: string;
}
