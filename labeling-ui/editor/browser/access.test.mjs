// Hands on keys: everything without a mouse, keys that can be changed, and nothing that axe-core objects to, in both themes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { items, launch, open, startMock, state, until, violations, visitor } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function desk(t, options = {}, page = {}, context = {}) {
  const mock = await startMock(options);
  const own = await visitor(browser, context);
  t.after(async () => {
    await own.close();
    mock.close();
  });
  return { mock, context: own, page: await open(own, mock, page) };
}

/** Every panel and dialog, by the keys that open it. */
const PLACES = [
  ["the image", []],
  ["attributes of an object", ["v", "j", "j", "j", "j", "j", "j", "j"]],
  ["comments", ["Alt+2"]],
  ["the guide", ["Alt+3"]],
  ["history", ["Alt+4"]],
  ["light, colours and view", ["i"]],
  ["finding a class", ["/"]],
  ["all keys", ["?"]],
  ["the palette", ["Control+k"]],
  ["skipping", ["Control+Enter"]],
  ["warnings before submitting", ["Enter"]],
];

for (const theme of ["dark", "light"]) {
  test(`axe-core finds nothing in any panel or dialog, ${theme}`, async (t) => {
    for (const viewport of [{ width: 1440, height: 900 }, { width: 1024, height: 768 }]) {
      const { mock, context, page } = await desk(t, { checks: { unlabeled: 0.2, tiny: 4000, attributes: true } }, { theme }, { viewport });
      for (const [name, keys] of PLACES) {
        await page.focus(".overlay");
        for (const key of keys) await page.keyboard.press(key);
        await page.waitForTimeout(150);
        if (name === "comments") await page.locator(".thread-head").first().click();
        assert.deepEqual(await violations(page), [], `${name} at ${viewport.width}`);
        await page.keyboard.press("Escape");
        await page.focus(".overlay");
        await page.keyboard.press("Alt+1");
      }
      await page.locator("#tab-guide").click();
      await page.locator(".guide-bar button").click();
      assert.deepEqual(await violations(page), [], `writing the guide at ${viewport.width}`);
      mock.revise(mock.tasks[0], []);
      mock.signedIn = false;
      await page.focus(".overlay");
      await page.keyboard.press("a");
      await page.getByRole("dialog", { name: "Your sign-in has expired" }).waitFor();
      assert.deepEqual(await violations(page), [], `signing in at ${viewport.width}`);
      assert.deepEqual(page.faults, []);
      await context.close();
    }
  });
}

test("an image is labeled, checked and handed in without a mouse", async (t) => {
  const { mock, page } = await desk(t);
  const { keyboard } = page;
  const before = (await items(page)).length;
  await keyboard.press("Shift+A");
  const accepted = (await items(page)).length;
  assert.ok(accepted > before, "suggestions accepted");
  await keyboard.press("p");
  await keyboard.press("n");
  await keyboard.press("2");
  await keyboard.press("Control+ArrowRight");
  for (const [key, times] of [["ArrowRight", 8], ["ArrowDown", 8], ["ArrowLeft", 8]]) {
    await keyboard.press(";");
    for (let i = 0; i < times; i++) await keyboard.press(`Control+${key}`);
  }
  await keyboard.press(";");
  await keyboard.press("Enter");
  const drawn = await items(page);
  assert.deepEqual([drawn.length, drawn.at(-1).class, drawn.at(-1).type], [accepted + 1, 2, "polygon"]);
  await keyboard.press("Escape");
  await keyboard.press("b");
  await keyboard.press("'");
  for (let i = 0; i < 6; i++) await keyboard.press("Control+ArrowUp");
  await keyboard.press("'");
  assert.equal((await items(page)).at(-1).type, "mask", "a stroke with held button");
  await keyboard.press("Shift+C");
  await keyboard.press("k");
  await keyboard.press("PageUp");
  await keyboard.press("Enter");
  await until("handed in", () => mock.submits.length === 1);
  assert.equal(mock.submits[0].shapes.length, accepted + 2);
  await keyboard.press("Control+Enter");
  await page.getByRole("dialog").waitFor();
  await keyboard.press("Enter");
  await until("skipped", () => mock.skips.length === 1);
});

