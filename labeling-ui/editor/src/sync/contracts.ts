/**
 * What the editor asks of the server beyond tasks and leases, as JSON under /api/v1.
 *
 * Every part is optional: the bundle's `offers` names those that the server has. Where one is not named, or the server answers
 * 404 all the same, the editor goes without it and says so where a person would look for it. Times are milliseconds since 1970. Errors are problem+JSON as everywhere.
 */
import type { AttributeSpec } from "../model/attributes";
import type { WireShape } from "../model/shape";

/** Parts that the server has; the editor calls none that isn't named. */
export type Offer = "draft" | "revisions" | "comments" | "keymap" | "instructions" | "tiles" | "uncertainty" | "suggest";

/** Fields that `POST /projects/{project}/tasks/next` and `GET /tasks/{task}` add to a task's bundle. */
export interface BundleMore {
  readonly offers?: readonly Offer[];
  /** The newest revision of this person's work on the task that the server has; 0 when none. Absent: conflicts aren't told apart. */
  readonly revision?: number;
  /** When that revision was made, and by which device. */
  readonly revision_ms?: number;
  readonly revision_device?: string | null;
  /** Classes may ask for attributes: `classes[].attributes`. */
  readonly checks?: Checks;
  /** Absent when the image is sent whole. */
  readonly tiles?: Pyramid;
  /** A gray PNG of any size over the whole image: 0 the model is sure, 255 it is not. Null or absent: there is none. */
  readonly uncertainty_url?: string | null;
  readonly can?: { readonly edit_instructions?: boolean };
  /** Counts up with every change of the instructions. */
  readonly instructions_version?: number;
}

/** Warnings before a task is handed in; each is off when absent. Part of the project's policy, set by its managers. */
export interface Checks {
  /** Warn when more than this part of the image, in [0, 1], has no label. */
  readonly unlabeled?: number;
  /** Warn of shapes smaller than this many pixels. */
  readonly tiny?: number;
  /** Warn of objects that share more than this part of the smaller one's pixels, in [0, 1]. */
  readonly overlap?: number;
  /** Warn of objects whose required attributes are missing. */
  readonly attributes?: boolean;
}

/**
 * `GET /images/{image}/tiles/{level}/{x}/{y}`: an image file of at most `side` × `side` pixels. Level 0 has all pixels of the image,
 * each further level half as many across (rounded up), down to one that fits in a single tile. 404 for places outside.
 */
export interface Pyramid {
  readonly side: number;
  readonly levels: number;
}

/**
 * `PUT /tasks/{task}/draft`: work in progress, so that it can go on at another computer. Makes a revision and answers `{ revision }`;
 * 409 with a `Conflict` when another device made a newer one, and 409 without when the lease is lost, in which case it is kept all the same.
 */
export interface DraftBody extends SubmitMore {
  readonly seconds: number;
  readonly shapes: readonly WireShape[];
}

/** Added to the body of `POST /tasks/{task}/submit`. */
export interface SubmitMore {
  /** The revision that the work began from; a newer one by another device is a conflict. */
  readonly base_revision?: number;
  /** Tells this browser from others of the same person: its own journal always holds what it sent before. */
  readonly device?: string;
}

/** Status 409 with this `type`: the server has newer work of the same task. Nothing was stored or lost. */
export interface Conflict {
  readonly type: "revision-conflict";
  readonly revision: number;
  readonly made_ms: number;
  readonly shapes: readonly WireShape[];
}

/** `GET /tasks/{task}/revisions`: `{ items: Revision[] }`, newest first; those of this person, or all for who may review. */
export interface Revision {
  readonly id: string;
  readonly revision: number;
  readonly made_ms: number;
  /** Name of a person, or 'model v6'. */
  readonly author: string;
  readonly source: "draft" | "submit" | "review" | "model";
  readonly shapes_count: number;
  readonly seconds: number | null;
}

/** `GET /tasks/{task}/revisions/{id}`. */
export interface RevisionShapes {
  readonly shapes: readonly WireShape[];
}

/** `GET /images/{image}/comments`: `{ items: Comment[] }`, oldest first. */
export interface Comment {
  readonly id: string;
  /** Where it is pinned, in pixels of the image. */
  readonly at: readonly [number, number];
  readonly author: string;
  readonly made_ms: number;
  readonly text: string;
  readonly resolved: boolean;
  readonly replies: readonly Reply[];
}

export interface Reply {
  readonly id: string;
  readonly author: string;
  readonly made_ms: number;
  readonly text: string;
}

/** `POST /images/{image}/comments` with this; answers the `Comment`. The same `key` twice makes one comment. */
export interface NewComment {
  readonly key: string;
  readonly at: readonly [number, number];
  readonly text: string;
}

/** `POST /comments/{comment}/replies` with `{ key, text }` answers the `Comment`; so does `PATCH /comments/{comment}` with `{ resolved }`. */
export interface NewReply {
  readonly key: string;
  readonly text: string;
}

/** `GET` and `PUT /me/keymap`: the keys that a person changed, by action. An empty list takes the key away. */
export interface KeymapBody {
  readonly keys: { readonly [action: string]: readonly string[] };
}

/** `GET /projects/{project}/instructions`; `PUT` with `{ text, version }`, the version it was written from, answers the new one or 409 with the newer. */
export interface Instructions {
  /** Markdown. */
  readonly text: string;
  readonly version: number;
  readonly changed_ms?: number;
  readonly author?: string;
}

/** In `classes[]` of a bundle. */
export interface ClassMore {
  readonly attributes?: readonly AttributeSpec[];
}
