// Drives the editor in Chromium against the stand-in server, checks what it does, and takes pictures: node editor/dev/shots.mjs FOLDER
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startMock } from "./mock.mjs";

const folder = process.argv[2] ?? "shots";
mkdirSync(folder, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
});

async function open(mock, width, height) {
  const page = await browser.newPage({ viewport: { width, height } });
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && !/GPU stall|Failed to load resource/.test(m.text()) && console.log("console:", m.text()));
  page.on("pageerror", (e) => console.log("page error:", e.stack));
  page.shot = (name) => page.screenshot({ path: join(folder, `${name}.png`) });
  /** Screen position of a point of the image. */
  page.at = (x, y) => page.evaluate(([px, py]) => {
    const { view } = document.getElementById("editor").editor;
    const box = document.querySelector(".overlay").getBoundingClientRect();
    return [box.left + (px - view.value.x) * view.value.scale, box.top + (py - view.value.y) * view.value.scale];
  }, [x, y]);
  page.clickAt = async (x, y, options) => page.mouse.click(...(await page.at(x, y)), options);
  page.doc = (f, arg) => page.evaluate(`(${f})(document.getElementById("editor").editor, ${JSON.stringify(arg ?? null)})`);
  page.stroke = async (points) => {
    await page.mouse.move(...(await page.at(...points[0])));
    await page.mouse.down();
    for (const p of points.slice(1)) await page.mouse.move(...(await page.at(...p)), { steps: 6 });
    await page.mouse.up();
  };
  await page.goto(`${mock.url}/label`);
  await page.waitForFunction(() => performance.getEntriesByName("image shown").length > 0);
  await page.waitForTimeout(300);
  return page;
}

async function accessible(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  for (const v of violations) console.log(`axe ${name}: ${v.id} (${v.impact}) ${v.nodes.map((n) => n.target.join(" ")).slice(0, 4).join(" | ")}`);
}

const items = (editor) => editor.doc.value.items.value.map((item) => ({ id: item.id, class: item.class, type: item.geometry.type }));

async function flow(width, height) {
  const mock = await startMock();
  const page = await open(mock, width, height);
  const tag = `${width}`;
  const before = await page.doc(items);
  await page.shot(`${tag}-1-open`);
  await accessible(page, "open");

  await page.keyboard.press("p");
  await page.keyboard.press("2");
  const ring = [[420, 330], [520, 300], [560, 390], [470, 440]];
  for (const p of ring) await page.clickAt(...p);
  await page.mouse.move(...(await page.at(400, 400)));
  await page.shot(`${tag}-2-drawing`);
  await page.keyboard.press("Enter");
  assert.equal((await page.doc(items)).length, before.length + 1, "a polygon was drawn");
  await page.keyboard.down("Alt");
  for (const p of [[470, 350], [500, 350], [490, 380]]) await page.clickAt(...p);
  await page.keyboard.up("Alt");
  await page.keyboard.press("Enter");
  assert.equal(await page.doc((editor) => editor.doc.value.only().geometry.parts[0].holes.length), 1, "a hole was cut");

  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await page.keyboard.press("1");
  await page.stroke([[300, 500], [380, 560], [460, 520]]);
  await page.stroke([[300, 520], [420, 580]]);
  const painted = await page.doc(items);
  assert.equal(painted.length, before.length + 2, "two strokes made one mask");
  await page.keyboard.press("e");
  await page.stroke([[360, 500], [370, 600]]);
  await page.shot(`${tag}-3-painted`);
  assert.equal(await page.doc((editor) => editor.doc.value.only().geometry.type), "mask");

  await page.keyboard.press("v");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.shot(`${tag}-4-suggestion`);
  const waiting = await page.doc((editor) => editor.doc.value.suggestions.value.length);
  await page.keyboard.press("a");
  await page.keyboard.press("d");
  assert.equal(await page.doc((editor) => editor.doc.value.suggestions.value.length), waiting - 2);
  await page.keyboard.press("Control+z");
  assert.equal(await page.doc((editor) => editor.doc.value.suggestions.value.length), waiting - 1);

  await page.waitForTimeout(200);
  const known = await page.doc(items);
  await page.reload();
  await page.waitForFunction(() => document.getElementById("editor")?.editor?.doc.value);
  await page.waitForTimeout(300);
  assert.deepEqual(await page.doc(items), known, "a reload keeps the work");
  await page.keyboard.press("Control+Shift+z");
  assert.equal(await page.doc((editor) => editor.doc.value.suggestions.value.length), waiting - 2, "and the redo");
  for (let i = 0; i < 4; i++) await page.keyboard.press("Control+z");
  assert.ok((await page.doc(items)).length <= known.length, "and the undo");
  for (let i = 0; i < 4; i++) await page.keyboard.press("Control+Shift+z");

  await page.clickAt(500, 420);
  await page.keyboard.press("v");
  await page.doc((editor) => { editor.doc.value.select([editor.doc.value.items.value.find((item) => item.geometry.type === "polygon" && item.class === 2 && item.geometry.parts[0].holes.length).id]); });
  await page.clickAt(420, 330);
  await page.shot(`${tag}-5-selected`);
  await page.keyboard.press("z");
  await page.waitForTimeout(100);
  await page.shot(`${tag}-6-zoomed`);
  for (let i = 0; i < 12; i++) await page.keyboard.press("=");
  assert.equal(await page.doc((editor) => editor.view.value.scale), 32);
  await page.shot(`${tag}-7-pixels`);
  await page.keyboard.press("f");

  await page.keyboard.press("?");
  await page.waitForTimeout(100);
  await page.shot(`${tag}-8-keys`);
  await accessible(page, "keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+Enter");
  await page.waitForTimeout(100);
  await page.shot(`${tag}-9-skip`);
  await page.keyboard.press("Escape");
  await page.click("#tab-guide");
  await page.click("button[aria-label='Brightness and contrast']");
  await page.keyboard.press("b");
  await page.shot(`${tag}-10-guide`);
  await page.click("#tab-objects");

  mock.offline = true;
  const seen = await page.evaluate(() => performance.getEntriesByName("image shown").length);
  await page.evaluate(() => window.addEventListener("keydown", () => performance.mark("key"), { capture: true, once: true }));
  await page.keyboard.press("Enter");
  await page.waitForFunction((n) => performance.getEntriesByName("image shown").length > n, seen, { timeout: 10000 });
  const shown = await page.evaluate(() => performance.getEntriesByName("image shown").at(-1).startTime - performance.getEntriesByName("key").at(-1).startTime);
  console.log(`${tag}: next image shown ${shown.toFixed(0)} ms after Enter`);
  await page.waitForTimeout(600);
  await page.shot(`${tag}-11-offline`);
  assert.equal(mock.submits.length, 0);
  mock.offline = false;
  await page.waitForFunction(() => document.querySelector(".status").textContent === "Saved", null, { timeout: 20000 });
  assert.equal(mock.submits.length, 1, "handed in once");
  const [sent] = mock.submits;
  assert.ok(sent.seconds > 0 && sent.shapes.some((s) => s.type === "mask") && sent.shapes.length >= known.length);
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(500);
  assert.equal(mock.skips.length, 1);
  await page.keyboard.press("Enter");
  await page.waitForTimeout(800);
  await page.shot(`${tag}-12-empty`);
  await accessible(page, "empty");
  await page.close();
  mock.close();
}

