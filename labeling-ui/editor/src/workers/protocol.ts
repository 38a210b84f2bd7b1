/** What the page and the worker say to each other. All places and sizes are in pixels of the image. */
import type { Point, Rect } from "../model/geometry";
import type { Click } from "./suggest";
import type { Wire } from "./livewire";

export type Question =
  | { readonly type: "flood"; readonly at: Point; readonly tolerance: number }
  | { readonly type: "wire"; readonly at: Point; readonly reach: number; readonly settle: number }
  | { readonly type: "superpixels"; readonly size: number }
  | { readonly type: "suggest"; readonly clicks: readonly Click[]; readonly box: Rect | null };

export interface Answers {
  /** Runs of a mask of the image's size. */
  flood: Uint32Array;
  /** In the worker's own pixels: `scale` of them an image pixel. */
  wire: Wire & { readonly scale: number };
  superpixels: SuperpixelMap;
  /** Runs of a mask of the image's size, or null. */
  suggest: Uint32Array | null;
}

export interface SuperpixelMap {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly labels: Int32Array;
  readonly starts: Uint32Array;
  readonly spans: Uint32Array;
}

/** The image comes first, and again whenever it changes. */
export type ToWorker = { readonly type: "image"; readonly bitmap: ImageBitmap; readonly width: number; readonly height: number } | { readonly type: "ask"; readonly id: number; readonly question: Question };

export type FromWorker = { readonly id: number; readonly answer: Answers[keyof Answers]; readonly milliseconds: number } | { readonly id: number; readonly error: string };
