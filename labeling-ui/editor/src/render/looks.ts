/** How the editor's state looks: colours, opacities and line widths of all shapes. */
import type { Editor } from "../editor";
import { rgb } from "../model/classes";
import { type Item, VOID } from "../model/shape";
import { type Drawn, GROUND, type Scene } from "./scene";

const MACHINE: readonly [number, number, number] = [167, 139, 250];

/** Colours of neighbours in a list differ much: hues a golden angle apart, in three lightnesses. */
export function instanceColor(number: number): [number, number, number] {
  const hue = (number * 137.508) % 360;
  const light = [0.62, 0.5, 0.74][number % 3] ?? 0.62;
  const strength = 0.62 * Math.min(light, 1 - light);
  const channel = (shift: number) => {
    const k = (shift + hue / 30) % 12;
    return Math.round(255 * (light - strength * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

export function colorOf(editor: Editor, item: Item): [number, number, number] {
  if (editor.colorBy.value === "instance" && item.class !== VOID) return instanceColor(item.instance ?? item.id);
  return rgb(editor.classes.value.get(item.class).color);
}

export function sceneOf(editor: Editor): Scene {
  // A revision that is looked at stands in for the document.
  const looked = editor.looked.value;
  const doc = editor.doc.value;
  const around = { light: editor.light.values.value, doubt: editor.uncertainty.value && editor.hasUncertainty.value, ground: GROUND[editor.theme.value] };
  if (!doc || editor.bare.value) return { shapes: [], suggestions: [], ...around };
  const opacity = editor.outlines.value ? 0 : editor.opacity.value;
  if (looked) {
    const shapes = looked.map((item): Drawn => ({ item, look: { color: colorOf(editor, item), fill: item.class === VOID ? -opacity : opacity, line: -2 }, moving: false, live: null }));
    return { shapes, suggestions: [], ...around };
  }
  const preview = editor.preview.value;
  const items = preview ? doc.items.value.map((item) => preview.items.get(item.id) ?? item) : [...doc.items.value];
  if (preview) {
    const known = new Set(items.map((item) => item.id));
    for (const item of preview.items.values()) if (!known.has(item.id)) items.push(item);
  }
  const selected = doc.selection.value;
  const hover = editor.hover.value;
  const shapes = items.map((item): Drawn => {
    const isSelected = selected.has(item.id);
    const fill = Math.min(1, opacity * (isSelected ? 1.3 : item.id === hover ? 1.15 : 1));
    const look = { color: colorOf(editor, item), fill: item.class === VOID ? -fill : fill, line: isSelected ? 2.5 : item.id === hover ? 2 : 1.5 };
    const live = preview?.live?.id === item.id ? preview.live.bitmap : null;
    return { item, look, moving: preview?.items.has(item.id) ?? false, live };
  });
  const active = doc.activeSuggestion.value;
  const suggestions = doc.suggestions.value.map((item: Item): Drawn => {
    const isActive = item.id === active;
    return { item, look: { color: MACHINE, fill: editor.outlines.value ? 0 : isActive ? 0.3 : item.id === hover ? 0.22 : 0.12, line: isActive ? -2.5 : -1.5 }, moving: false, live: null };
  });
  return { shapes, suggestions, ...around };
}
