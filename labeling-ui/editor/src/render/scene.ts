/** What is to be drawn, with nothing about how: shapes in order with their looks. */
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
  /** −1 to 1 */
  readonly brightness: number;
  /** 0 to 4, 1 as it is */
  readonly contrast: number;
}
