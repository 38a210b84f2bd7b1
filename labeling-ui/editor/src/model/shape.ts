/** Shapes as the editor holds them, and as they go over the wire. */
import { type Part, type Point, type Rect, type Ring, NOWHERE, boundsOfRings, mapRings, ringsOf } from "./geometry";
import { type Mask, maskArea, maskBounds, maskFromCounts, translateMask } from "./runs";
import { rasterizeSpans } from "./rasterize";
import { type Attributes, attributesFrom } from "./attributes";

export type Geometry =
  | { readonly type: "polygon"; readonly parts: readonly Part[] }
  | { readonly type: "mask"; readonly mask: Mask }
  | { readonly type: "box"; readonly box: readonly [number, number, number, number] }
  | { readonly type: "point"; readonly point: Point }
  | { readonly type: "tag" };

/** One shape in the document. Immutable: an edit makes a new item with the same id. */
export interface Item {
  readonly id: number;
  /** Class index, or 255 for void. */
  readonly class: number;
  /** Tells things of one image apart; null for stuff and for things never told apart. */
  readonly instance: number | null;
  /** How sure the model is; null for what a person drew. */
  readonly confidence: number | null;
  readonly geometry: Geometry;
  /** Answers to what the class asks; absent when there are none. */
  readonly attributes?: Attributes | undefined;
  readonly hidden: boolean;
  readonly locked: boolean;
}

export const VOID = 255;

/** A shape in the JSON form of the API. */
export type WireShape = { class: number; instance?: number; confidence?: number; attributes?: Attributes } & (
  | { type: "polygon"; parts: { outer: [number, number][]; holes?: [number, number][][] }[] }
  | { type: "mask"; size: [number, number]; counts: number[] }
  | { type: "box"; box: [number, number, number, number] }
  | { type: "point"; point: [number, number] }
  | { type: "tag" }
);

export function toWire(item: Item): WireShape {
  const head = {
    class: item.class,
    ...(item.instance === null ? {} : { instance: item.instance }),
    ...(item.confidence === null ? {} : { confidence: item.confidence }),
    ...(item.attributes ? { attributes: item.attributes } : {}),
  };
  const { geometry } = item;
  switch (geometry.type) {
    case "polygon": {
      const ring = (points: Ring) => points.map(([x, y]): [number, number] => [x, y]);
      const parts = geometry.parts.map(({ outer, holes }) => ({ outer: ring(outer), ...(holes.length > 0 ? { holes: holes.map(ring) } : {}) }));
      return { ...head, type: "polygon", parts };
    }
    case "mask":
      return { ...head, type: "mask", size: [geometry.mask.height, geometry.mask.width], counts: Array.from(geometry.mask.runs) };
    case "box":
      return { ...head, type: "box", box: [...geometry.box] };
    case "point":
      return { ...head, type: "point", point: [geometry.point[0], geometry.point[1]] };
    case "tag":
      return { ...head, type: "tag" };
  }
}

/** An item from the wire, or null when the shape makes no sense for an image of this size. */
export function fromWire(shape: WireShape, id: number, width: number, height: number): Item | null {
  const geometry = geometryFromWire(shape, width, height);
  if (!geometry || !Number.isInteger(shape.class) || shape.class < 1 || shape.class > 255) return null;
  const attributes = attributesFrom(shape.attributes);
  return { id, class: shape.class, instance: shape.instance ?? null, confidence: shape.confidence ?? null, geometry, ...(attributes ? { attributes } : {}), hidden: false, locked: false };
}

function geometryFromWire(shape: WireShape, width: number, height: number): Geometry | null {
  switch (shape.type) {
    case "polygon": {
      const parts = shape.parts.map(({ outer, holes }) => ({ outer, holes: holes ?? [] })).filter(({ outer }) => outer.length >= 3);
      const finite = ringsOf(parts).every((ring) => ring.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y)));
      return finite && parts.length > 0 ? { type: "polygon", parts } : null;
    }
    case "mask": {
      const mask = maskFromCounts(shape.size[1], shape.size[0], shape.counts);
      return mask && mask.width === width && mask.height === height ? { type: "mask", mask } : null;
    }
    case "box":
      return shape.box.every(Number.isFinite) ? { type: "box", box: shape.box } : null;
    case "point":
      return shape.point.every(Number.isFinite) ? { type: "point", point: shape.point } : null;
    case "tag":
      return { type: "tag" };
    default:
      return null;
  }
}

const boundsCache = new WeakMap<Geometry, Rect>();

/** The rectangle around a shape; empty for a tag. */
export function boundsOf(geometry: Geometry): Rect {
  let bounds = boundsCache.get(geometry);
  if (!bounds) {
    bounds = computeBounds(geometry);
    boundsCache.set(geometry, bounds);
  }
  return bounds;
}

function computeBounds(geometry: Geometry): Rect {
  switch (geometry.type) {
    case "polygon":
      return boundsOfRings(geometry.parts.map((part) => part.outer));
    case "mask":
      return maskBounds(geometry.mask);
    case "box": {
      const [x0, y0, x1, y1] = geometry.box;
      return { x0, y0, x1, y1 };
    }
    case "point":
      return { x0: geometry.point[0], y0: geometry.point[1], x1: geometry.point[0], y1: geometry.point[1] };
    case "tag":
      return NOWHERE;
  }
}

/** The shape moved; masks move by whole pixels. */
export function translate(geometry: Geometry, dx: number, dy: number): Geometry {
  switch (geometry.type) {
    case "polygon":
      return { type: "polygon", parts: mapRings(geometry.parts, (ring) => ring.map(([x, y]): Point => [x + dx, y + dy])) };
    case "mask":
      return { type: "mask", mask: translateMask(geometry.mask, Math.round(dx), Math.round(dy)) };
    case "box": {
      const [x0, y0, x1, y1] = geometry.box;
      return { type: "box", box: [x0 + dx, y0 + dy, x1 + dx, y1 + dy] };
    }
    case "point":
      return { type: "point", point: [geometry.point[0] + dx, geometry.point[1] + dy] };
    case "tag":
      return geometry;
  }
}

/** Pixels covered within an image of this size. */
export function pixelArea(geometry: Geometry, width: number, height: number): number {
  if (geometry.type === "mask") return maskArea(geometry.mask);
  if (geometry.type !== "polygon") return 0;
  let area = 0;
  rasterizeSpans(ringsOf(geometry.parts), width, height, (_, x0, x1) => (area += x1 - x0));
  return area;
}

/** Roughly how many bytes an item takes, to bound the history. */
export function weight(item: Item): number {
  const { geometry } = item;
  if (geometry.type === "mask") return 100 + 4 * geometry.mask.runs.length;
  if (geometry.type === "polygon") return 100 + ringsOf(geometry.parts).reduce((sum, ring) => sum + 40 * ring.length, 0);
  return 100;
}

/** What a shape is made of, in two words: '18 points', 'mask', '1 hole'. */
export function describe(geometry: Geometry): string {
  switch (geometry.type) {
    case "polygon": {
      const holes = geometry.parts.reduce((sum, part) => sum + part.holes.length, 0);
      if (holes > 0) return holes === 1 ? "1 hole" : `${holes} holes`;
      const points = ringsOf(geometry.parts).reduce((sum, ring) => sum + ring.length, 0);
      return `${points} pts`;
    }
    case "mask":
    case "box":
    case "point":
    case "tag":
      return geometry.type;
  }
}
