// How the image is looked at: what is on the canvas, pixel by pixel, and images that come as tiles.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { at, click, launch, open, startMock, state, until, visitor } from "./support.mjs";

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
  return { mock, page: await open(context, mock) };
}

/** Red, green and blue on the screen at a point of the image, with no shape in sight. */
async function colors(page, points) {
  await page.waitForTimeout(200);
  const picture = (await page.screenshot({ clip: await page.locator(".stage").boundingBox() })).toString("base64");
  const box = await page.locator(".stage").boundingBox();
  const places = await Promise.all(points.map((p) => at(page, ...p)));
  return page.evaluate(async ([data, spots]) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`).catch(() => null))?.blob?.() ?? new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    return spots.map(([x, y]) => [...context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data].slice(0, 3));
  }, [picture, places.map(([x, y]) => [x - box.x, y - box.y])]);
}

const gray = ([r, g, b]) => Math.round((r + g + b) / 3);
/** In a nucleus, and in the ground between. */
const SPOTS = (mock) => [[mock.images[0].cells[0].x, mock.images[0].cells[0].y], [520, 880]];

test("brightness, gamma, inversion and local contrast change what is shown, and nothing else", async (t) => {
  const { mock, page } = await desk(t, { sizes: [[1024, 1024, 20]] });
  await page.keyboard.press("o");
  const before = await state(page, (editor) => JSON.stringify(editor.doc.value.items.value));
  const look = async () => (await colors(page, SPOTS(mock))).map(gray);
  const [cell, ground] = await look();
  assert.ok(cell > ground + 40);
  const set = (values) => state(page, (editor, v) => Object.entries(v).forEach(([name, value]) => (editor.light[name].value = value)), values);
  await set({ brightness: 0.2 });
  assert.ok((await look())[1] > ground + 40);
  await set({ brightness: 0, gamma: 3 });
  assert.ok((await look())[1] > ground + 40, "gamma lifts the shadows");
  await set({ gamma: 1, invert: true });
  const inverted = await look();
  assert.ok(Math.abs(inverted[0] - (255 - cell)) <= 12 && inverted[1] > inverted[0]);
  await set({ invert: false, local: 1 });
  const local = await look();
  assert.ok(local[1] > ground + 12, `local contrast opens the dark ground: ${ground} became ${local[1]}`);
  await set({ local: 0 });
  const again = await look();
  assert.ok(Math.abs(again[0] - cell) <= 12 && Math.abs(again[1] - ground) <= 12);
  assert.equal(await state(page, (editor) => JSON.stringify(editor.doc.value.items.value)), before);
});

test("at 32 screen pixels a pixel, pixels are crisp squares", async (t) => {
  const { page } = await desk(t, { sizes: [[640, 480, 3]] });
  await page.keyboard.press("o");
  await state(page, (editor) => {
    editor.zoomTo(32);
    editor.centerOn([100.5, 100.5]);
  });
  assert.equal(Math.round(1e6 * (await state(page, (editor) => editor.view.value.scale))), 32e6);
  const inside = await colors(page, [[100.1, 100.1], [100.9, 100.9], [100.5, 100.1], [100.1, 100.9]]);
  assert.equal(new Set(inside.map(String)).size, 1, "one colour all over the pixel");
});

test("in a turned view everything is where the pointer is, and drawing goes there", async (t) => {
  const { page } = await desk(t);
  await page.keyboard.press("n");
  await page.keyboard.press(">");
  assert.ok(Math.abs((await state(page, (editor) => editor.view.value.angle)) - Math.PI / 2) < 1e-9);
  await state(page, (editor) => editor.turnBy(0.3));
  await page.keyboard.press("p");
  const ring = [[400, 420], [500, 430], [440, 520]];
  for (const p of ring) await click(page, ...p);
  await page.keyboard.press("Enter");
  const outer = await state(page, (editor) => editor.doc.value.items.value.at(-1).geometry.parts[0].outer);
  outer.forEach(([x, y], i) => assert.ok(Math.hypot(x - ring[i][0], y - ring[i][1]) < 1.5, `${x}, ${y}`));
  const [inside] = await colors(page, [[450, 455]]);
  assert.ok(inside[1] > inside[0], "its green lies there on the screen");
});

test("outlines only, colours by object, and where the model is unsure", async (t) => {
  const { mock, page } = await desk(t);
  const [cell] = mock.images[0].cells;
  const middle = [[cell.x, cell.y]];
  const green = ([r, g]) => g - r;
  const [filled] = await colors(page, middle);
  assert.ok(green(filled) > 10);
  await page.keyboard.press("t");
  assert.ok(Math.abs(green((await colors(page, middle))[0])) <= 4, "no fill over the pixels");
  await page.keyboard.press("t");
  await page.keyboard.press("q");
  assert.notDeepEqual((await colors(page, middle))[0], filled);
  await page.keyboard.press("q");
  const doubtful = mock.images[0].cells[2];
  const place = [[doubtful.x, doubtful.y]];
  const [sure] = await colors(page, place);
  await page.keyboard.press("y");
  const [shown] = await colors(page, place);
  assert.ok(shown[0] > sure[0] + 20 && shown[2] < shown[0], `${sure} became ${shown}: yellow where it can't tell`);
});

test("an image of 16,384 × 16,384 comes as tiles, only those in sight, and is painted like any other", async (t) => {
  const { mock, page } = await desk(t, { sizes: [[16_384, 16_384, 60]], offers: [] });
  const seen = [];
  page.on("request", (request) => /\/tiles\//.test(request.url()) && seen.push(request.url().split("/tiles/")[1]));
  await page.waitForTimeout(500);
  await page.keyboard.press("o");
  const [cell] = mock.images[0].cells;
  await state(page, (editor, p) => {
    editor.zoomTo(2);
    editor.centerOn(p);
  }, [cell.x, cell.y]);
  await until("tiles of all pixels", () => seen.filter((tile) => tile.startsWith("0/")).length >= 4);
  await page.waitForTimeout(1500);
  assert.ok(seen.length < 60, `${seen.length} tiles of 1,365 were asked for`);
  const [inside] = await colors(page, [[cell.x, cell.y]]);
  assert.ok(gray(inside) > 60, "the nucleus is on the screen");
  await page.keyboard.press("o");
  await page.keyboard.press("p");
  for (const [dx, dy] of [[-60, -60], [60, -60], [0, 60]]) await click(page, cell.x + dx, cell.y + dy);
  await page.keyboard.press("Enter");
  const [x] = await state(page, (editor) => editor.doc.value.items.value.at(-1).geometry.parts[0].outer[0]);
  assert.ok(Math.abs(x - (cell.x - 60)) < 1);
});
