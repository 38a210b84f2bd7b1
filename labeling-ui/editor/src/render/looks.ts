/** How the editor's state looks: colours, opacities and line widths of all shapes. */
import type { Editor } from "../editor";
import { rgb } from "../model/classes";
import { type Item, VOID } from "../model/shape";
import type { Drawn, Scene } from "./scene";

const MACHINE: readonly [number, number, number] = [167, 139, 250];

export function sceneOf(editor: Editor): Scene {
  const doc = editor.doc.value;
  const light = { brightness: editor.brightness.value, contrast: editor.contrast.value };
  if (!doc || editor.bare.value) return { shapes: [], suggestions: [], ...light };
  const preview = editor.preview.value;
  const items = doc.items.value.map((item) => preview?.items.get(item.id) ?? item);
  const known = new Set(items.map((item) => item.id));
  for (const item of preview?.items.values() ?? []) if (!known.has(item.id)) items.push(item);
  const selected = doc.selection.value;
  const hover = editor.hover.value;
  const opacity = editor.opacity.value;
  const classes = editor.classes.value;
  const shapes = items.map((item): Drawn => {
    const isSelected = selected.has(item.id);
    const fill = Math.min(1, opacity * (isSelected ? 1.3 : item.id === hover ? 1.15 : 1));
    const look = { color: rgb(classes.get(item.class).color), fill: item.class === VOID ? -fill : fill, line: isSelected ? 2.5 : item.id === hover ? 2 : 1.5 };
    const live = preview?.live?.id === item.id ? preview.live.bitmap : null;
    return { item, look, moving: preview?.items.has(item.id) ?? false, live };
  });
  const active = doc.activeSuggestion.value;
  const suggestions = doc.suggestions.value.map((item: Item): Drawn => {
    const isActive = item.id === active;
    return { item, look: { color: MACHINE, fill: isActive ? 0.3 : item.id === hover ? 0.22 : 0.12, line: isActive ? -2.5 : -1.5 }, moving: false, live: null };
  });
  return { shapes, suggestions, ...light };
}
