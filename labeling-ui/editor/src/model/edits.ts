/** The edits that tools and keys make, as steps of a document. None changes locked shapes. */
import { sharers } from "./borders";
import { contour } from "./contour";
import { type Part, type Point, type PointRef, type Rect, type Ring, contains, mapRings, ringsCross, ringsOf } from "./geometry";
import type { LabelDocument } from "./document";
import { rasterize } from "./rasterize";
import { type Mask, maskArea } from "./runs";
import { type Geometry, type Item, boundsOf, translate } from "./shape";

/** The finest step of a polygon's point; keeps the numbers in JSON short. */
const GRID = 8;

/** A point on the editor's grid, inside the image. */
export function tidy(p: Point, width: number, height: number): Point {
  const fit = (value: number, max: number) => Math.min(max, Math.max(0, Math.round(value * GRID) / GRID));
  return [fit(p[0], width), fit(p[1], height)];
}

export function newItem(doc: LabelDocument, cls: number, isThing: boolean, geometry: Geometry): Item {
  return { id: doc.newId(), class: cls, instance: isThing ? doc.newInstance() : null, confidence: null, geometry, hidden: false, locked: false };
}

export function addItem(doc: LabelDocument, item: Item, label: string): void {
  doc.points.value = [];
  doc.commit(label, { items: [...doc.items.value, item] }, { select: [item.id] });
}

export type HoleOutcome = "cut" | "outside" | "crosses";

/** Cuts a hole into the part of a polygon that the ring lies in. */
export function cutHole(doc: LabelDocument, item: Item, ring: Ring): HoleOutcome {
  const { geometry } = item;
  const first = ring[0];
  if (geometry.type !== "polygon" || !first) return "outside";
  const at = geometry.parts.findIndex((part) => contains([part.outer, ...part.holes], first[0], first[1]));
  const part = geometry.parts[at];
  if (!part) return "outside";
  if ([part.outer, ...part.holes].some((other) => ringsCross(ring, other))) return "crosses";
  if (part.holes.some((hole) => hole[0] && contains([ring], hole[0][0], hole[0][1]))) return "crosses";
  const parts = geometry.parts.map((p, i): Part => (i === at ? { outer: p.outer, holes: [...p.holes, ring] } : p));
  doc.replace("Cut hole", new Map([[item.id, withGeometry(item, { type: "polygon", parts })]]));
  return "cut";
}

export function withGeometry(item: Item, geometry: Geometry): Item {
  return { ...item, geometry, confidence: null };
}

export function insertPoint(item: Item, ring: number, before: number, at: Point): Item {
  if (item.geometry.type !== "polygon") return item;
  const parts = mapRings(item.geometry.parts, (points, index) => (index === ring ? [...points.slice(0, before), at, ...points.slice(before)] : points));
  return withGeometry(item, { type: "polygon", parts });
}

/** The corners of a box in the order of its handles: clockwise from the top left. */
export function cornersOf([x0, y0, x1, y1]: readonly [number, number, number, number]): Ring {
  return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
}

/** The polygon, or the box, with some points moved by the same way, kept inside the image. */
export function movePoints(item: Item, refs: readonly PointRef[], dx: number, dy: number, width: number, height: number): Item {
  if (item.geometry.type === "box") return moveCorners(item, item.geometry.box, new Set(refs.map(({ point }) => point)), dx, dy, width, height);
  if (item.geometry.type !== "polygon") return item;
  const moved = new Set(refs.map(({ ring, point }) => `${ring}:${point}`));
  const parts = mapRings(item.geometry.parts, (points, ring) =>
    points.map((p, point): Point => (moved.has(`${ring}:${point}`) ? tidy([p[0] + dx, p[1] + dy], width, height) : p)),
  );
  return withGeometry(item, { type: "polygon", parts });
}

/** A box with some corners moved; those beside them follow, and sides may change places but not fall together. */
function moveCorners(item: Item, [x0, y0, x1, y1]: readonly [number, number, number, number], corners: ReadonlySet<number>, dx: number, dy: number, width: number, height: number): Item {
  const has = (...which: number[]) => which.some((corner) => corners.has(corner));
  const [a, b] = [tidy([x0 + (has(0, 3) ? dx : 0), y0 + (has(0, 1) ? dy : 0)], width, height), tidy([x1 + (has(1, 2) ? dx : 0), y1 + (has(2, 3) ? dy : 0)], width, height)];
  if (a[0] === b[0] || a[1] === b[1]) return item;
  return withGeometry(item, { type: "box", box: [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])] });
}

/** The polygon without some points; rings with fewer than three go, and null when nothing is left. */
export function withoutPoints(item: Item, refs: readonly PointRef[]): Item | null {
  if (item.geometry.type !== "polygon") return item;
  const gone = new Set(refs.map(({ ring, point }) => `${ring}:${point}`));
  const parts = mapRings(item.geometry.parts, (points, ring) => {
    const kept = points.filter((_, point) => !gone.has(`${ring}:${point}`));
    return kept.length >= 3 ? kept : null;
  });
  return parts.length > 0 ? withGeometry(item, { type: "polygon", parts }) : null;
}

/** Deletes the selected points, or the selected shapes where no point is selected. Returns how many locked ones stayed. */
export function deleteSelected(doc: LabelDocument): number {
  const only = doc.only();
  const points = doc.points.value;
  if (only?.geometry.type === "polygon" && points.length > 0) {
    if (only.locked) return 1;
    doc.points.value = [];
    doc.replace(points.length === 1 ? "Delete point" : "Delete points", new Map([[only.id, withoutPoints(only, points)]]));
    return 0;
  }
  const free = doc.selected.value.filter((item) => !item.locked);
  const label = free.length === 1 ? "Delete object" : `Delete ${free.length} objects`;
  doc.replace(label, new Map(free.map((item) => [item.id, null])));
  return doc.selected.value.length;
}

