// How long the tools think, without a browser: node editor/bench/model.mjs
// Milliseconds of processor time (user and system), so that other work on the machine counts little; median and worst of several rounds.
import { build } from "esbuild";
import { join } from "node:path";

const SOURCES = join(import.meta.dirname, "../src");
const contents = `
  export { superpixels, stretches } from "./workers/slic";
  export { livewire, wireTo } from "./workers/livewire";
  export { flood } from "./workers/flood";
  export { suggest } from "./workers/suggest";
  export { combineParts, strokeParts } from "./model/booleans";
  export { combineMasks, fillHoles } from "./model/mask_ops";
  export { cutPart } from "./model/cut";
  export { contour } from "./model/contour";
  export { encode } from "./model/runs";`;
const { outputFiles } = await build({ stdin: { contents, resolveDir: SOURCES, loader: "ts" }, bundle: true, write: false, format: "esm", target: "node20" });
const m = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

let seed = 1;
const next = () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
const [WIDTH, HEIGHT] = [2000, 1500];
const data = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
const bitmap = new Uint8Array(WIDTH * HEIGHT);
const discs = Array.from({ length: 60 }, () => ({ x: next() * WIDTH, y: next() * HEIGHT, r: 30 + 60 * next(), light: 90 + 120 * next() }));
for (let p = 0; p < WIDTH * HEIGHT; p++) data.fill(30 + 14 * next(), 4 * p, 4 * p + 3);
for (const { x, y, r, light } of discs) for (let v = Math.max(0, Math.floor(y - r)); v < Math.min(HEIGHT, y + r); v++) for (let u = Math.max(0, Math.floor(x - r)); u < Math.min(WIDTH, x + r); u++) {
  if (Math.hypot(u - x, v - y) >= r) continue;
  data.set([light + 20 * next(), light * 0.9, light * 0.7], 4 * (v * WIDTH + u));
  bitmap[v * WIDTH + u] = 1;
}
const picture = { width: WIDTH, height: HEIGHT, data };
const inner = discs.find(({ x, y, r }) => x > 400 && y > 400 && x < WIDTH - 400 && y < HEIGHT - 400 && r > 50) ?? discs[0];
const star = (cx, cy, count) => ({ outer: Array.from({ length: count }, (_, i) => [cx + (40 + 40 * next()) * Math.cos((2 * Math.PI * i) / count), cy + (40 + 40 * next()) * Math.sin((2 * Math.PI * i) / count)]), holes: [] });
const [one, other] = [m.encode(WIDTH, HEIGHT, bitmap), m.encode(WIDTH, HEIGHT, bitmap.map((_, p) => bitmap[(p + 30_040) % bitmap.length]))];
const pairs = Array.from({ length: 60 }, () => [[star(100, 100, 200)], [star(140, 120, 200)]]);

const ROUNDS = Number(process.argv[2] ?? 9);
function measure(name, run) {
  run();
  const times = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }).sort((a, b) => a - b);
  console.log(`| ${name} | ${times[times.length >> 1].toFixed(1)} | ${times.at(-1).toFixed(1)} |`);
}

console.log("| what | median ms | worst ms |\n| --- | --- | --- |");
measure("superpixels of 20 px, 2000×1500, with their stretches", () => m.stretches(m.superpixels(picture, 20)));
measure("livewire: all ways within 320 px of a click", () => m.livewire(picture, inner.x + inner.r, inner.y, 320, 5));
measure("flood fill of a disc, 2000×1500", () => m.flood(picture, Math.floor(inner.x), Math.floor(inner.y), 40));
measure("flood fill of the whole ground, 2000×1500", () => m.flood(picture, 3, 3, 60));
measure("suggestion from one click", () => m.suggest(picture, [{ x: inner.x, y: inner.y, inside: true }], null));
measure("suggestion from a box and a click", () => m.suggest(picture, [{ x: inner.x + inner.r * 1.2, y: inner.y, inside: false }], { x0: inner.x - inner.r * 1.1, y0: inner.y - inner.r * 1.1, x1: inner.x + inner.r * 1.1, y1: inner.y + inner.r * 1.1 }));
measure("180 booleans of polygons with 200 points each", () => pairs.forEach(([a, b]) => ["union", "subtract", "intersect"].forEach((op) => m.combineParts(op, a, b))));
measure("a stroke of 400 dabs painted into a polygon of 200 points", () => m.combineParts("union", [star(100, 100, 200)], m.strokeParts(Array.from({ length: 400 }, (_, i) => ({ at: [i, 100 + 40 * Math.sin(i / 30)], size: 24 })))));
measure("a polygon of 200 points cut along a line", () => m.cutPart(pairs[0][0][0], [[0, 90], [200, 110]]));
measure("union of two masks, 2000×1500, 60 discs", () => m.combineMasks("union", one, other));
measure("holes of it filled", () => m.fillHoles(one));
measure("its exact outlines", () => m.contour(one));
