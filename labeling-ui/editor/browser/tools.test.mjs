// Every tool as a hand uses it: what comes out as shapes, and that each step can be taken back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { at, click, launch, open, startMock, state, until, visitor } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** An editor with an image of nuclei and nothing drawn. */
async function desk(t, options = {}) {
  const mock = await startMock({ sizes: [[1024, 1024, 34]], ...options });
  const context = await visitor(browser);
  t.after(async () => {
    await context.close();
    mock.close();
  });
  const page = await open(context, mock);
  await state(page, (editor) => editor.doc.value.commit("Empty", { items: [], suggestions: [] }));
  const cells = mock.images[0].cells.filter(({ x, y, rx }) => x > rx + 20 && y > rx + 20 && x < 1004 - rx && y < 1004 - rx).sort((a, b) => b.light - a.light);
  return { mock, page, cells };
}

const becomes = (ask) => until("the tool has done its work", ask);
const shapes = (page) => state(page, (editor) => editor.doc.value.items.value.map(({ id, class: cls, geometry }) => ({ id, class: cls, type: geometry.type, parts: geometry.parts, box: geometry.box, area: geometry.mask ? geometry.mask.runs.reduce((sum, n, i) => sum + (i % 2 ? n : 0), 0) : null })));
const press = (page, ...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
const areaOf = ({ parts }) => parts.reduce((sum, { outer, holes }) => sum + [outer, ...holes].map((ring) => Math.abs(ring.reduce((a, [x, y], i) => a + ring.at(i - 1)[0] * y - x * ring.at(i - 1)[1], 0) / 2)).reduce((a, b, i) => (i === 0 ? a + b : a - b), 0), 0);

async function drag(page, points, options = {}) {
  await page.mouse.move(...(await at(page, ...points[0])));
  await page.mouse.down(options);
  for (const p of points.slice(1)) await page.mouse.move(...(await at(page, ...p)), { steps: 8 });
  await page.mouse.up(options);
}

async function polygon(page, points) {
  await press(page, "Escape", "p");
  for (const p of points) await click(page, ...p);
  await press(page, "Enter");
}

const undone = async (page, count) => {
  await press(page, "Control+z");
  assert.equal((await shapes(page)).length, count);
  await press(page, "Control+Shift+z");
};

test("polygon: neighbours share a border that was traced, point by point, and move it together", async (t) => {
  const { page } = await desk(t);
  await polygon(page, [[200, 200], [400, 200], [430, 300], [400, 400], [200, 400]]);
  await press(page, "Escape", "p");
  // From one corner of the neighbour to another, along what lies between, and back around outside.
  for (const p of [[402, 201], [401, 399], [560, 400], [560, 200]]) await click(page, ...p);
  await press(page, "Enter");
  const [first, second] = await shapes(page);
  const has = (shape, p) => shape.parts[0].outer.some(([x, y]) => x === p[0] && y === p[1]);
  for (const p of first.parts[0].outer.slice(1, 4)) assert.ok(has(second, p), `${p} is in both`);
  await undone(page, 1);

  // The point between moves in both; with Ctrl only in the one.
  await press(page, "v");
  await click(page, 500, 300);
  await drag(page, [[430, 300], [450, 320]]);
  const moved = await shapes(page);
  const point = moved[0].parts[0].outer.find(([x]) => x > 440);
  assert.ok(point && has(moved[1], point), "moved in both");
  await press(page, "Control+z");
  assert.deepEqual((await shapes(page)).map(({ parts }) => parts), [first.parts, second.parts]);
  await click(page, 500, 300);
  await page.keyboard.down("Control");
  await drag(page, [[430, 300], [450, 320]]);
  await page.keyboard.up("Control");
  assert.deepEqual((await shapes(page))[0].parts, first.parts);
});

test("polygon: a place on the middle of an edge becomes a point of both", async (t) => {
  const { page } = await desk(t);
  await polygon(page, [[200, 200], [400, 220], [400, 400], [200, 400]]);
  await press(page, "Escape", "p");
  for (const p of [[401, 300], [500, 250], [500, 350]]) await click(page, ...p);
  await press(page, "Enter");
  const [first, second] = await shapes(page);
  assert.equal(first.parts[0].outer.length, 5);
  assert.ok(first.parts[0].outer.some(([x, y]) => second.parts[0].outer.some((p) => p[0] === x && p[1] === y)));
  await press(page, "Control+z");
  assert.equal((await shapes(page))[0].parts[0].outer.length, 4, "one step took both back");
});

test("polygon: freehand, a point taken back, a hole with Alt, and points deleted in bulk", async (t) => {
  const { page } = await desk(t);
  await press(page, "p", "2");
  await drag(page, [[200, 200], [300, 180], [420, 210], [440, 320], [380, 420], [260, 400]]);
  await click(page, 300, 300);
  await press(page, "Backspace", "Enter");
  const [drawn] = await shapes(page);
  assert.ok(drawn.parts[0].outer.length >= 6 && drawn.class === 2);
  assert.ok(!drawn.parts[0].outer.some(([x, y]) => Math.hypot(x - 300, y - 300) < 5));
  await page.keyboard.down("Alt");
  for (const p of [[300, 260], [360, 260], [330, 320]]) await click(page, ...p);
  await page.keyboard.up("Alt");
  await press(page, "Enter");
  assert.equal((await shapes(page))[0].parts[0].holes.length, 1);
  await press(page, "Shift+g");
  assert.equal((await shapes(page))[0].parts[0].holes.length, 0);
  await press(page, "Control+z", "v");
  const before = (await shapes(page))[0].parts[0].outer.length;
  await page.keyboard.down("Control");
  await drag(page, [[270, 160], [460, 230]]);
  await page.keyboard.up("Control");
  const chosen = await state(page, (editor) => editor.doc.value.points.value.length);
  assert.ok(chosen >= 2);
  await press(page, "Delete");
  assert.equal((await shapes(page))[0].parts[0].outer.length, before - chosen);
  await press(page, "e");
  await page.keyboard.down("Alt");
  const corner = (await shapes(page))[0].parts[0].outer[0];
  await drag(page, [corner, [corner[0] + 5, corner[1] + 5]]);
  await page.keyboard.up("Alt");
  assert.ok((await shapes(page))[0].parts[0].outer.length < before - chosen);
  assert.equal((await shapes(page))[0].type, "polygon");
});

test("simplify: a step of its own, shown before, with a tolerance", async (t) => {
  const { page } = await desk(t);
  await state(page, (editor) => {
    const outer = Array.from({ length: 120 }, (_, i) => [500 + 200 * Math.cos(i / 19.1), 500 + 200 * Math.sin(i / 19.1)]);
    editor.doc.value.commit("Ring", { items: [{ id: editor.doc.value.newId(), class: 1, instance: 1, confidence: null, hidden: false, locked: false, geometry: { type: "polygon", parts: [{ outer, holes: [] }] } }] }, { select: [1] });
    editor.doc.value.select(editor.doc.value.items.value.map(({ id }) => id));
  });
  const count = async () => (await shapes(page))[0].parts[0].outer.length;
  await press(page, "Shift+s", "]", "]");
  assert.equal(await count(), 120, "only shown");
  const shown = await state(page, (editor) => [...editor.preview.value.items.values()][0].geometry.parts[0].outer.length);
  assert.ok(shown < 60);
  await press(page, "Escape");
  assert.equal(await count(), 120);
  await press(page, "Shift+s", "Enter");
  assert.equal(await count(), shown);
  await press(page, "Control+z");
  assert.equal(await count(), 120);
});

test("brush and eraser: a polygon stays a polygon, a new object is a mask, Shift draws straight", async (t) => {
  const { page } = await desk(t);
  await polygon(page, [[200, 200], [400, 200], [400, 400], [200, 400]]);
  await press(page, "b");
  await drag(page, [[400, 300], [440, 300]]);
  let [shape] = await shapes(page);
  assert.equal(shape.type, "polygon");
  const grown = areaOf(shape);
  assert.ok(grown > 40_500 && grown < 42_000, `${grown}`);
  await press(page, "e");
  await drag(page, [[300, 300], [310, 300]]);
  [shape] = await shapes(page);
  assert.deepEqual([shape.type, shape.parts[0].holes.length], ["polygon", 1]);
  await press(page, "Control+z", "Control+z");
  assert.equal(areaOf((await shapes(page))[0]), 40_000);
  await press(page, "Escape", "b");
  await click(page, 600, 600);
  await page.keyboard.down("Shift");
  await click(page, 800, 600);
  await page.keyboard.up("Shift");
  const mask = (await shapes(page))[1];
  assert.equal(mask.type, "mask");
  assert.ok(Math.abs(mask.area - (200 * 24 + Math.PI * 144)) < 60, `${mask.area}`);
  await press(page, "m");
  assert.equal((await shapes(page))[1].type, "polygon");
  assert.equal(areaOf((await shapes(page))[1]), mask.area, "the very same pixels");
});

test("brush: a pen that is pressed lightly paints thinly", async (t) => {
  const { page } = await desk(t);
  await press(page, "b");
  const paint = async (pressure, y) => {
    const [a, b] = [await at(page, 300, y), await at(page, 500, y)];
    await page.evaluate(([from, to, force]) => {
      const canvas = document.querySelector(".overlay");
      const send = (type, [x, y], more) => canvas.dispatchEvent(new PointerEvent(type, { pointerId: 7, pointerType: "pen", clientX: x, clientY: y, bubbles: true, cancelable: true, pressure: force, ...more }));
      canvas.setPointerCapture = () => {};
      send("pointerdown", from, { buttons: 1 });
      for (let i = 1; i <= 20; i++) send("pointermove", [from[0] + ((to[0] - from[0]) * i) / 20, from[1]], { buttons: 1 });
      send("pointerup", to, {});
    }, [a, b, pressure]);
    await press(page, "Escape");
  };
  await paint(1, 300);
  await paint(0.25, 500);
  const [heavy, light] = await shapes(page);
  assert.ok(heavy.area > 1.8 * light.area, `${heavy.area} and ${light.area}`);
});

test("overlap: what is drawn new covers the old, or leaves it as it is", async (t) => {
  const { page } = await desk(t);
  await polygon(page, [[200, 200], [400, 200], [400, 400], [200, 400]]);
  await press(page, "n", "Shift+o");
  await polygon(page, [[300, 300], [500, 300], [500, 500], [300, 500]]);
  let [, second] = await shapes(page);
  assert.ok(Math.abs(areaOf(second) - 30_000) < 600, `${areaOf(second)}`);
  await press(page, "Escape", "b");
  await drag(page, [[350, 200], [450, 200]]);
  const third = (await shapes(page))[2];
  assert.ok(third.area < 24 * 124 - 300, "the stroke leaves the square alone");
  await press(page, "Shift+o");
  await press(page, "Control+z", "Control+z");
  await polygon(page, [[300, 300], [500, 300], [500, 500], [300, 500]]);
  [, second] = await shapes(page);
  assert.ok(Math.abs(areaOf(second) - 40_000) < 600);
});

test("fill: by colour with a tolerance, into a new object or the selected one", async (t) => {
  const { page, cells } = await desk(t);
  await press(page, "g");
  await state(page, (editor) => (editor.options.tolerance.value = 70));
  await click(page, cells[0].x, cells[0].y);
  await becomes(async () => (await shapes(page)).length === 1);
  const truth = Math.PI * cells[0].rx * cells[0].ry;
  const [first] = await shapes(page);
  assert.ok(first.area > 0.6 * truth && first.area < 1.5 * truth, `${first.area} of ${truth}`);
  await page.keyboard.down("Shift");
  await click(page, cells[1].x, cells[1].y);
  await page.keyboard.up("Shift");
  await becomes(async () => (await shapes(page))[0].area > first.area + 100);
  assert.equal((await shapes(page)).length, 1);
  await press(page, "Control+z");
  assert.equal((await shapes(page))[0].area, first.area);
  const tolerance = await state(page, (editor) => editor.options.tolerance.value);
  await page.mouse.move(...(await at(page, cells[2].x, cells[2].y)));
  await page.mouse.down();
  await page.mouse.move((await at(page, cells[2].x, cells[2].y))[0] - 60, (await at(page, cells[2].x, cells[2].y))[1], { steps: 5 });
  await page.mouse.up();
  assert.equal(await state(page, (editor) => editor.options.tolerance.value), tolerance - 20);
});

test("box: by a drag or two clicks, and corners that can be moved", async (t) => {
  const { page } = await desk(t);
  await press(page, "r");
  await drag(page, [[200, 200], [400, 300]]);
  await press(page, "Escape");
  await click(page, 500, 500);
  await click(page, 600, 700);
  const boxes = (await shapes(page)).map(({ box }) => box);
  for (const [i, expected] of [[200, 200, 400, 300], [500, 500, 600, 700]].entries()) for (const k of [0, 1, 2, 3]) assert.ok(Math.abs(boxes[i][k] - expected[k]) <= 2);
  await press(page, "v");
  await drag(page, [[600, 700], [650, 650]]);
  const moved = (await shapes(page))[1].box;
  assert.ok(Math.abs(moved[2] - 650) <= 2 && Math.abs(moved[3] - 650) <= 2 && moved[0] === boxes[1][0]);
  await press(page, "Delete");
  assert.equal((await shapes(page)).length, 1);
  await press(page, "Control+z", "Control+z");
  assert.deepEqual((await shapes(page))[1].box, boxes[1]);
});

/** How much of a cell a mask or polygon covers, and how much of it lies outside: intersection over union with the ellipse. */
async function overlap(page, cell, index = 0) {
  return state(page, (editor, { cell, index }) => {
    const { geometry } = editor.doc.value.items.value[index];
    const { width, height } = editor.doc.value;
    const canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (geometry.type === "mask") {
      let from = 0;
      geometry.mask.runs.forEach((n, i) => {
        for (let p = from; i % 2 && p < from + n; p++) canvas.fillRect(p % width, Math.floor(p / width), 1, 1);
        from += n;
      });
    } else {
      const path = new Path2D();
      for (const { outer, holes } of geometry.parts) for (const ring of [outer, ...holes]) {
        ring.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
        path.closePath();
      }
      canvas.fill(path, "evenodd");
    }
    const { data } = canvas.getImageData(0, 0, width, height);
    let [both, either] = [0, 0];
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
      const [dx, dy] = [x + 0.5 - cell.x, y + 0.5 - cell.y];
      const u = (dx * Math.cos(cell.turn) + dy * Math.sin(cell.turn)) / cell.rx;
      const v = (dy * Math.cos(cell.turn) - dx * Math.sin(cell.turn)) / cell.ry;
      const [a, b] = [u * u + v * v <= 1, data[4 * (y * width + x) + 3] > 127];
      both += a && b ? 1 : 0;
      either += a || b ? 1 : 0;
    }
    return both / either;
  }, { cell, index });
}