/** How far shapes can move before one of them leaves the image. */
export function clampMove(items: readonly Item[], dx: number, dy: number, width: number, height: number): Point {
  let [x, y] = [dx, dy];
  for (const item of items) {
    const b: Rect = boundsOf(item.geometry);
    x = Math.max(Math.min(0, -b.x0), Math.min(x, Math.max(0, width - b.x1)));
    y = Math.max(Math.min(0, -b.y0), Math.min(y, Math.max(0, height - b.y1)));
  }
  return [x, y];
}

/** Shapes moved together; by whole pixels when a mask is among them. */
export function movedItems(items: readonly Item[], dx: number, dy: number, width: number, height: number): Map<number, Item> {
  const step = items.some((item) => item.geometry.type === "mask") ? 1 : GRID;
  const [x, y] = clampMove(items, Math.round(dx * step) / step, Math.round(dy * step) / step, width, height);
  return new Map(items.map((item) => [item.id, x === 0 && y === 0 ? item : withGeometry(item, translate(item.geometry, x, y))]));
}

/** Points of an item moved and, with `shared`, those of its neighbours in the same places. */
export function movedTogether(doc: LabelDocument, item: Item, refs: readonly PointRef[], dx: number, dy: number, shared: boolean): Map<number, Item> {
  const { width, height } = doc;
  const moved = new Map([[item.id, movePoints(item, refs, dx, dy, width, height)]]);
  if (shared) for (const [id, theirs] of sharers(doc.items.value, item, refs)) {
    const other = doc.find(id);
    if (other) moved.set(id, movePoints(other, theirs, dx, dy, width, height));
  }
  return moved;
}

/** Moves selected points or shapes with the arrow keys. */
export function nudge(doc: LabelDocument, dx: number, dy: number, shared = false): void {
  const only = doc.only();
  const points = doc.points.value;
  const items = doc.selected.value.filter((item) => !item.locked);
  if (items.length === 0) return;
  const changed = only && points.length > 0 ? movedTogether(doc, only, points, dx, dy, shared) : movedItems(items, dx, dy, doc.width, doc.height);
  doc.replace("Nudge", changed, { merge: `nudge ${items.map((item) => item.id).join()} ${points.length}` });
}

export function setClass(doc: LabelDocument, cls: number, isThing: boolean): boolean {
  let instance = doc.newInstance();
  const changed = doc.selected.value
    .filter((item) => !item.locked && item.class !== cls)
    .map((item): [number, Item] => [item.id, { ...item, class: cls, confidence: null, instance: isThing ? (item.instance ?? instance++) : null }]);
  return doc.replace("Change class", new Map(changed));
}

/** Hides or locks shapes: all of them, unless all are already, then the other way round. */
export function toggle(doc: LabelDocument, items: readonly Item[], what: "hidden" | "locked"): void {
  const value = !items.every((item) => item[what]);
  const label = what === "hidden" ? (value ? "Hide" : "Show") : value ? "Lock" : "Unlock";
  doc.replace(label, new Map(items.map((item) => [item.id, { ...item, [what]: value }])));
}

/** Moves the selected shapes one place up or down in the painting order, or to its end. */
export function reorder(doc: LabelDocument, where: "up" | "down" | "top" | "bottom"): void {
  const chosen = doc.selection.value;
  const items = [...doc.items.value];
  const isChosen = (item: Item | undefined) => item !== undefined && chosen.has(item.id);
  if (where === "top" || where === "bottom") {
    const moved = items.filter(isChosen);
    const rest = items.filter((item) => !isChosen(item));
    doc.commit("Reorder", { items: where === "top" ? [...rest, ...moved] : [...moved, ...rest] });
    return;
  }
  const step = where === "up" ? -1 : 1;
  for (let i = where === "up" ? items.length - 2 : 1; i >= 0 && i < items.length; i += step) {
    const here = items[i];
    const there = items[i - step];
    if (here && there && isChosen(here) && !isChosen(there)) [items[i], items[i - step]] = [there, here];
  }
  doc.commit("Reorder", { items });
}

/** The pixels of a shape that can be painted into; null for boxes, points and tags. */
export function maskOf(geometry: Geometry, width: number, height: number): Mask | null {
  if (geometry.type === "mask") return geometry.mask;
  return geometry.type === "polygon" ? rasterize(ringsOf(geometry.parts), width, height) : null;
}

/** Turns the selected polygons into masks or, if there are none, masks into polygons, without changing a pixel. */
export function convert(doc: LabelDocument): "masks" | "polygons" | "nothing" {
  const free = doc.selected.value.filter((item) => !item.locked);
  const polygons = free.filter((item) => item.geometry.type === "polygon");
  doc.points.value = [];
  if (polygons.length > 0) {
    const changed = polygons.map((item): [number, Item | null] => {
      const mask = maskOf(item.geometry, doc.width, doc.height);
      return [item.id, mask && maskArea(mask) > 0 ? { ...item, geometry: { type: "mask", mask } } : item];
    });
    return doc.replace("Convert to mask", new Map(changed)) ? "masks" : "nothing";
  }
  const changed = free.flatMap((item): [number, Item][] => {
    return item.geometry.type === "mask" ? [[item.id, { ...item, geometry: { type: "polygon", parts: contour(item.geometry.mask) } }]] : [];
  });
  return doc.replace("Convert to polygon", new Map(changed)) ? "polygons" : "nothing";
}
