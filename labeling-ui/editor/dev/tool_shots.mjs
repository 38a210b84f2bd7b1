// Takes pictures of every tool in use, for the guide: node editor/dev/tool_shots.mjs FOLDER [light | dark | light-1024 | dark-1024 [TOOL]]
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at, click, launch, open, startMock, state, until, visitor } from "../browser/support.mjs";

const folder = process.argv[2] ?? "shots";
mkdirSync(folder, { recursive: true });
const browser = await launch();

/** An open editor of nuclei, some of them labeled. */
async function desk(theme, viewport) {
  const mock = await startMock({ sizes: [[1024, 1024, 34]] });
  const context = await visitor(browser, { viewport });
  const page = await open(context, mock, { theme });
  const cells = mock.images[0].cells.filter(({ x, y, rx }) => x > rx + 20 && y > rx + 20 && x < 1004 - rx && y < 1004 - rx).sort((a, b) => b.light - a.light);
  await state(page, (editor) => editor.doc.value.commit("Some", { items: editor.doc.value.items.value.slice(0, 9), suggestions: [] }));
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const drag = async (points, letGo = true) => {
    await page.mouse.move(...(await at(page, ...points[0])));
    await page.mouse.down();
    for (const p of points.slice(1)) await page.mouse.move(...(await at(page, ...p)), { steps: 6 });
    if (letGo) await page.mouse.up();
  };
  const shot = async (name) => {
    await page.waitForTimeout(150);
    const picture = await page.screenshot({ type: "jpeg", quality: 62 });
    writeFileSync(join(folder, `${name}.jpg`), picture);
  };
  const close = async () => {
    await context.close();
    mock.close();
  };
  return { page, cells, press, drag, shot, close };
}

const rim = (cell, share, k = 1) => {
  const a = 2 * Math.PI * share;
  const [u, v] = [cell.rx * k * Math.cos(a), cell.ry * k * Math.sin(a)];
  return [cell.x + u * Math.cos(cell.turn) - v * Math.sin(cell.turn), cell.y + u * Math.sin(cell.turn) + v * Math.cos(cell.turn)];
};

/** Waits for the proposal of the last click. */
async function proposed(page) {
  await page.waitForTimeout(200);
  await until("a proposal", () => page.evaluate(() => document.querySelector(".overlay").style.cursor === "crosshair"));
  await page.waitForTimeout(100);
}

