/** The class list: names, colours and keys. */
import type { AttributeSpec } from "./attributes";
import { type Item, VOID } from "./shape";

export interface LabelClass {
  readonly index: number;
  readonly name: string;
  /** `#rrggbb` */
  readonly color: string;
  readonly kind: "thing" | "stuff";
  /** What the class asks about each of its objects. */
  readonly attributes?: readonly AttributeSpec[];
}

export const VOID_CLASS: LabelClass = { index: VOID, name: "void (ignore)", color: "#9298a4", kind: "stuff" };

export class ClassList {
  /** Classes in the order shown, void last. */
  readonly all: readonly LabelClass[];
  private readonly byIndex: ReadonlyMap<number, LabelClass>;

  constructor(classes: readonly LabelClass[]) {
    this.all = [...classes.filter((c) => c.index !== VOID && c.index !== 0), VOID_CLASS];
    this.byIndex = new Map(this.all.map((c) => [c.index, c]));
  }

  get(index: number): LabelClass {
    return this.byIndex.get(index) ?? { index, name: `class ${index}`, color: "#9298a4", kind: "thing" };
  }

  has(index: number): boolean {
    return this.byIndex.has(index);
  }

  /** The class of a digit key: 1 to 9 in the order shown, 0 for void. */
  forDigit(digit: number): LabelClass | null {
    if (digit === 0) return VOID_CLASS;
    const found = this.all[digit - 1];
    return found && found.index !== VOID ? found : null;
  }

  digitOf(index: number): string {
    if (index === VOID) return "0";
    const at = this.all.findIndex((c) => c.index === index);
    return at >= 0 && at < 9 ? String(at + 1) : "";
  }

  /** 'nucleus 29': the class with the instance number, or the item's own number where it has none. */
  nameOf(item: Item): string {
    const { name, kind } = this.get(item.class);
    return kind === "thing" ? `${name} ${item.instance ?? item.id}` : name;
  }
}

/** Red, green and blue of `#rrggbb` from 0 to 255; gray for anything else. */
export function rgb(color: string): [number, number, number] {
  const match = /^#([0-9a-f]{6})$/i.exec(color);
  const value = match?.[1] ? parseInt(match[1], 16) : 0x9298a4;
  return [value >> 16, (value >> 8) & 255, value & 255];
}
