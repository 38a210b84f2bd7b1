// The editor in Chromium against the stand-in server, and what tests and pictures do in it again and again.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { startMock } from "../dev/mock.mjs";

const require = createRequire(import.meta.url);
export const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
/** Software rendering, because WebGL2 is needed and there may be no graphics card. */
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--force-color-profile=srgb"];

export const launch = (more = []) => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...FLAGS, ...more] });
export { startMock };

/** A person's own browser: cookies and storage of nobody else. */
export async function visitor(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(30_000);
  return context;
}

/** Opens the editor and waits for its first image. `faults` collects what the page complains about. */
export async function open(context, mock, { theme = null, wait = true, clock = false } = {}) {
  const page = await context.newPage();
  page.faults = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && !/GPU stall|Failed to load resource|WebGL/.test(m.text()) && page.faults.push(m.text()));
  page.on("pageerror", (error) => page.faults.push(error.stack));
  if (clock) await page.clock.install();
  if (theme) await page.addInitScript((t) => localStorage.setItem("labelwright-editor", JSON.stringify({ ...JSON.parse(localStorage.getItem("labelwright-editor") ?? "{}"), theme: t })), theme);
  await page.goto(`${mock.url}/label`);
  if (wait) await shows(page);
  return page;
}

/** Waits until an image is on the screen, another one than `before`. */
export async function shows(page, before = null) {
  await page.waitForFunction((name) => {
    const shown = document.querySelector(".image-name");
    return document.getElementById("editor")?.editor?.doc.value && shown && !shown.hidden && shown.title && shown.title !== name && document.querySelector(".stage[data-shown]") !== null;
  }, before);
  return page.evaluate(() => document.querySelector(".image-name").title);
}

/** Calls a function with the editor of the page. */
export const state = (page, f, arg) => page.evaluate(`(${f})(document.getElementById("editor").editor, ${JSON.stringify(arg ?? null)})`);

export const items = (page) => state(page, (editor) => editor.doc.value.items.value.map(({ id, class: cls, geometry }) => ({ id, class: cls, type: geometry.type })));

/** Screen position of a point of the image. */
export const at = (page, x, y) => page.evaluate(([px, py]) => {
  const { view } = document.getElementById("editor").editor;
  const { scale, x: vx, y: vy, angle = 0 } = view.value;
  const box = document.querySelector(".overlay").getBoundingClientRect();
  const [dx, dy] = [(px - vx) * scale, (py - vy) * scale];
  return [box.left + dx * Math.cos(angle) - dy * Math.sin(angle), box.top + dx * Math.sin(angle) + dy * Math.cos(angle)];
}, [x, y]);

export const click = async (page, x, y, options) => page.mouse.click(...(await at(page, x, y)), options);

/** Holds the button along these points of the image; `let go` false leaves it held. */
export async function stroke(page, points, letGo = true) {
  await page.mouse.move(...(await at(page, ...points[0])));
  await page.mouse.down();
  for (const p of points.slice(1)) await page.mouse.move(...(await at(page, ...p)), { steps: 6 });
  if (letGo) await page.mouse.up();
}

export async function polygon(page, digit, points) {
  await page.keyboard.press("p");
  await page.keyboard.press(String(digit));
  for (const point of points) await click(page, ...point);
  await page.keyboard.press("Enter");
}

/** Waits until the line at the top says so. */
export const says = (page, pattern, timeout) => page.waitForFunction((wanted) => new RegExp(wanted).test(document.querySelector(".status").textContent), pattern, timeout ? { timeout } : {});

/** Asks again and again until the answer is something. */
export async function until(what, ask, patience = 20_000) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** What axe-core finds wrong with the page as it is now. */
export async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.map((n) => `${n.target.join(" ")} ${n.any[0]?.message ?? n.failureSummary}`).slice(0, 3).join(" | ")}`);
}