test("Tab leads through the page in the order in which it is read, and nothing catches it", async (t) => {
  const { page } = await desk(t, { sizes: [[1024, 768, 0]] });
  await page.locator(".back").focus();
  const order = ["topbar"];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    const place = await page.evaluate(() => document.activeElement?.closest(".topbar, .toolbar, .stage, .sidebar")?.className.split(" ")[0] ?? null);
    if (place !== order.at(-1)) order.push(place);
    if (place === null) break;
  }
  assert.deepEqual(order.filter(Boolean), ["topbar", "toolbar", "stage", "sidebar"]);
});

test("keys are changed in a dialog that warns of conflicts, and go with the account", async (t) => {
  const { mock, context, page } = await desk(t);
  const dialog = page.getByRole("dialog", { name: "All keys" });
  const change = async (label, key) => {
    await dialog.getByRole("button", { name: `Change the key of '${label}'` }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press(key);
  };
  await page.keyboard.press("?");
  await change("Brush", "F2");
  assert.match(await dialog.getByRole("status").first().textContent(), /Brush: F2/);
  await change("Fit the image", "v");
  const question = dialog.getByRole("alert");
  assert.match(await question.textContent(), /V is 'Select'/);
  await question.getByRole("button", { name: "Take it over" }).click();
  await change("Undo", "Control+w");
  await dialog.getByText("belongs to the browser").waitFor();
  await page.keyboard.press("Escape");
  await dialog.getByText("Nothing was changed.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.focus(".overlay");
  await page.keyboard.press("F2");
  assert.equal(await state(page, (editor) => editor.tool.value), "brush");
  assert.match(await page.getByRole("button", { name: "Brush" }).textContent(), /F2/, "the toolbar shows the key");
  await until("the account has it", () => mock.keymap["tool.brush"]);
  assert.deepEqual(mock.keymap, { "tool.brush": ["F2"], "view.fit": ["V"], "tool.select": [] });

  const other = await visitor(browser);
  t.after(() => other.close());
  const elsewhere = await open(other, mock, { wait: true });
  await elsewhere.waitForFunction(() => document.getElementById("editor").editor.keymap.value.keys("tool.brush")[0] === "F2");
  await elsewhere.keyboard.press("?");
  await elsewhere.getByRole("button", { name: "Reset all" }).click();
  await until("all as before", () => Object.keys(mock.keymap).length === 0);
  await context.close();
});

test("without a place for keys at the server they are kept in the browser", async (t) => {
  const { context, mock, page } = await desk(t, { offers: [] });
  await page.keyboard.press("?");
  await page.getByText("Changed keys are kept in this browser.").waitFor();
  await page.getByRole("button", { name: "Change the key of 'Eraser'" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("F4");
  await page.close();
  const again = await open(context, mock);
  await again.keyboard.press("F4");
  assert.equal(await state(again, (editor) => editor.tool.value), "eraser");
});

test("the palette finds commands and classes by a few letters, and does them", async (t) => {
  const { page } = await desk(t);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.type("outl only");
  assert.match(await page.locator("[role=option][aria-selected=true]").textContent(), /Outlines only/);
  await page.keyboard.press("Enter");
  assert.equal(await state(page, (editor) => editor.outlines.value), true);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.type("mito");
  await page.keyboard.press("Enter");
  assert.equal(await state(page, (editor) => editor.currentClass.value), 2);
});

test("names and instructions from right to left and in Japanese are shown and found", async (t) => {
  const { page } = await desk(t, { i18n: true });
  const name = page.locator(".class-row .name").nth(1);
  assert.equal(await name.evaluate((e) => getComputedStyle(e).direction), "rtl");
  assert.equal(await page.locator(".class-row .name").nth(0).evaluate((e) => getComputedStyle(e).direction), "ltr");
  await page.keyboard.press("/");
  await page.keyboard.type("שב");
  assert.equal(await page.locator(".class-row").count(), 1);
  await page.keyboard.press("Enter");
  assert.equal(await state(page, (editor) => editor.currentClass.value), 3);
  await page.focus(".overlay");
  await page.keyboard.press("Alt+3");
  await page.getByRole("heading", { name: "ラベル付けの手順" }).waitFor();
  const arabic = page.getByRole("heading", { name: "ما الذي يُحتسب" });
  assert.equal(await arabic.evaluate((e) => getComputedStyle(e).direction), "rtl");
  assert.deepEqual(await violations(page), []);
});
