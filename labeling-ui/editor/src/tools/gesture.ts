/** Two fingers on the screen: how they move, spread and turn. No DOM. */
import type { Point } from "../model/geometry";

export interface Pinch {
  /** Middle between the fingers, and how far it moved. */
  readonly at: Point;
  readonly moved: Point;
  /** How many times farther apart they are. */
  readonly spread: number;
}

export class TwoFingers {
  private readonly fingers = new Map<number, Point>();

  /** A finger touches; returns whether these are two now, so that a gesture begins. */
  down(id: number, at: Point): boolean {
    this.fingers.set(id, at);
    return this.fingers.size === 2;
  }

  /** A finger moves; null when there aren't two. */
  move(id: number, to: Point): Pinch | null {
    if (!this.fingers.has(id) || this.fingers.size !== 2) {
      if (this.fingers.has(id)) this.fingers.set(id, to);
      return null;
    }
    const before = this.pair();
    this.fingers.set(id, to);
    const after = this.pair();
    return { at: after.middle, moved: [after.middle[0] - before.middle[0], after.middle[1] - before.middle[1]], spread: before.apart > 0 ? after.apart / before.apart : 1 };
  }

  /** A finger leaves; returns whether none is left. */
  up(id: number): boolean {
    this.fingers.delete(id);
    return this.fingers.size === 0;
  }

  private pair(): { middle: Point; apart: number } {
    const [a = [0, 0], b = [0, 0]] = [...this.fingers.values()];
    return { middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], apart: Math.hypot(a[0] - b[0], a[1] - b[1]) };
  }
}
