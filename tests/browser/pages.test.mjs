// Every page in both themes and two sizes: no complaints in the console, nothing against the content security policy, and no serious
// barrier that axe-core knows. The pictures stay in tests/artefacts for people to look at.
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { addPerson, launch, must, sampleProject, signIn, visitor, welcome } from "./support/browser.mjs";
import { openEditor } from "./support/editor.mjs";
import { ARTEFACTS, SIZES, look } from "./support/look.mjs";
import { startProgram } from "./support/program.mjs";

let program;
let browser;
let admin;
let project;
let labeled;

before(async () => {
  rmSync(ARTEFACTS, { recursive: true, force: true });
  mkdirSync(ARTEFACTS, { recursive: true });
  [program, browser] = await Promise.all([startProgram(), launch()]);
  admin = await visitor(browser, program);
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

/** Opens a page and waits for its pictures. */
async function open(page, address) {
  const response = await page.goto(address);
  assert.equal(response.status(), 200, address);
  await page.waitForFunction(() => [...document.images].every((image) => image.loading === "lazy" || image.complete));
}

const check = (name, address) =>
  test(`${name} opens cleanly`, async () => {
    admin.faults.length = 0;
    await open(admin.page, typeof address === "function" ? address() : address);
    assert.deepEqual(await look(admin.page, name), []);
    assert.deepEqual(admin.faults, []);
  });

test("pages before signing in open cleanly", async () => {
  const { page, faults } = admin;
  await open(page, program.link);
  assert.deepEqual(await look(page, "welcome"), []);
  await open(page, "/sign-in");
  assert.deepEqual(await look(page, "sign-in"), []);
  assert.deepEqual(faults, []);
});

test("work to look at", async () => {
  await welcome(admin.page, program.link);
  project = (await sampleProject(admin.page)).id;
  await addPerson(admin.page, project, "ada", "Ada Example");
  await addPerson(admin.page, project, "bo", "Bo Example", "reviewer");
  const ada = await visitor(browser, program);
  await signIn(ada.page, "ada");
  await ada.page.waitForURL("**/projects");
  for (let i = 0; i < 5; i++) {
    const { task, image } = await must(ada.page, "POST", `/projects/${project}/tasks/next`, { except: [] });
    const outer = Array.from({ length: 24 }, (_, k) => [90 + 12 * i + 40 * Math.cos(k * 0.2618), 110 + 30 * Math.sin(k * 0.2618)]);
    const shapes = [{ class: 1, type: "polygon", parts: [{ outer }] }, { class: 2, type: "polygon", parts: [{ outer: outer.map(([x, y]) => [x + 60, y + 70]) }] }];
    await must(ada.page, "POST", `/tasks/${task.id}/submit`, { key: crypto.randomUUID(), seconds: 30 + i, shapes });
    labeled ??= image.id;
  }
  await must(ada.page, "POST", `/projects/${project}/tasks/next`, { except: [] });
  await ada.context.close();
});

check("projects", "/projects");
check("new-project", "/projects/new");
check("overview", () => `/projects/${project}`);
check("images", () => `/projects/${project}/images`);
check("image", () => `/projects/${project}/images/${labeled}`);
check("work", () => `/projects/${project}/work`);
check("models", () => `/projects/${project}/models`);
check("exports", () => `/projects/${project}/exports`);
check("settings", () => `/projects/${project}/settings`);
check("try-it-empty", () => `/projects/${project}/try`);
check("people", "/people");
check("tokens-empty", "/tokens");
check("system", "/system");

test("the editor opens cleanly", async () => {
  const { page, faults } = admin;
  faults.length = 0;
  await page.setViewportSize(SIZES[0]);
  const editor = await openEditor(page, project);
  await editor.polygon(1, [[60, 50], [190, 70], [170, 180], [50, 190]]);
  await editor.brush(2, [[30, 220], [120, 225], [215, 210]]);
  await editor.saved();
  assert.deepEqual(await look(page, "editor", { themes: ["dark"] }), []);
  assert.deepEqual(faults, []);
});

test("a page that isn't there says so in words", async () => {
  const { page } = admin;
  const response = await page.goto("/projects/00000000-0000-0000-0000-000000000000");
  assert.equal(response.status(), 404);
  assert.deepEqual(await look(page, "missing"), []);
});

test("a page works with the keyboard: the first stop skips the navigation, dialogs close with Escape", async () => {
  const { page } = admin;
  await page.setViewportSize(SIZES[0]);
  await open(page, `/projects/${project}`);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  const pause = page.getByRole("button", { name: "Pause" });
  await pause.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.equal(await pause.evaluate((button) => button === document.activeElement), true, "the focus returns to the button");
});
