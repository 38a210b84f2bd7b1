/** Shapes joined, cut and kept apart, whatever they are made of: polygons stay polygons, masks stay masks. */
import { combineParts, untangle } from "./booleans";
import { contour } from "./contour";
import { crossesItself, cutPart } from "./cut";
import type { LabelDocument } from "./document";
import { maskOf, withGeometry } from "./edits";
import { type Part, type Point, type Rect, boundsOfRings, intersect, isEmpty, ringsOf, signedArea2 } from "./geometry";
import { combineMasks, fillHoles } from "./mask_ops";
import { rasterize } from "./rasterize";
import { type Mask, maskArea } from "./runs";
import { type Geometry, type Item, boundsOf } from "./shape";

export type CombineOp = "union" | "subtract" | "intersect";
/** What happens where a new shape lies over others: it covers them, or it leaves them as they are. */
export type OverlapRule = "new" | "old";

/** The outlines of whatever covers an area; null for points and tags. */
export function partsOf(geometry: Geometry): readonly Part[] | null {
  switch (geometry.type) {
    case "polygon":
      return geometry.parts;
    case "mask":
      return contour(geometry.mask);
    case "box": {
      const [x0, y0, x1, y1] = geometry.box;
      return [{ outer: [[x0, y0], [x1, y0], [x1, y1], [x0, y1]], holes: [] }];
    }
    default:
      return null;
  }
}

/** The pixels of whatever covers an area. */
export function coverOf(geometry: Geometry, width: number, height: number): Mask | null {
  if (geometry.type !== "box") return maskOf(geometry, width, height);
  return rasterize(ringsOf(partsOf(geometry) ?? []), width, height);
}

/** Two shapes as one of the first one's kind; null when nothing is left or one of them covers no area. */
export function combineGeometry(op: CombineOp, a: Geometry, b: Geometry, width: number, height: number): Geometry | null {
  if (a.type === "mask") {
    const other = coverOf(b, width, height);
    const mask = other && combineMasks(op, a.mask, other);
    return mask && maskArea(mask) > 0 ? { type: "mask", mask } : null;
  }
  const [one, other] = [partsOf(a), partsOf(b)];
  const parts = one && other ? combineParts(op, one, other) : [];
  return parts.length > 0 ? { type: "polygon", parts } : null;
}

/** What joining the items would make of the first one; null when nothing would be left. */
export function joined(op: CombineOp, items: readonly Item[], width: number, height: number): Geometry | null {
  const [first, ...rest] = items;
  let result: Geometry | null = first?.geometry ?? null;
  for (const { geometry } of rest) result = result && combineGeometry(op, result, geometry, width, height);
  return result;
}

/**
 * Joins items into the first one. The others go, except that what was subtracted stays. Returns a sentence on why not, or null.
 */
export function joinItems(doc: LabelDocument, op: CombineOp, ids: readonly number[]): string | null {
  const items = ids.flatMap((id) => doc.items.value.find((item) => item.id === id) ?? []);
  const [first] = items;
  if (!first || items.length < 2) return "Choose at least two objects.";
  if (items.some((item) => item.locked)) return "One of the objects is locked.";
  if (items.some(({ geometry }) => geometry.type === "point" || geometry.type === "tag")) return "Points and tags cover no area.";
  const geometry = joined(op, items, doc.width, doc.height);
  if (!geometry) return op === "intersect" ? "They have nothing in common." : "Nothing would be left.";
  const labels = { union: "Join", subtract: "Subtract", intersect: "Intersect" };
  const changed = new Map<number, Item | null>(op === "subtract" ? [] : items.map((item) => [item.id, null]));
  changed.set(first.id, withGeometry(first, geometry));
  doc.replace(labels[op], changed, { select: [first.id] });
  return null;
}

/** The pieces of a shape along a line, the largest first; one when the line doesn't go through. Masks are cut between pixels. */
export function cutGeometry(geometry: Geometry, line: readonly Point[], width: number, height: number): Geometry[] {
  const whole = partsOf(geometry) ?? [];
  const pieces: Part[] = [];
  const untouched: Part[] = [];
  for (const part of whole) {
    const cut = cutPart(part, line);
    if (cut.length > 1) pieces.push(...cut);
    else untouched.push(part);
  }
  if (pieces.length === 0) return [geometry];
  const area = ({ outer }: Part) => Math.abs(signedArea2(outer));
  pieces.sort((a, b) => area(b) - area(a));
  const groups = pieces.map((piece) => [piece]);
  // Parts that the line left alone stay with the nearest piece.
  for (const part of untouched) nearestGroup(groups, part)?.push(part);
  const made = groups.map((parts): Geometry => (geometry.type === "mask" ? { type: "mask", mask: rasterize(ringsOf(parts), width, height) } : { type: "polygon", parts }));
  const left = made.filter((piece) => piece.type !== "mask" || maskArea(piece.mask) > 0);
  return left.length > 0 ? left : [geometry];
}

