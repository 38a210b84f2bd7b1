/** How tools make and change shapes: by the overlap rule, and so that polygons stay polygons. */
import type { Editor } from "../editor";
import { combineParts } from "../model/booleans";
import { keptApart, paintPolygon } from "../model/combine";
import { contour } from "../model/contour";
import { newItem, withGeometry } from "../model/edits";
import type { Part } from "../model/geometry";
import { combineMasks } from "../model/mask_ops";
import { type Mask, emptyMask, maskArea } from "../model/runs";
import type { Geometry, Item } from "../model/shape";

/** The geometry without what belongs to others, where the rule says so; null when nothing is left. */
function byRule(editor: Editor, geometry: Geometry, except: number | null): Geometry | null {
  const doc = editor.doc.value;
  if (!doc || editor.options.overlap.value === "new") return geometry;
  return keptApart(geometry, doc.items.value.filter((item) => item.id !== except), doc.width, doc.height);
}

/** Adds a shape of the chosen class, together with changes of its neighbours. Returns whether anything of it was left. */
export function addShape(editor: Editor, geometry: Geometry, label: string, neighbours: ReadonlyMap<number, Item> = new Map()): boolean {
  const doc = editor.doc.value;
  if (!doc) return false;
  const left = geometry.type === "polygon" || geometry.type === "mask" ? byRule(editor, geometry, null) : geometry;
  if (!left) {
    editor.say("All of it belongs to other objects, and the rule is to keep those. Nothing was added.");
    return false;
  }
  const cls = editor.currentClass.value;
  const item = newItem(doc, cls, editor.isThing(cls), left);
  doc.points.value = [];
  doc.commit(label, { items: [...doc.items.value.map((other) => neighbours.get(other.id) ?? other), item] }, { select: [item.id] });
  return true;
}

/** The object that pixels are added to or taken from; a sentence when it can't be. Null for a new one. */
export function paintTarget(editor: Editor): Item | string | null {
  const item = editor.doc.value?.only() ?? null;
  if (!item) return null;
  if (item.locked) return "This object is locked.";
  if (item.hidden) return "This object is hidden.";
  return item.geometry.type === "polygon" || item.geometry.type === "mask" ? item : "Only polygons and masks can be painted.";
}

/**
 * Makes a step of pixels that were painted into an object, or taken out of it.
 * @param before the object's pixels before, @param after with what was painted, @param stroke the outline of what was painted, if it has one.
 */
export function finishPaint(editor: Editor, item: Item, isNew: boolean, before: Mask, after: Mask, stroke: readonly Part[] | null, paint: boolean, label: string): void {
  const doc = editor.doc.value;
  if (!doc) return;
  const geometry = painted(editor, item, before, after, stroke, paint);
  if (isNew) {
    if (geometry) doc.commit(label, { items: [...doc.items.value, withGeometry(item, geometry)] }, { select: [item.id] });
    else if (maskArea(after) > 0) editor.say("All of it belongs to other objects, and the rule is to keep those.");
    return;
  }
  doc.replace(label, new Map([[item.id, geometry && withGeometry(item, geometry)]]), geometry ? {} : { select: [] });
}

function painted(editor: Editor, item: Item, before: Mask, after: Mask, stroke: readonly Part[] | null, paint: boolean): Geometry | null {
  const { width, height } = after;
  const { geometry } = item;
  if (geometry.type === "polygon") {
    const parts = stroke ?? contour(combineMasks("xor", before, after));
    const own = paint ? byRule(editor, { type: "polygon", parts }, item.id) : null;
    if (paint && !own) return geometry;
    return paintPolygon(geometry, own?.type === "polygon" ? own.parts : parts, paint, width, height);
  }
  let mask = after;
  if (paint && editor.options.overlap.value === "old") {
    const fresh = combineMasks("subtract", after, before);
    const left = maskArea(fresh) > 0 ? byRule(editor, { type: "mask", mask: fresh }, item.id) : null;
    mask = left?.type === "mask" ? combineMasks("union", before, left.mask) : before;
  }
  return maskArea(mask) > 0 ? { type: "mask", mask } : null;
}

/** Adds pixels to the selected object, takes them out of it, or makes a new object of them. */
export function usePixels(editor: Editor, mask: Mask, how: "new" | "add" | "take", label: string): void {
  const doc = editor.doc.value;
  if (!doc) return;
  const target = how === "new" ? null : paintTarget(editor);
  if (typeof target === "string") {
    editor.say(target);
    return;
  }
  if (!target) {
    if (how === "take") editor.say("Select the object to take it from.");
    else addShape(editor, { type: "mask", mask }, label);
    return;
  }
  const { geometry } = target;
  if (geometry.type === "polygon") {
    const parts = contour(mask);
    finishPaint(editor, target, false, emptyMask(mask.width, mask.height), mask, how === "take" ? combineParts("intersect", geometry.parts, parts) : parts, how === "add", label);
  } else if (geometry.type === "mask") {
    finishPaint(editor, target, false, geometry.mask, combineMasks(how === "add" ? "union" : "subtract", geometry.mask, mask), null, how === "add", label);
  }
}
