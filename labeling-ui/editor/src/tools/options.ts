/** What the tools are set to, kept in this browser. */
import { type Signal, effect, signal } from "@preact/signals-core";
import type { CombineOp, OverlapRule } from "../model/combine";
import { readStored, writeStored } from "../settings";

const KEY = "labelwright-tools";

export class ToolOptions {
  /** What a new shape does to those under it. */
  readonly overlap: Signal<OverlapRule>;
  /** How much colours may differ in a fill, 0 to 255. */
  readonly tolerance: Signal<number>;
  /** About how many pixels across superpixels are. */
  readonly superpixel: Signal<number>;
  /** How far, in pixels, an outline may move when it is simplified. */
  readonly simplify: Signal<number>;
  /** Whether a point that neighbours share moves in all of them. */
  readonly shared: Signal<boolean>;
  readonly join: Signal<CombineOp> = signal("union");

  constructor() {
    const stored = readStored<Record<string, unknown>>(KEY) ?? {};
    const number = (value: unknown, min: number, max: number, otherwise: number) => signal(typeof value === "number" && value >= min && value <= max ? value : otherwise);
    this.overlap = signal(stored["overlap"] === "old" ? "old" : "new");
    this.tolerance = number(stored["tolerance"], 0, 255, 24);
    this.superpixel = number(stored["superpixel"], 6, 128, 20);
    this.simplify = number(stored["simplify"], 0, 20, 1);
    this.shared = signal(stored["shared"] !== false);
    effect(() => writeStored(KEY, { overlap: this.overlap.value, tolerance: this.tolerance.value, superpixel: this.superpixel.value, simplify: this.simplify.value, shared: this.shared.value }));
  }
}