function nearestGroup(groups: Part[][], part: Part): Part[] | undefined {
  const middle = (r: Rect): Point => [(r.x0 + r.x1) / 2, (r.y0 + r.y1) / 2];
  const at = middle(boundsOfRings([part.outer]));
  const away = (group: Part[]) => {
    const p = middle(boundsOfRings(group.map(({ outer }) => outer)));
    return Math.hypot(p[0] - at[0], p[1] - at[1]);
  };
  return [...groups].sort((a, b) => away(a) - away(b))[0];
}

export type CutOutcome = { readonly pieces: number; readonly objects: number } | "crosses" | "missed";

/** Cuts items along a line: the largest piece stays what it was, the others become objects of their own. */
export function cutItems(doc: LabelDocument, items: readonly Item[], line: readonly Point[], isThing: (cls: number) => boolean): CutOutcome {
  if (crossesItself(line)) return "crosses";
  const free = items.filter((item) => !item.locked && !item.hidden);
  let instance = doc.newInstance();
  let objects = 0;
  const select: number[] = [];
  const next = doc.items.value.flatMap((item) => {
    if (!free.includes(item)) return [item];
    const pieces = cutGeometry(item.geometry, line, doc.width, doc.height);
    if (pieces.length < 2) return [item];
    objects++;
    return pieces.map((geometry, i): Item => {
      const piece = i === 0 ? withGeometry(item, geometry) : { ...withGeometry(item, geometry), id: doc.newId(), instance: isThing(item.class) ? instance++ : null };
      select.push(piece.id);
      return piece;
    });
  });
  if (objects === 0) return "missed";
  doc.points.value = [];
  doc.commit("Cut", { items: next }, { select });
  return { pieces: select.length, objects };
}

/** What of a new area lies over no other visible object; null when nothing does. */
export function keptApart(geometry: Geometry, others: readonly Item[], width: number, height: number): Geometry | null {
  let left: Geometry | null = geometry;
  for (const other of others) {
    const { type } = other.geometry;
    if (!left || other.hidden || (type !== "polygon" && type !== "mask")) continue;
    if (isEmpty(intersect(boundsOf(left), boundsOf(other.geometry)))) continue;
    left = combineGeometry("subtract", left, other.geometry, width, height);
  }
  return left;
}

/** A shape without its holes, of the same kind. */
export function withoutHoles(geometry: Geometry): Geometry {
  if (geometry.type === "mask") return { type: "mask", mask: fillHoles(geometry.mask) };
  if (geometry.type !== "polygon") return geometry;
  const filled = geometry.parts.map(({ outer }): Part => ({ outer, holes: [] }));
  // What lay in a hole is covered by the outline around it now and must not cancel it.
  const parts = filled.length > 1 && geometry.parts.some(({ holes }) => holes.length > 0) ? filled.slice(1).reduce<Part[]>((all, part) => combineParts("union", all, [part]), filled.slice(0, 1)) : filled;
  return { type: "polygon", parts };
}

/** Fills the holes of items; returns how many items had some. */
export function fillItems(doc: LabelDocument, items: readonly Item[]): number {
  const changed = items.flatMap((item): [number, Item][] => {
    if (item.locked) return [];
    const geometry = withoutHoles(item.geometry);
    const same = geometry.type === "mask" && item.geometry.type === "mask" ? maskArea(geometry.mask) === maskArea(item.geometry.mask) : geometry.type !== "polygon" || item.geometry.type !== "polygon" || item.geometry.parts.every(({ holes }) => holes.length === 0);
    return same ? [] : [[item.id, withGeometry(item, geometry)]];
  });
  if (changed.length > 0) doc.replace("Fill holes", new Map(changed));
  return changed.length;
}

/** A polygon with a stroke painted into it or erased from it; null when nothing is left. */
export function paintPolygon(geometry: Geometry & { type: "polygon" }, stroke: readonly Part[], paint: boolean, width: number, height: number): Geometry | null {
  const image: Part[] = [{ outer: [[0, 0], [width, 0], [width, height], [0, height]], holes: [] }];
  const within = paint ? combineParts("intersect", stroke, image) : stroke;
  const parts = geometry.parts.length === 0 ? untangle(within) : combineParts(paint ? "union" : "subtract", geometry.parts, within);
  return parts.length > 0 ? { type: "polygon", parts } : null;
}
