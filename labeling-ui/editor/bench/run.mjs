// Measures the editor beside Konva in the same run, and prints what belongs into BENCHMARKS.md: node editor/bench/run.mjs [polygons]
import { build } from "esbuild";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { launch, open, shows, startMock, state, until, visitor } from "../browser/support.mjs";
import { measure } from "./editor_steps.mjs";
import { BRUSH, HEIGHT, VIEW, WIDTH, bands, brushAt, panAt, polygons, zoomAt } from "./scene.mjs";

const COUNT = Number(process.argv[2] ?? 5000);
const FRAMES = Number(process.argv[3] ?? 60);
const KINDS = ["pan", "zoom", "paint"];

const sorted = (all) => [...all].sort((a, b) => a - b);
const at = (all, part) => sorted(all)[Math.min(all.length - 1, Math.floor(all.length * part))];
const ms = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
const figures = (all) => `${ms(at(all, 0.5))} / ${ms(at(all, 0.95))} / ${ms(Math.max(...all))}`;

const browser = await launch();
const chrome = browser.version();

async function konva() {
  const { outputFiles } = await build({ entryPoints: [join(import.meta.dirname, "konva_page.mjs")], bundle: true, format: "iife", write: false, minify: true, target: "es2023" });
  const page = await browser.newPage({ viewport: VIEW });
  await page.setContent("<!doctype html><body style='margin:0'></body>");
  await page.addScriptTag({ content: outputFiles[0].text });
  await page.evaluate((count) => globalThis.prepare(count), COUNT);
  const found = {};
  for (const kind of KINDS) found[kind] = await page.evaluate(([what, frames]) => globalThis.measure(what, frames), [kind, FRAMES]);
  await page.close();
  return found;
}

/** The editor's own page, sized so that its stage is as large as Konva's. */
async function openEditor(mock) {
  const context = await visitor(browser, { viewport: { width: VIEW.width + 52 + 292, height: VIEW.height + 48 + 28 } });
  const page = await open(context, mock, { wait: false });
  await page.waitForFunction(() => document.querySelector(".stage[data-shown]"), null, { timeout: 120_000 });
  return { context, page };
}

async function editor() {
  const mock = await startMock({ sizes: [[WIDTH, HEIGHT, 40], [WIDTH, HEIGHT, 40]], offers: ["tiles"] });
  const shapes = [{ class: 3, type: "mask", size: [HEIGHT, WIDTH], counts: bands() }, ...polygons(COUNT).map(({ ring, cls }, i) => ({ class: cls, instance: i + 1, type: "polygon", parts: [{ outer: ring }] }))];
  for (const task of mock.tasks) mock.revise(task, shapes);
  const { context, page } = await openEditor(mock);
  await until("the next image is there ahead", () => mock.tasks[1].state === "leased");
  await page.waitForTimeout(4000);
  const run = (what, places) => page.evaluate(measure, { what, places, size: BRUSH });
  const frames = Array.from({ length: FRAMES }, (_, i) => i + 1);
  const found = {
    pan: await run("pan", frames.map(panAt)),
    zoom: await run("zoom", frames.map(zoomAt)),
  };
  await state(page, (e, view) => (e.view.value = view), panAt(0));
  found.paint = await run("paint", frames.map(brushAt));
  // The next image, with as many shapes: from the key to the picture on the canvas.
  await page.keyboard.press("Escape");
  const name = await page.textContent(".image-name");
  await page.focus(".overlay");
  await page.evaluate(() => window.addEventListener("keydown", () => performance.mark("key"), { capture: true, once: true }));
  await page.keyboard.press("Enter");
  await shows(page, name.split(" ")[0]);
  const next = await page.evaluate(() => performance.getEntriesByName("image shown").at(-1).startTime - performance.getEntriesByName("key").at(-1).startTime);
  await context.close();
  mock.close();
  return { found, next };
}

