/** The line at the bottom: where the pointer is, what is selected, and the keys of the tool in hand. */
import { effect } from "@preact/signals-core";
import type { Editor } from "../editor";
import { type Item, describe, pixelArea } from "../model/shape";
import { keyLabel } from "../keys/names";
import { TOOLS } from "../tools";
import { h, kbd, setText } from "./dom";

const areas = new WeakMap<Item, number>();

function areaOf(item: Item, width: number, height: number): number {
  let area = areas.get(item);
  if (area === undefined) {
    area = pixelArea(item.geometry, width, height);
    areas.set(item, area);
  }
  return area;
}

/** 1204 as '1 204', with narrow spaces. */
function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

export function footer(editor: Editor): HTMLElement {
  const place = h("span", { class: "place" });
  const zoom = h("span", { class: "zoom" });
  const selection = h("span", { class: "selection" });
  const hints = h("span", { class: "hints" });
  effect(() => {
    const at = editor.cursor.value;
    const inside = at && at[0] >= 0 && at[1] >= 0 && at[0] < editor.imageSize.width && at[1] < editor.imageSize.height;
    setText(place, inside ? `x ${Math.floor(at[0])} y ${Math.floor(at[1])}` : "");
  });
  effect(() => {
    const { scale } = editor.view.value;
    setText(zoom, editor.doc.value ? (scale >= 8 ? `${scale.toFixed(1)}×` : `${Math.round(scale * 100)} %`) : "");
  });
  effect(() => {
    const doc = editor.doc.value;
    const selected = doc?.selected.value ?? [];
    const [only] = selected;
    if (!doc || !only) setText(selection, "");
    else if (selected.length > 1) setText(selection, `${selected.length} objects`);
    else setText(selection, `${editor.classes.value.nameOf(only)} · ${describe(only.geometry)} · ${grouped(areaOf(only, doc.width, doc.height))} px²`);
  });
  effect(() => {
    void [editor.overlayVersion.value, editor.doc.value?.points.value, editor.doc.value?.selection.value];
    const help = editor.keymap.value.keys("help")[0];
    const all = [...TOOLS[editor.activeTool.value].hints(editor), ...(help ? [{ keys: keyLabel(help), text: "all keys" }] : [])];
    const key = all.map(({ keys, text }) => `${keys} ${text}`).join();
    if (hints.dataset["key"] === key) return;
    hints.dataset["key"] = key;
    hints.replaceChildren(...all.flatMap(({ keys, text }, i) => [...(i > 0 ? [" · "] : []), kbd(keys), ` ${text}`]));
  });
  return h("footer", { class: "footer" }, place, zoom, selection, h("span", { class: "spacer" }), hints);
}