const around = (cell, share) => {
  const a = 2 * Math.PI * share;
  const [u, v] = [cell.rx * Math.cos(a), cell.ry * Math.sin(a)];
  return [cell.x + u * Math.cos(cell.turn) - v * Math.sin(cell.turn), cell.y + u * Math.sin(cell.turn) + v * Math.cos(cell.turn)];
};

test("livewire: four clicks on the rim of a nucleus follow it all around", async (t) => {
  const { page, cells } = await desk(t);
  await press(page, "l");
  const truth = cells[0];
  for (const share of [0, 0.25, 0.5, 0.75]) {
    const spot = around(truth, share);
    await page.mouse.move(...(await at(page, ...spot)));
    await click(page, ...spot);
    await page.waitForTimeout(400);
  }
  await press(page, "Enter");
  await becomes(async () => (await shapes(page)).length === 1);
  const found = await overlap(page, truth);
  assert.ok(found > 0.8, `overlap ${found}`);
  assert.ok((await shapes(page))[0].parts[0].outer.length > 12);
  await undone(page, 0);
});

test("superpixels: a stroke takes whole ones that keep to the nucleus", async (t) => {
  const { page, cells } = await desk(t);
  const cell = cells[0];
  await press(page, "s");
  await becomes(() => page.evaluate(() => /paint superpixels/.test(document.querySelector(".hints").textContent)));
  const spots = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875].map((share) => [cell.x + (around(cell, share)[0] - cell.x) * 0.62, cell.y + (around(cell, share)[1] - cell.y) * 0.62]);
  await drag(page, [[cell.x, cell.y], ...spots]);
  const found = await overlap(page, cell);
  assert.ok(found > 0.7, `overlap ${found}`);
  const { area } = (await shapes(page))[0];
  await page.keyboard.down("Alt");
  await click(page, cell.x, cell.y);
  await page.keyboard.up("Alt");
  assert.ok((await shapes(page))[0].area < area);
  await press(page, "Control+z");
  assert.equal((await shapes(page))[0].area, area);
});

