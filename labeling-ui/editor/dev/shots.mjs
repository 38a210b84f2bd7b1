// Takes the pictures of the handbook from the stand-in server, in both themes and two widths: node editor/dev/shots.mjs FOLDER
// Each is 1440 wide (dark, without a suffix; light as -light) or 1024 wide (dark, -narrow).
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { click, launch, open, polygon, startMock, state, visitor } from "../browser/support.mjs";

const folder = process.argv[2] ?? "shots";
const only = process.argv[3] ? new RegExp(process.argv[3]) : null;
mkdirSync(folder, { recursive: true });
const browser = await launch();

/** What stands on each picture: the options of the server, and what is done before it is taken. */
const PICTURES = {
  objects: [{}, async (page) => {
    await page.keyboard.press("v");
    await state(page, (editor) => editor.doc.value.select([editor.doc.value.items.value.filter((item) => item.class === 2).at(-1).id]));
    await page.getByLabel("stage").selectOption("metaphase");
    await page.getByLabel("spindles").fill("2");
    await page.focus(".overlay");
  }],
  view: [{}, async (page) => {
    await page.keyboard.press("i");
    await state(page, (editor) => {
      editor.light.local.value = 0.55;
      editor.light.gamma.value = 1.6;
      editor.turnBy(0.35);
    });
  }],
  unsure: [{}, async (page) => {
    await page.keyboard.press("y");
    await page.keyboard.press("t");
    await page.waitForTimeout(4500);
  }],
  instances: [{}, async (page) => {
    await page.keyboard.press("Shift+A");
    await page.keyboard.press("q");
    await page.keyboard.press("Escape");
    await page.waitForTimeout(4500);
  }],
  comments: [{}, async (page) => {
    await page.keyboard.press("Alt+2");
    await page.locator(".thread-head").first().click();
  }],
  guide: [{}, async (page) => {
    await page.keyboard.press("Alt+3");
    await page.locator(".guide-text table").waitFor();
  }],
  "guide-edit": [{}, async (page) => {
    await page.keyboard.press("Alt+3");
    await page.locator(".guide-bar button").click();
  }],
  history: [{}, async (page, mock) => {
    const shapes = (n) => mock.images[0].cells.slice(0, n).map((c) => ({ class: 1, type: "polygon", parts: [{ outer: [[c.x - c.ry, c.y - c.ry], [c.x + c.ry, c.y - c.ry], [c.x + c.ry, c.y + c.ry], [c.x - c.ry, c.y + c.ry]].map(([x, y]) => [Math.max(0, Math.min(1024, x)), Math.max(0, Math.min(1024, y))]) }] }));
    const now = Date.now();
    mock.revise(mock.tasks[0], shapes(12), { made_ms: now - 7_200_000, source: "submit" });
    mock.revise(mock.tasks[0], shapes(20), { made_ms: now - 1_500_000, author: "Grace", source: "review" });
    await page.keyboard.press("Alt+4");
    await page.getByRole("region", { name: "Revision 2" }).getByRole("button", { name: "Look" }).click();
    await page.getByRole("button", { name: "Back to mine" }).waitFor();
  }],
  keys: [{}, (page) => page.keyboard.press("?")],
  "keys-conflict": [{}, async (page) => {
    await page.keyboard.press("?");
    await page.getByRole("button", { name: "Change the key of 'Undo'" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("b");
  }],
  palette: [{}, async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    await page.keyboard.type("sel");
  }],
  skip: [{}, (page) => page.keyboard.press("Control+Enter")],
  checks: [{ checks: { unlabeled: 0.5, tiny: 2500, attributes: true } }, (page) => page.keyboard.press("Enter")],
  "signed-out": [{}, async (page, mock) => {
    mock.signedIn = false;
    await page.keyboard.press("a");
    await page.getByRole("dialog").waitFor();
  }],
  versions: [{}, async (page, mock, context) => {
    await polygon(page, 2, [[400, 420], [500, 430], [440, 520]]);
    await page.waitForTimeout(300);
    await page.close();
    mock.revise(mock.tasks[0], mock.images[0].cells.slice(0, 9).map((c) => ({ class: 1, type: "polygon", parts: [{ outer: [[c.x, Math.max(0, c.y - c.ry)], [Math.min(1024, c.x + c.ry), c.y], [c.x, Math.min(1024, c.y + c.ry)], [Math.max(0, c.x - c.ry), c.y]] }] })), { made_ms: Date.now() - 300_000 });
    const again = await open(context, mock);
    await again.getByRole("alertdialog").waitFor();
    return again;
  }],
  "other-tab": [{}, async (page, mock, context) => {
    const second = await open(context, mock, { wait: false });
    await second.getByRole("button", { name: "Go on here" }).waitFor();
    return second;
  }],
  scripts: [{ i18n: true }, async (page) => {
    await page.keyboard.press("2");
    await page.keyboard.press("Alt+3");
    await page.locator(".guide-text h2").first().waitFor();
  }],
  "scripts-classes": [{ i18n: true }, async (page) => {
    await page.keyboard.press("v");
    await state(page, (editor) => editor.doc.value.select([editor.doc.value.items.value.filter((item) => item.class === 2).at(-1).id]));
  }],
  tiles: [{ sizes: [[16_384, 16_384, 90]], offers: [] }, async (page) => {
    await page.keyboard.press("Shift+A");
    await state(page, (editor) => {
      editor.zoomTo(0.35);
      editor.centerOn([7000, 9000]);
    });
    await page.waitForTimeout(5000);
  }],
  crosshair: [{}, async (page) => {
    await page.keyboard.press("n");
    await page.keyboard.press("Control+ArrowRight");
    for (const [key, times] of [["ArrowRight", 9], ["ArrowDown", 9], ["ArrowLeft", 7]]) {
      await page.keyboard.press(";");
      for (let i = 0; i < times; i++) await page.keyboard.press(`Control+${key}`);
    }
  }],
};

async function take(name, suffix, theme, viewport) {
  const [options, prepare] = PICTURES[name];
  const mock = await startMock(options);
  const context = await visitor(browser, { viewport });
  const page = await open(context, mock, { theme });
  await page.mouse.move(viewport.width / 2, viewport.height - 12);
  await page.waitForTimeout(600);
  const shown = (await prepare(page, mock, context)) ?? page;
  await shown.waitForTimeout(500);
  await shown.screenshot({ path: join(folder, `${name}${suffix}.png`) });
  if (page.faults.length > 0) console.log(name, page.faults);
  await context.close();
  mock.close();
}

for (const name of Object.keys(PICTURES)) {
  if (only && !only.test(name)) continue;
  await take(name, "", "dark", { width: 1440, height: 900 });
  await take(name, "-light", "light", { width: 1440, height: 900 });
  await take(name, "-narrow", "dark", { width: 1024, height: 768 });
}
await browser.close();
