/** What is to be drawn, with nothing about how: shapes in order with their looks. */
import { AS_IS, type LightValues } from "../light";
import type { Item } from "../model/shape";

export interface Look {
  /** Red, green, blue from 0 to 255. */
  readonly color: readonly [number, number, number];
  /** Opacity of the fill from 0 to 1; negative for stripes. */
  readonly fill: number;
  /** Width of the outline in screen pixels; negative for dashes. */
  readonly line: number;
}

export interface Drawn {
  readonly item: Item;
  readonly look: Look;
  /** Changes with every frame (a drag): kept out of the large buffers. */
  readonly moving: boolean;
  /** Pixels in place of the item's mask while it is painted. */
  readonly live: Uint8Array | null;
}

export interface Scene {
  /** Bottom first; suggestions come last and lie over everything. */
  readonly shapes: readonly Drawn[];
  readonly suggestions: readonly Drawn[];
  readonly light: LightValues;
  /** Whether the map of the model's doubt is shown, where there is one. */
  readonly doubt: boolean;
  /** What lies around the image: red, green, blue from 0 to 1. Darker than any image is likely to be as a whole. */
  readonly ground: readonly [number, number, number];
}

export const GROUND = { dark: [0.063, 0.067, 0.078], light: [0.42, 0.43, 0.45] } as const;

export const NO_SCENE: Scene = { shapes: [], suggestions: [], light: AS_IS, doubt: false, ground: GROUND.dark };