/** Everyday images: five of 1024 × 1024 with 34 objects, one after the other. */
async function everyday() {
  const mock = await startMock({ sizes: Array.from({ length: 7 }, () => [1024, 1024, 34]), offers: [] });
  const { context, page } = await openEditor(mock);
  const times = [];
  for (let i = 0; i < 5; i++) {
    await until("the next image is there ahead", () => mock.tasks.filter((task) => task.state === "leased").length >= 2);
    await page.waitForTimeout(1500);
    const name = await page.evaluate(() => document.querySelector(".image-name").title);
    await page.evaluate(() => window.addEventListener("keydown", () => performance.mark("key"), { capture: true, once: true }));
    await page.keyboard.press("Enter");
    await shows(page, name);
    times.push(await page.evaluate(() => performance.getEntriesByName("image shown").at(-1).startTime - performance.getEntriesByName("key").at(-1).startTime));
  }
  await context.close();
  mock.close();
  return times;
}

async function huge() {
  const side = 16_384;
  const mock = await startMock({ sizes: [[side, side, 300]], offers: ["tiles"] });
  const { context, page } = await openEditor(mock);
  const first = await page.evaluate(() => performance.getEntriesByName("image shown").at(-1).startTime);
  const tiles = () => page.evaluate(() => performance.getEntriesByType("resource").filter((entry) => /\/tiles\//.test(entry.name)).length);
  await page.waitForTimeout(1500);
  const whole = await tiles();
  await state(page, (e) => e.zoomTo(1));
  await page.waitForTimeout(4000);
  const close = await tiles();
  const places = Array.from({ length: FRAMES }, (_, i) => ({ scale: 1, x: 6000 + 40 * i, y: 7000 + 25 * i }));
  const { spent } = await page.evaluate(measure, { what: "pan", places, size: BRUSH });
  const memory = await page.evaluate(() => performance.memory?.usedJSHeapSize ?? 0);
  await context.close();
  mock.close();
  return { first, whole, close, spent, memory };
}

function script() {
  const folder = join(import.meta.dirname, "../../../static/build");
  const { editor: entry } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const seen = new Set();
  const walk = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const [, other] of readFileSync(join(folder, name), "utf8").matchAll(/(?:from|import)\s?"\.\/([\w-]+\.js)"/g)) walk(other);
  };
  walk(entry);
  const size = (name) => statSync(join(folder, `${name}.br`)).size;
  const later = readdirSync(folder).filter((name) => name.endsWith(".js") && !seen.has(name) && /^(checks|keys|markdown|palette|sign_in|skip)-/.test(name));
  return { first: [...seen].reduce((sum, name) => sum + size(name), 0), later: later.reduce((sum, name) => sum + size(name), 0) };
}

const load = loadavg()[0].toFixed(1);
const reference = await konva();
const own = await editor();
const next = await everyday();
const tiled = await huge();
const sizes = script();
await browser.close();

console.log(`Chromium ${chrome}, software GL, ${cpus().length} cores, load ${load}; ${COUNT} polygons of 40 points and a mask over ${WIDTH} × ${HEIGHT}; ${FRAMES} frames each.\n`);
console.log("| main thread a frame, ms (median / 95 % / worst) | Labelwright | Konva | ratio of medians |\n| --- | --- | --- | --- |");
for (const kind of KINDS) console.log(`| ${kind} | ${figures(own.found[kind].spent)} | ${figures(reference[kind])} | ${(at(reference[kind], 0.5) / at(own.found[kind].spent, 0.5)).toFixed(0)} × |`);
console.log(`\nbrush to screen: ${FRAMES - own.found.paint.late} of ${FRAMES} moves drawn in the very next frame; letting go of the button: ${ms(own.found.paint.release)} ms`);
console.log(`next image, fetched ahead: ${figures(next)} ms (1024 × 1024, 34 objects); ${ms(own.next)} ms (${WIDTH} × ${HEIGHT}, ${COUNT} polygons and the mask)`);
console.log(`16,384 × 16,384 as tiles: on the screen ${ms(tiled.first)} ms after the page was asked for, with ${tiled.whole} tiles; ${tiled.close} after zooming to all pixels; panning there ${figures(tiled.spent)} ms a frame; script memory ${(tiled.memory / 2 ** 20).toFixed(0)} MiB`);
console.log(`script, compressed: ${(sizes.first / 1024).toFixed(1)} KiB at first load, ${(sizes.later / 1024).toFixed(1)} KiB more when asked for`);