test("suggest: one click proposes the nucleus without any server, and more clicks correct it", async (t) => {
  const { page, cells } = await desk(t);
  await press(page, "w");
  const scores = [];
  for (const [i, cell] of cells.slice(0, 6).entries()) {
    await click(page, cell.x, cell.y);
    await page.waitForTimeout(100);
    await becomes(() => page.evaluate(() => document.querySelector(".overlay").style.cursor === "crosshair"));
    await press(page, "Enter");
    await becomes(async () => (await shapes(page)).length === i + 1);
    scores.push(await overlap(page, cell, i));
  }
  assert.ok(scores.filter((score) => score > 0.75).length >= 5, scores.join());
  await undone(page, 5);
  // A box around it, and a place that is said not to belong.
  const cell = cells[6];
  await drag(page, [[cell.x - cell.rx * 1.2, cell.y - cell.rx * 1.2], [cell.x + cell.rx * 1.2, cell.y + cell.rx * 1.2]]);
  await becomes(() => page.evaluate(() => document.querySelector(".overlay").style.cursor === "crosshair"));
  await page.keyboard.down("Alt");
  await click(page, cell.x + cell.rx * 1.1, cell.y + cell.rx * 1.1);
  await page.keyboard.up("Alt");
  await page.waitForTimeout(100);
  await becomes(() => page.evaluate(() => document.querySelector(".overlay").style.cursor === "crosshair"));
  await press(page, "Enter");
  await becomes(async () => (await shapes(page)).length === 7);
  const score = await overlap(page, cell, 6);
  assert.ok(score > 0.75, `with a box ${score}`);
});

