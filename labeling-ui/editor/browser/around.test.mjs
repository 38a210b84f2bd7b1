// Around the canvas: comments, attributes, the guide, layers, long lists, warnings, earlier states, and servers that have less.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { click, items, launch, open, polygon, says, shows, startMock, state, until, visitor } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function desk(t, options = {}) {
  const mock = await startMock(options);
  const context = await visitor(browser);
  t.after(async () => {
    await context.close();
    mock.close();
  });
  return { mock, context, page: await open(context, mock) };
}

test("a comment is pinned to a place, answered, resolved, and never lost on the way", async (t) => {
  const { mock, page } = await desk(t);
  const [task] = mock.tasks;
  await page.keyboard.press("c");
  await click(page, 300, 700);
  await page.getByLabel("What is to be said about this place?").fill("Is this <b>one</b> nucleus?");
  mock.offline = true;
  await page.keyboard.press("Control+Enter");
  await page.getByText("Your words stay here").waitFor();
  mock.offline = false;
  await page.keyboard.press("Control+Enter");
  await until("the comment arrives", () => task.comments.length === 3);
  assert.deepEqual(task.comments[2].at.map(Math.round), [300, 700]);
  await page.locator(".remark-text", { hasText: "Is this <b>one</b> nucleus?" }).waitFor();
  await page.getByLabel("Reply").fill("はい");
  await page.getByRole("button", { name: "Reply Ctrl" }).click();
  await until("the answer arrives", () => task.comments[2].replies.length === 1);
  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  await until("resolved", () => task.comments[2].resolved);
  await page.getByRole("button", { name: "Open again" }).waitFor();
  assert.equal(await page.textContent("#tab-comments"), "Comments 1", "what is open counts");
  await page.focus(".overlay");
  await click(page, ...task.comments[0].at);
  await page.locator(".remark-text", { hasText: "Two nuclei or one?" }).waitFor();
  assert.deepEqual(page.faults, []);
});

test("attributes are asked by class, undone like any step, handed in, and kept through a reload", async (t) => {
  const { mock, page } = await desk(t);
  await polygon(page, 2, [[400, 420], [500, 430], [440, 520]]);
  await page.getByLabel("stage").selectOption("metaphase");
  await page.getByLabel("touches border").check();
  await page.getByLabel("spindles").fill("2");
  await page.getByLabel("note").fill("hello");
  const attributes = () => state(page, (editor) => editor.doc.value.only()?.attributes ?? null);
  assert.deepEqual(await attributes(), { stage: "metaphase", "touches border": true, spindles: 2, note: "hello" });
  await page.getByLabel("spindles").fill("99");
  assert.equal(await page.getByLabel("spindles").getAttribute("aria-invalid"), "true");
  assert.equal((await attributes()).spindles, 2, "what can't be is not taken");
  await page.focus(".overlay");
  await page.keyboard.press("Control+z");
  assert.equal((await attributes()).note, undefined);
  await page.keyboard.press("Control+Shift+z");
  await says(page, "^Saved$");
  await page.reload();
  await shows(page);
  await page.keyboard.press("Enter");
  await until("handed in", () => mock.submits.length === 1);
  assert.deepEqual(mock.submits[0].shapes.at(-1).attributes, { stage: "metaphase", "touches border": true, spindles: 2, note: "hello" });
  assert.ok(mock.submits[0].shapes.slice(0, 5).every((shape) => !("attributes" in shape)));
});

test("the guide is Markdown that can run nothing, and managers change it while others work", async (t) => {
  const { mock, context, page } = await desk(t);
  mock.guide = { text: "# A <img src=x onerror=\"document.title='run'\">\n\n<script>document.title='run'</script>\n\n[bad](javascript:alert(1)) [good](https://example.org) ![far](https://example.org/x.png)\n\n**bold**", version: 9 };
  const reader = await open(await visitor(browser), mock);
  t.after(() => reader.context().close());
  await reader.keyboard.press("Alt+3");
  const guide = reader.getByRole("region", { name: "Guide" });
  await guide.locator("strong").waitFor();
  assert.deepEqual(await guide.evaluate((e) => ({ scripts: e.querySelectorAll("script, img, iframe").length, links: [...e.querySelectorAll("a")].map((a) => a.getAttribute("href")), title: document.title })), { scripts: 0, links: ["https://example.org"], title: "Label – Nuclei, plate 7" });
  assert.match(await guide.textContent(), /<script>/, "what was written is shown as it was written");

  await page.keyboard.press("Alt+3");
  await page.locator(".guide-bar button").click();
  const field = page.getByLabel("Guide, in Markdown");
  await field.fill("Draw **everything**.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Somebody changed the guide meanwhile").waitFor();
  assert.equal(await field.inputValue(), "Draw **everything**.");
  await page.getByRole("button", { name: "Save" }).click();
  await until("saved", () => mock.guide.version === 10);
  assert.equal(mock.guide.text, "Draw **everything**.");
  await context.close();
});

test("whoever may not write the guide sees no button for it", async (t) => {
  const { page } = await desk(t, { manager: false });
  await page.keyboard.press("Alt+3");
  await page.getByRole("heading", { name: "What counts" }).waitFor();
  assert.equal(await page.locator(".guide-bar button").isVisible(), false);
});