async function troubles() {
  const mock = await startMock({ leaseSeconds: 6 });
  const page = await open(mock, 1440, 900);
  await page.keyboard.press("a");
  mock.answer = [409, { title: "Lease lost", detail: "Someone else has it.", kept: "The server keeps it as a draft." }];
  await page.waitForTimeout(3000);
  await page.shot("13-lease-lost");
  mock.answer = [401, { title: "Signed out", detail: "" }];
  await page.keyboard.press("Enter");
  await page.waitForTimeout(1200);
  await page.shot("14-signed-out");
  mock.answer = null;
  await page.getByRole("button", { name: "Try again" }).first().click();
  await page.waitForTimeout(1500);
  assert.equal(mock.submits.length, 1);
  await page.goto("about:blank");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await page.close();
  assert.ok(mock.releases.length > 0, "untouched tasks are given back");
  mock.close();
}

async function large() {
  const mock = await startMock({ sizes: [[4000, 3000, 300], [640, 480, 5]] });
  const page = await open(mock, 1600, 900);
  await page.doc((editor) => {
    const { doc } = editor;
    const { items } = doc.value;
    const many = Array.from({ length: 2000 }, (_, i) => {
      const [cx, cy] = [(i % 50) * 80 + 40, Math.floor(i / 50) * 74 + 40];
      const outer = Array.from({ length: 40 }, (_, k) => [cx + 34 * Math.cos(k * 0.157), cy + 34 * Math.sin(k * 0.157)]);
      return { id: doc.value.newId(), class: 1 + (i % 3), instance: i + 1, confidence: null, hidden: false, locked: false, geometry: { type: "polygon", parts: [{ outer, holes: [] }] } };
    });
    doc.value.commit("many", { items: [...items.value, ...many] });
  });
  await page.waitForTimeout(1500);
  const measure = async (what, run) => {
    await page.evaluate(() => (document.getElementById("editor").timings.length = 0));
    await run();
    await page.waitForTimeout(500);
    const all = (await page.evaluate(() => [...document.getElementById("editor").timings])).sort((a, b) => a - b);
    console.log(`${what}: ${all.length} frames, median ${all[all.length >> 1]?.toFixed(1)} ms, worst ${all.at(-1)?.toFixed(1)} ms on the main thread`);
  };
  await page.mouse.move(800, 450);
  await measure("pan and zoom, 4000×3000, 2,200 polygons", async () => {
    for (let i = 0; i < 20; i++) await page.mouse.wheel(0, i < 10 ? -120 : 120);
  });
  await page.keyboard.press("b");
  await measure("brush stroke on 4000×3000", () => page.stroke([[1000, 1000], [1800, 1500], [2600, 1200]]));
  await measure("second stroke on it", () => page.stroke([[1000, 1100], [1800, 1600], [2600, 1300]]));
  await page.keyboard.press("v");
  await page.keyboard.press("Escape");
  await measure("moving one polygon of 2,200", () => page.stroke([[3640, 2038], [3600, 2000], [3500, 1900]]));
  await page.shot("15-large");
  await page.close();
  mock.close();
}

await flow(1440, 900);
await flow(1024, 768);
await troubles();
await large();
await browser.close();
console.log("done");