test("cut: a drag parts what it goes through, in one step", async (t) => {
  const { page } = await desk(t);
  await polygon(page, [[200, 200], [400, 200], [400, 400], [200, 400]]);
  await press(page, "Escape", "x");
  await drag(page, [[150, 300], [450, 305]]);
  const pieces = await shapes(page);
  assert.equal(pieces.length, 2);
  assert.ok(Math.abs(pieces.reduce((sum, piece) => sum + areaOf(piece), 0) - areaOf({ parts: [{ outer: [[200, 200], [400, 200], [400, 400], [200, 400]], holes: [] }] })) < 700);
  await undone(page, 1);
  await press(page, "Escape");
  await click(page, 300, 150);
  await click(page, 300, 450);
  await press(page, "Enter");
  assert.equal((await shapes(page)).length, 4);
});

test("join: union, subtract and intersect, shown before they are done", async (t) => {
  const { page } = await desk(t);
  await polygon(page, [[200, 200], [400, 200], [400, 400], [200, 400]]);
  await press(page, "n");
  await polygon(page, [[300, 300], [500, 300], [500, 500], [300, 500]]);
  await press(page, "Escape", "u");
  await click(page, 250, 250);
  await click(page, 450, 450);
  assert.ok(await state(page, (editor) => editor.preview.value !== null));
  await press(page, "Enter");
  let made = await shapes(page);
  assert.ok(made.length === 1 && Math.abs(areaOf(made[0]) - 70_000) < 1200);
  await press(page, "Control+z", "Escape", "u");
  await click(page, 250, 250);
  await click(page, 450, 450);
  await press(page, "Enter");
  made = await shapes(page);
  assert.equal(made.length, 2, "what was subtracted stays");
  assert.ok(Math.abs(areaOf(made[0]) - 30_000) < 1200);
  await press(page, "Control+z", "Escape", "u");
  await click(page, 250, 250);
  await click(page, 450, 450);
  await press(page, "Enter");
  made = await shapes(page);
  assert.ok(made.length === 1 && Math.abs(areaOf(made[0]) - 10_000) < 1200);
});

