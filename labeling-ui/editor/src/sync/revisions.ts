/** Earlier states of the open image: revisions that the server has, and copies that this computer kept. */
import { json } from "./api";
import type { Revision, RevisionShapes } from "./contracts";
import { parseShapes } from "./conflict";
import { type Kept, keptOf } from "./kept";
import type { Open } from "./taskflow";
import type { Item, WireShape } from "../model/shape";

export interface Earlier {
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  readonly made_ms: number;
  readonly count: number;
  shapes(): Promise<readonly WireShape[]>;
}

const WHY: Readonly<Record<Kept["why"], string>> = { conflict: "kept when two versions met", "lease-lost": "kept when the lease had run out", refused: "kept when the server refused it", skipped: "kept when the image was skipped" };
const SOURCE: Readonly<Record<Revision["source"], string>> = { draft: "draft", submit: "handed in", review: "reviewed", model: "by the model" };

/** Newest first. Throws when the server was asked and did not answer; what is kept here comes in any case with `local`. */
export async function local(open: Open): Promise<Earlier[]> {
  return (await keptOf(open.bundle.image.id)).map((copy) => ({
    key: copy.key,
    title: copy.of === "mine" ? "Yours, on this computer" : "The server's, on this computer",
    detail: WHY[copy.why],
    made_ms: copy.made_ms,
    count: copy.shapes.length,
    shapes: () => Promise.resolve(copy.shapes),
  }));
}

export async function remote(open: Open): Promise<Earlier[]> {
  const { task } = open.bundle;
  const { items } = await json<{ items: readonly Revision[] }>("GET", `/tasks/${task.id}/revisions`);
  return items.map((revision) => ({
    key: revision.id,
    title: `Revision ${revision.revision}`,
    detail: `${revision.author}, ${SOURCE[revision.source]}`,
    made_ms: revision.made_ms,
    count: revision.shapes_count,
    shapes: async () => (await json<RevisionShapes>("GET", `/tasks/${task.id}/revisions/${revision.id}`)).shapes,
  }));
}

/** Its shapes as items that don't stand in the document: to be looked at. */
export async function look(open: Open, earlier: Earlier): Promise<Item[]> {
  const { width, height } = open.bundle.image;
  return parseShapes(await earlier.shapes(), 1_000_000_000, width, height).items;
}

/** Brings an earlier state back as one step, which can be undone like any other. */
export function bringBack(open: Open, items: readonly Item[], title: string): void {
  open.doc.commit(`Bring back ${title.toLowerCase()}`, { items: items.map((item) => ({ ...item, id: open.doc.newId() })) }, { select: [] });
}
