/** Points and edges of other polygons that a new point sticks to, so that neighbours share their border. */
import type { Editor } from "../editor";
import { type Point, nearestEdge, nearestPoint, ringsOf } from "../model/geometry";

const REACH = 7;

/** Where a point goes: to a point of a neighbour, else to an edge of one, else where it is. */
export function snapped(editor: Editor, p: Point, except: ReadonlySet<number>): { at: Point; to: "point" | "edge" | null } {
  if (!editor.snap.value) return { at: p, to: null };
  const reach = editor.reach(REACH);
  const near = editor.hits.value.near(p, reach).filter((item) => !except.has(item.id));
  let edge: { at: Point; distance: number } | null = null;
  let corner: { at: Point; distance: number } | null = null;
  for (const { geometry } of near) {
    if (geometry.type !== "polygon") continue;
    const rings = ringsOf(geometry.parts);
    const onPoint = nearestPoint(rings, p, reach);
    const at = onPoint && rings[onPoint.ring]?.[onPoint.point];
    if (onPoint && at && onPoint.distance < (corner?.distance ?? Infinity)) corner = { at, distance: onPoint.distance };
    const onEdge = nearestEdge(rings, p, reach);
    if (onEdge && onEdge.distance < (edge?.distance ?? Infinity)) edge = onEdge;
  }
  if (corner) return { at: corner.at, to: "point" };
  return edge ? { at: edge.at, to: "edge" } : { at: p, to: null };
}
