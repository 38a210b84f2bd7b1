// The editor as a person uses it: places are given in pixels of the image.
import { must } from "./browser.mjs";

/** Opens the editor of a project and waits for its first image. */
export async function openEditor(page, project, address = `/projects/${project}/label`) {
  const editor = new Editor(page);
  await page.goto(address);
  await editor.shows();
  return editor;
}

export class Editor {
  /** Every task that the server handed to this page, in order. */
  handed = [];

  constructor(page) {
    this.page = page;
    page.on("response", async (response) => {
      if (!/\/tasks\/(next|[0-9a-f-]{36})$/.test(response.url()) || response.status() !== 200) return;
      this.handed.push(await response.json().catch(() => null));
    });
  }

  /** Waits until an image is on the screen, another one than `before`. */
  async shows(before = null) {
    await this.page.waitForFunction((before) => {
      const name = document.querySelector(".image-name");
      return document.getElementById("editor")?.editor?.doc.value && name && !name.hidden && name.title && name.title !== before && document.querySelector(".stage[data-shown]") !== null;
    }, before);
    return this.name();
  }

  name() {
    return this.page.evaluate(() => document.querySelector(".image-name").title);
  }

  /** Sends the image in, and waits for the next one. */
  async submit() {
    const before = await this.name();
    await this.page.keyboard.press("Enter");
    return this.shows(before);
  }

  saved() {
    return this.page.waitForFunction(() => document.querySelector(".status").textContent === "Saved");
  }

  /** Where a point of the image lies on the screen. */
  at(x, y) {
    return this.page.evaluate(([px, py]) => {
      const { view } = document.getElementById("editor").editor;
      const box = document.querySelector(".overlay").getBoundingClientRect();
      return [box.left + (px - view.value.x) * view.value.scale, box.top + (py - view.value.y) * view.value.scale];
    }, [x, y]);
  }

  async click(x, y) {
    await this.page.mouse.click(...(await this.at(x, y)));
  }

  /** Draws a polygon of a class through these points. */
  async polygon(digit, points) {
    const { keyboard } = this.page;
    await keyboard.press("p");
    await keyboard.press(String(digit));
    for (const point of points) await this.click(...point);
    await keyboard.press("Enter");
  }

  /** Paints one stroke of a class along these points, as an object of its own. */
  async brush(digit, points) {
    const { keyboard, mouse } = this.page;
    await keyboard.press("Escape");
    await keyboard.press("b");
    await keyboard.press(String(digit));
    await mouse.move(...(await this.at(...points[0])));
    await mouse.down();
    for (const point of points.slice(1)) await mouse.move(...(await this.at(...point)), { steps: 5 });
    await mouse.up();
  }

  /** The shapes in the editor, bottom first. */
  shapes() {
    return this.page.evaluate(() => document.getElementById("editor").editor.doc.value.items.value.map(({ class: index, geometry }) => ({
      class: index,
      type: geometry.type,
      parts: geometry.parts,
      runs: geometry.mask && Array.from(geometry.mask.runs),
    })));
  }

  /** The task of the image that is shown. */
  async task() {
    const name = await this.name();
    return this.handed.findLast((bundle) => bundle?.image.name === name);
  }
}

/** What the server has of an image. */
export async function annotations(page, image) {
  return (await must(page, "GET", `/images/${image}`)).annotations;
}
