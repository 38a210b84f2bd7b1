// Nothing that was drawn is lost, with the real server: tabs that die, networks that are cut, servers that stop, sign-ins that end, second tabs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, addPerson, launch, must, sampleProject, signedIn, until, visitor, welcome } from "./support/browser.mjs";
import { annotations, openEditor, Editor } from "./support/editor.mjs";
import { startProgram } from "./support/program.mjs";

const TRIANGLE = [[60, 60], [160, 70], [120, 160]];
const PEOPLE = ["ada", "bo", "cy", "di", "eve"];
let program;
let browser;
let admin;
let project;

before(async () => {
  [program, browser] = await Promise.all([startProgram(), launch()]);
  admin = await visitor(browser, program);
  await welcome(admin.page, program.link);
  project = (await sampleProject(admin.page)).id;
  for (const login of PEOPLE) await addPerson(admin.page, project, login, login[0].toUpperCase() + login.slice(1));
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

const somebody = (t, login) => signedIn(t, browser, program, login);

/** How many strokes and outlines that are no step yet are on disk. */
const pending = (page) => page.evaluate(() => new Promise((resolve) => {
  const request = indexedDB.open("labelwright-journal");
  request.onsuccess = () => {
    const count = request.result.transaction("pending").objectStore("pending").count();
    count.onsuccess = () => {
      request.result.close();
      resolve(count.result);
    };
  };
}));

test("a tab that is killed in the middle of a stroke comes back with it", async (t) => {
  const { context, page } = await somebody(t, "ada");
  const editor = await openEditor(page, project);
  const name = await editor.name();
  await editor.polygon(2, TRIANGLE);
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await page.mouse.move(...(await editor.at(40, 200)));
  await page.mouse.down();
  await page.mouse.move(...(await editor.at(140, 220)), { steps: 8 });
  await until("the stroke is written down", () => pending(page));
  await page.waitForTimeout(400);
  const crashed = page.waitForEvent("crash");
  void page.goto("chrome://crash").catch(() => {});
  await crashed;
  await page.close();
  const again = await openEditor(await context.newPage(), project);
  assert.equal(await again.name(), name, "the same image is held");
  assert.deepEqual((await again.shapes()).map(({ type }) => type), ["polygon", "mask"]);
});

test("two minutes without a network cost nothing but the waiting", async (t) => {
  const { context, page } = await somebody(t, "bo");
  await page.clock.install();
  const editor = await openEditor(page, project);
  const { image } = await editor.task();
  await until("the next image is there ahead", () => editor.handed.filter(Boolean).length >= 2);
  await page.clock.runFor(3000);
  await page.waitForTimeout(1500);
  await context.setOffline(true);
  await editor.polygon(1, TRIANGLE);
  const before = await editor.name();
  await page.keyboard.press("Enter");
  await page.clock.runFor(1000);
  await editor.shows(before);
  await editor.polygon(2, TRIANGLE);
  await page.clock.runFor(120_000);
  await page.waitForFunction(() => /^Offline/.test(document.querySelector(".status").textContent));
  await context.setOffline(false);
  await until("the work arrives", async () => {
    await page.clock.runFor(1000);
    return (await annotations(admin.page, image.id)).length === 1;
  });
  assert.equal((await editor.shapes()).length, 1, "the next image has what was drawn on it meanwhile");
});

test("a server that stops and starts again gets what was drawn meanwhile", async (t) => {
  const { page } = await somebody(t, "cy");
  const editor = await openEditor(page, project);
  const { image } = await editor.task();
  await until("the next image is there ahead", () => editor.handed.filter(Boolean).length >= 2);
  await page.waitForTimeout(1500);
  await program.pause();
  await editor.polygon(1, TRIANGLE);
  await editor.submit();
  await page.waitForFunction(() => /^Offline/.test(document.querySelector(".status").textContent));
  await program.resume();
  await editor.saved();
  assert.equal((await annotations(admin.page, image.id)).length, 1);
});

test("a sign-in that ends is renewed in a small window, and the work arrives", async (t) => {
  const { context, page } = await somebody(t, "di");
  const editor = await openEditor(page, project);
  const { image } = await editor.task();
  await must(page, "DELETE", "/session");
  await editor.polygon(1, TRIANGLE);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Your sign-in has expired" });
  await dialog.waitFor();
  const opened = context.waitForEvent("page");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  const popup = await opened;
  await popup.getByLabel("Login").fill("di");
  await popup.getByLabel("Password").fill(PASSWORD);
  await popup.getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "detached" });
  await until("the work arrives", async () => (await annotations(admin.page, image.id)).length === 1);
  await until("the small window is closed", () => popup.isClosed());
});

test("two tabs never work on one task at once: the second takes over with everything drawn", async (t) => {
  const { context, page } = await somebody(t, "eve");
  const first = await openEditor(page, project);
  const name = await first.name();
  await first.polygon(2, TRIANGLE);
  const drawn = await first.shapes();
  const second = new Editor(await context.newPage());
  await second.page.goto(`/projects/${project}/label`);
  await second.page.getByRole("heading", { name: "This project is open in another tab" }).waitFor();
  await second.page.getByRole("button", { name: "Go on here" }).click();
  assert.equal(await second.shows(), name);
  assert.deepEqual(await second.shapes(), drawn);
  await page.getByRole("heading", { name: "This project is open in another tab" }).waitFor();
});
