/** Which shape is under the pointer, and which lie in a rectangle. */
import Flatbush from "flatbush";
import { type Point, type Rect, contains, isEmpty, ringsOf } from "./geometry";
import { maskContains } from "./runs";
import { type Geometry, type Item, boundsOf } from "./shape";

export class HitIndex {
  private readonly tree: Flatbush | null;
  private readonly indexed: readonly Item[];

  /** @param items bottom first; hidden ones are never hit. */
  constructor(items: readonly Item[]) {
    this.indexed = items.filter((item) => !item.hidden && item.geometry.type !== "tag" && boundsOf(item.geometry).x0 < Infinity);
    this.tree = this.indexed.length > 0 ? new Flatbush(this.indexed.length) : null;
    for (const item of this.indexed) {
      const { x0, y0, x1, y1 } = boundsOf(item.geometry);
      this.tree?.add(x0, y0, x1, y1);
    }
    this.tree?.finish();
  }

  /** All shapes under a point, the top one first. `reach` is how near counts for boxes' edges and points. */
  at(p: Point, reach: number): Item[] {
    const found = this.tree?.search(p[0] - reach, p[1] - reach, p[0] + reach, p[1] + reach) ?? [];
    return found
      .sort((a, b) => b - a)
      .flatMap((index) => this.indexed[index] ?? [])
      .filter((item) => covers(item.geometry, p, reach));
  }

  /** All shapes whose bounds lie wholly within a rectangle. */
  within(rect: Rect): Item[] {
    if (isEmpty(rect)) return [];
    const found = this.tree?.search(rect.x0, rect.y0, rect.x1, rect.y1) ?? [];
    return found
      .sort((a, b) => a - b)
      .flatMap((index) => this.indexed[index] ?? [])
      .filter((item) => {
        const b = boundsOf(item.geometry);
        return b.x0 >= rect.x0 && b.y0 >= rect.y0 && b.x1 <= rect.x1 && b.y1 <= rect.y1;
      });
  }

  /** All shapes whose bounds come near a point. */
  near(p: Point, reach: number): Item[] {
    return (this.tree?.search(p[0] - reach, p[1] - reach, p[0] + reach, p[1] + reach) ?? []).flatMap((index) => this.indexed[index] ?? []);
  }
}

export function covers(geometry: Geometry, p: Point, reach: number): boolean {
  switch (geometry.type) {
    case "polygon":
      return contains(ringsOf(geometry.parts), p[0], p[1]);
    case "mask":
      return maskContains(geometry.mask, p[0], p[1]);
    case "box": {
      const [x0, y0, x1, y1] = geometry.box;
      return p[0] >= x0 - reach && p[0] <= x1 + reach && p[1] >= y0 - reach && p[1] <= y1 + reach;
    }
    case "point":
      return Math.hypot(p[0] - geometry.point[0], p[1] - geometry.point[1]) <= reach;
    case "tag":
      return false;
  }
}