/** Each tool in the middle of its work. */
const SCENES = {
  async polygon({ page, press, shot, free: [cell] }) {
    await press("Escape", "p");
    for (const share of [0, 0.15, 0.3, 0.45, 0.6]) await click(page, ...rim(cell, share));
    await page.mouse.move(...(await at(page, ...rim(cell, 0.75))));
    await shot("polygon");
    await press("Escape");
  },
  async select({ page, press, shot }) {
    await press("Escape", "v");
    await state(page, (editor) => editor.doc.value.select([editor.doc.value.items.value[2].id]));
    const [x, y] = await state(page, (editor) => editor.doc.value.only().geometry.parts[0].outer[0]);
    await click(page, x, y);
    await shot("select");
  },
  async simplify({ page, press, shot }) {
    await press("v");
    await state(page, (editor) => editor.doc.value.select([editor.doc.value.items.value[2].id]));
    await press("Shift+s", "]", "]", "]");
    await shot("simplify");
    await press("Escape");
  },
  async brush({ page, press, drag, shot, free: [cell] }) {
    await press("Escape", "b", "2");
    await drag([rim(cell, 0, 0.5), rim(cell, 0.2, 0.6), rim(cell, 0.45, 0.6), rim(cell, 0.7, 0.6)], false);
    await shot("brush");
    await page.mouse.up();
    await press("e");
    await drag([rim(cell, 0.45, 0.7), rim(cell, 0.5, 0.2)]);
    await shot("eraser");
    await press("Control+z", "Control+z", "1");
  },
  async fill({ page, press, shot, free: [, cell] }) {
    await press("Escape", "g");
    await state(page, (editor) => (editor.options.tolerance.value = 60));
    await page.mouse.move(...(await at(page, cell.x, cell.y)));
    await page.mouse.down();
    await page.waitForTimeout(500);
    await shot("fill");
    await page.mouse.up();
    await page.waitForTimeout(300);
    await press("Control+z");
  },
  async box({ page, press, drag, shot, free: [, cell] }) {
    await press("Escape", "r");
    await drag([[cell.x - cell.rx, cell.y - cell.rx], [cell.x + cell.rx, cell.y + cell.rx]], false);
    await shot("box");
    await page.mouse.up();
    await press("Control+z");
  },
  async suggest({ page, press, shot, free: [cell] }) {
    await press("Escape", "w");
    await click(page, cell.x, cell.y);
    await proposed(page);
    await page.keyboard.down("Alt");
    await click(page, ...rim(cell, 0.1, 1.4));
    await page.keyboard.up("Alt");
    await proposed(page);
    await shot("suggest");
    await press("Escape");
  },
  async livewire({ page, press, shot, free: [cell] }) {
    await press("Escape", "l");
    for (const share of [0, 0.3]) {
      await click(page, ...rim(cell, share));
      await page.waitForTimeout(3000);
    }
    await page.mouse.move(...(await at(page, ...rim(cell, 0.62))));
    await shot("livewire");
    await press("Escape");
  },
  async superpixels({ page, press, drag, shot, free: [cell] }) {
    await press("Escape", "s");
    await until("superpixels", () => page.evaluate(() => /paint superpixels|Superpixels/.test(document.querySelector(".hints").textContent) && document.querySelector(".hints").textContent.includes("take out")));
    await drag([rim(cell, 0, 0.5), rim(cell, 0.25, 0.5), rim(cell, 0.5, 0.5)]);
    await page.mouse.move(...(await at(page, ...rim(cell, 0.8, 0.5))));
    await shot("superpixels");
    await press("Control+z");
  },
  async cut({ page, press, shot }) {
    await press("Escape", "x");
    const b = await state(page, (editor) => { const [p] = editor.doc.value.items.value[1].geometry.parts; return [Math.min(...p.outer.map(([x]) => x)), Math.max(...p.outer.map(([x]) => x)), p.outer.reduce((s, [, y]) => s + y, 0) / p.outer.length]; });
    await click(page, b[0] - 15, b[2] - 8);
    await click(page, (b[0] + b[1]) / 2, b[2]);
    await page.mouse.move(...(await at(page, b[1] + 15, b[2] - 12)));
    await shot("cut");
    await press("Escape");
  },
  async join({ page, press, shot, free: [cell] }) {
    await press("Escape", "v");
    await state(page, (editor, cell) => {
      const ring = (dx, k) => Array.from({ length: 24 }, (_, i) => [cell.x + dx + k * Math.cos(i / 3.82), cell.y + k * Math.sin(i / 3.82)]);
      const item = (outer, cls) => ({ id: editor.doc.value.newId(), class: cls, instance: 50, confidence: null, hidden: false, locked: false, geometry: { type: "polygon", parts: [{ outer, holes: [] }] } });
      const two = [item(ring(-20, 45), 1), item(ring(30, 35), 2)];
      editor.doc.value.commit("Two", { items: [...editor.doc.value.items.value, ...two] }, { select: two.map(({ id }) => id) });
    }, cell);
    await press("u");
    await page.mouse.move(...(await at(page, cell.x, cell.y)));
    await shot("join");
    await press("Escape", "Control+z");
  },
};

for (const [theme, size, name] of [["dark", { width: 1440, height: 900 }, "dark"], ["light", { width: 1024, height: 768 }, "light-1024"], ["dark", { width: 1024, height: 768 }, "dark-1024"], ["light", { width: 1440, height: 900 }, "light"]]) {
  if (process.argv[3] && process.argv[3] !== name) continue;
  const d = await desk(theme, size);
  const taken = await state(d.page, (editor) => editor.doc.value.items.value.map(({ geometry }) => geometry.parts[0].outer[0]));
  d.free = d.cells.filter((cell) => taken.every(([x, y]) => Math.hypot(x - cell.x, y - cell.y) > 1.3 * cell.rx));
  // Large ones in the picture, and the view close to them.
  d.free.sort((a, b) => b.rx - a.rx);
  const [{ x, y }] = d.free;
  await state(d.page, (editor, [cx, cy]) => {
    editor.zoomBy(2.2);
    editor.centerOn([cx, cy]);
  }, [x, y]);
  const own = d.shot;
  d.shot = (tool) => own(`${tool}-${name}`);
  for (const [tool, scene] of Object.entries(SCENES)) if (!process.argv[4] || process.argv[4] === tool) await scene(d).catch((error) => console.log(`${tool} ${name}: ${error.message}`));
  await d.close();
}
await browser.close();