test("select: marquee, Shift, nudging and deleting", async (t) => {
  const { page } = await desk(t);
  for (const x of [200, 400, 600]) await polygon(page, [[x, 200], [x + 100, 200], [x + 100, 300], [x, 300]]);
  await press(page, "Escape", "v");
  await drag(page, [[150, 150], [550, 350]]);
  const selected = () => state(page, (editor) => editor.doc.value.selection.value.size);
  assert.equal(await selected(), 2);
  await page.keyboard.down("Shift");
  await click(page, 650, 250);
  await page.keyboard.up("Shift");
  assert.equal(await selected(), 3);
  const before = await shapes(page);
  await press(page, "ArrowRight", "Shift+ArrowDown");
  const after = await shapes(page);
  assert.deepEqual(after.map(({ parts }) => parts[0].outer[0]), before.map(({ parts }) => [parts[0].outer[0][0] + 1, parts[0].outer[0][1] + 10]));
  await press(page, "Delete");
  assert.equal((await shapes(page)).length, 0);
  await press(page, "Control+z");
  assert.equal((await shapes(page)).length, 3);
});

test("touch: two fingers pan and zoom, and leave no mark", async (t) => {
  const { page } = await desk(t);
  await press(page, "b");
  const [a, b] = [await at(page, 400, 500), await at(page, 600, 500)];
  const before = await state(page, (editor) => editor.view.value);
  await page.evaluate(([from, to]) => {
    const canvas = document.querySelector(".overlay");
    canvas.setPointerCapture = () => {};
    const send = (type, id, [x, y]) => canvas.dispatchEvent(new PointerEvent(type, { pointerId: id, pointerType: "touch", clientX: x, clientY: y, bubbles: true, cancelable: true, buttons: type === "pointerup" ? 0 : 1 }));
    send("pointerdown", 11, from);
    send("pointerdown", 12, to);
    for (let i = 1; i <= 10; i++) {
      send("pointermove", 11, [from[0] - 5 * i, from[1] + 4 * i]);
      send("pointermove", 12, [to[0] + 5 * i, to[1] + 4 * i]);
    }
    send("pointerup", 11, from);
    send("pointermove", 12, [to[0], to[1]]);
    send("pointerup", 12, to);
  }, [a, b]);
  const after = await state(page, (editor) => editor.view.value);
  const apart = Math.hypot(a[0] - b[0], a[1] - b[1]);
  assert.ok(Math.abs(after.scale / before.scale - (apart + 100) / apart) < 0.05);
  assert.ok(after.y < before.y + 1024, "it moved along");
  assert.equal((await shapes(page)).length, 0);
  await drag(page, [[500, 500], [520, 520]]);
  assert.equal((await shapes(page)).length, 1, "one pointer paints again");
});

test("every step of the new tools comes back after a reload, and can be taken back there", async (t) => {
  const { page } = await desk(t);
  await polygon(page, [[200, 200], [400, 200], [400, 400], [200, 400]]);
  await press(page, "Escape", "b");
  await drag(page, [[600, 600], [700, 650]]);
  await drag(page, [[600, 650], [700, 600]]);
  await press(page, "e");
  await drag(page, [[640, 600], [640, 660]]);
  await press(page, "Escape", "x");
  await drag(page, [[150, 300], [450, 305]]);
  await page.waitForFunction(() => document.querySelector(".status").textContent !== "Saving…");
  await page.waitForTimeout(500);
  const kept = await shapes(page);
  await page.reload();
  await becomes(() => page.evaluate(() => document.getElementById("editor")?.editor?.doc.value != null));
  assert.deepEqual(await shapes(page), kept);
  for (let i = 0; i < 5; i++) await press(page, "Control+z");
  assert.equal((await shapes(page)).length, 0);
  for (let i = 0; i < 5; i++) await press(page, "Control+Shift+z");
  assert.deepEqual(await shapes(page), kept);
});