test("objects are dragged to another layer, and hidden and locked together", async (t) => {
  const { page } = await desk(t);
  const names = () => page.locator(".object-section .row-frame:not([hidden]) .name").allTextContents();
  const before = await names();
  const rows = page.locator(".object-section .row-frame");
  const [from, to] = [await rows.nth(0).boundingBox(), await rows.nth(3).boundingBox()];
  await page.mouse.move(from.x + 60, from.y + 15);
  await page.mouse.down();
  await page.mouse.move(to.x + 60, to.y + 28, { steps: 6 });
  await page.mouse.up();
  const after = await names();
  assert.deepEqual(after.slice(0, 4), [before[1], before[2], before[3], before[0]]);
  await page.focus(".overlay");
  await page.keyboard.press("Control+z");
  assert.deepEqual(await names(), before);
  await page.keyboard.press("Escape");
  await page.locator(".class-frame", { hasText: "mitotic" }).hover();
  await page.getByRole("button", { name: "Hide all of mitotic" }).click();
  assert.deepEqual(await state(page, (editor) => [...new Set(editor.doc.value.items.value.filter((item) => item.hidden).map((item) => item.class))]), [2]);
  await page.getByRole("button", { name: "Lock or unlock the selection, or all" }).click();
  assert.ok(await state(page, (editor) => editor.doc.value.items.value.every((item) => item.locked)));
});

test("a list of five thousand objects keeps a screenful of rows on the page, and can be walked by keys", async (t) => {
  const { page } = await desk(t);
  await state(page, (editor) => {
    const doc = editor.doc.value;
    const many = Array.from({ length: 5000 }, (_, i) => ({ id: doc.newId(), class: 1, instance: 100 + i, confidence: null, hidden: false, locked: false, geometry: { type: "box", box: [(i % 100) * 10, Math.floor(i / 100) * 10, (i % 100) * 10 + 8, Math.floor(i / 100) * 10 + 8] } }));
    doc.commit("many", { items: [...doc.items.value, ...many] });
  });
  assert.match(await page.textContent("#tab-objects"), /50\d\d/);
  assert.ok((await page.locator(".object-section .row-frame").count()) < 60);
  await page.locator(".object-section .row").first().focus();
  await page.keyboard.press("End");
  assert.equal(await page.evaluate(() => document.activeElement.querySelector(".name").textContent), "nucleus 1");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  assert.equal(await state(page, (editor) => editor.doc.value.only().instance), 2);
});

test("warnings that the manager switched on come before submitting, and never bar the way", async (t) => {
  const { mock, page } = await desk(t, { checks: { unlabeled: 0.5, tiny: 200, attributes: true } });
  await polygon(page, 1, [[600, 600], [612, 600], [606, 612]]);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Before you submit" });
  await dialog.waitFor();
  assert.match(await dialog.textContent(), /has no label.*One object is smaller than 200 pixels.*required attributes/s);
  await dialog.getByRole("button", { name: "Show" }).first().click();
  assert.equal(await state(page, (editor) => editor.doc.value.selection.value.size), 1);
  assert.equal(mock.submits.length, 0);
  await page.focus(".overlay");
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await page.keyboard.press("Enter");
  await until("handed in all the same", () => mock.submits.length === 1);
});

test("earlier revisions are looked at without touching the work, and brought back as a step", async (t) => {
  const { mock, page } = await desk(t);
  mock.revise(mock.tasks[0], [{ class: 2, type: "polygon", parts: [{ outer: [[10, 10], [90, 10], [50, 90]] }] }], { author: "Grace", source: "review" });
  const mine = await items(page);
  await page.keyboard.press("Alt+4");
  const revision = page.getByRole("region", { name: "Revision 1" });
  assert.match(await revision.textContent(), /Grace, reviewed · 1 object/);
  await revision.getByRole("button", { name: "Look" }).click();
  await revision.getByRole("button", { name: "Back to mine" }).waitFor();
  assert.deepEqual(await items(page), mine);
  await revision.getByRole("button", { name: "Bring back" }).click();
  assert.equal((await items(page)).length, 1);
  await page.focus(".overlay");
  await page.keyboard.press("Control+z");
  assert.deepEqual(await items(page), mine);
});

test("time counts while somebody works, and stops a minute after the last sign of life", async (t) => {
  const mock = await startMock();
  const context = await visitor(browser);
  t.after(async () => {
    await context.close();
    mock.close();
  });
  const page = await open(context, mock, { clock: true });
  await page.mouse.move(600, 500);
  await page.clock.runFor(30_000);
  await page.mouse.move(610, 500);
  await page.clock.runFor(600_000);
  await page.keyboard.press("Enter");
  await page.clock.runFor(1000);
  await until("handed in", () => mock.submits.length === 1);
  assert.ok(mock.submits[0].seconds >= 89 && mock.submits[0].seconds < 100, `${mock.submits[0].seconds} s`);
});

test("a server without any of this leaves an editor that works and says what is missing", async (t) => {
  const { mock, page } = await desk(t, { offers: [] });
  const calls = [];
  page.on("request", (request) => calls.push(new URL(request.url()).pathname));
  await page.keyboard.press("Alt+2");
  await page.getByText("This server keeps no comments.").waitFor();
  await page.focus(".overlay");
  await page.keyboard.press("Alt+4");
  await page.getByText("This server hands out no earlier revisions.").waitFor();
  await page.focus(".overlay");
  await page.keyboard.press("y");
  await page.locator(".message", { hasText: "The model has said nothing about this image." }).waitFor();
  await polygon(page, 1, [[400, 420], [500, 430], [440, 520]]);
  await page.keyboard.press("Enter");
  await until("handed in", () => mock.submits.length === 1);
  assert.equal("base_revision" in mock.submits[0], false);
  assert.deepEqual(calls.filter((path) => /comments|keymap|revisions|draft|instructions/.test(path)), [], "nothing is asked that the server doesn't have");
  assert.deepEqual(page.faults, []);
});
