/** Points and edges of other polygons that a new point sticks to, so that neighbours share their border. */
import type { Editor } from "../editor";
import { onGrid } from "../model/booleans";
import type { Anchor } from "../model/borders";
import { type Point, nearestEdge, nearestPoint, ringsOf } from "../model/geometry";

const REACH = 7;

/** The place on a neighbour where a point goes: a point of it, else an edge; null for none near by. */
export function anchorAt(editor: Editor, p: Point, except: ReadonlySet<number>): Anchor | null {
  if (!editor.snap.value) return null;
  const reach = editor.reach(REACH);
  let edge: { anchor: Anchor; distance: number } | null = null;
  let corner: { anchor: Anchor; distance: number } | null = null;
  for (const { id, geometry } of editor.hits.value.near(p, reach)) {
    if (geometry.type !== "polygon" || except.has(id)) continue;
    const rings = ringsOf(geometry.parts);
    const onPoint = nearestPoint(rings, p, reach);
    const at = onPoint && rings[onPoint.ring]?.[onPoint.point];
    if (onPoint && at && onPoint.distance < (corner?.distance ?? Infinity)) corner = { anchor: { item: id, ring: onPoint.ring, index: onPoint.point, at, on: "point" }, distance: onPoint.distance };
    const onEdge = nearestEdge(rings, p, reach);
    const count = (onEdge && rings[onEdge.ring]?.length) ?? 1;
    if (onEdge && onEdge.distance < (edge?.distance ?? Infinity)) edge = { anchor: { item: id, ring: onEdge.ring, index: (onEdge.before + count - 1) % count, at: onGrid(onEdge.at), on: "edge" }, distance: onEdge.distance };
  }
  return corner?.anchor ?? edge?.anchor ?? null;
}
