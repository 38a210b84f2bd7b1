// The editor's own code for turning shapes into pixels, bundled as the editor bundles it.
import { join } from "node:path";
import { esbuild } from "./browser.mjs";

const SOURCES = join(import.meta.dirname, "../../../labeling-ui/editor/src");

async function load() {
  const contents = `
    export { LabelMap } from "./render/labelmap";
    export { rasterize } from "./model/rasterize";
    export { ringsOf } from "./model/geometry";`;
  const { outputFiles } = await esbuild().build({ stdin: { contents, resolveDir: SOURCES, loader: "ts" }, bundle: true, write: false, format: "esm", target: "node20" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** The class of every pixel as the editor sees it: its label map of these shapes, in their order. */
export async function classMap(shapes, width, height) {
  const { LabelMap, rasterize, ringsOf } = await load();
  const map = new LabelMap(width, height);
  const masks = shapes.map((shape) => (shape.type === "polygon" ? rasterize(ringsOf(shape.parts), width, height) : { width, height, runs: Uint32Array.from(shape.runs) }));
  // Slots are the shapes' places, because two shapes may be of the same class.
  map.set(masks.map((mask, place) => ({ slot: place + 1, mask, live: null })));
  const out = new Uint8Array(width * height);
  for (const { rect, slots } of map.made({ x0: 0, y0: 0, x1: width, y1: height })) {
    const across = rect.x1 - rect.x0;
    slots.forEach((slot, i) => (out[(rect.y0 + Math.floor(i / across)) * width + rect.x0 + (i % across)] = slot === 0 ? 0 : shapes[slot - 1].class));
  }
  return out;
}
