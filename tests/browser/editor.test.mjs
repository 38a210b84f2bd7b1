// Labeling in the editor: what is drawn is what the server has, whatever the network does, and nobody gets another one's image.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addPerson, launch, must, sampleProject, signedIn, visitor, welcome } from "./support/browser.mjs";
import { annotations, openEditor } from "./support/editor.mjs";
import { classMap } from "./support/labelmap.mjs";
import { decodeGray } from "./support/png.mjs";
import { startProgram } from "./support/program.mjs";

let program;
let browser;
let admin;
let project;

before(async () => {
  [program, browser] = await Promise.all([startProgram(), launch()]);
  admin = await visitor(browser, program);
  await welcome(admin.page, program.link);
  project = (await sampleProject(admin.page)).id;
  for (const [login, name] of [["ada", "Ada"], ["bo", "Bo"], ["cy", "Cy"]]) await addPerson(admin.page, project, login, name);
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

const somebody = (t, login) => signedIn(t, browser, program, login);

test("what is drawn with polygon and brush arrives, and the server renders it as the editor does", async (t) => {
  const { page, faults } = await somebody(t, "ada");
  await page.getByRole("link", { name: "Sample: drawn cells" }).click();
  await page.getByRole("link", { name: "Label next image" }).click();
  const editor = await openEditor(page, project, page.url());

  await editor.polygon(2, [[60.3, 50.7], [190.9, 70.2], [170.4, 180.6], [110.1, 120.8], [50.6, 190.3]]);
  await editor.brush(1, [[100, 90], [160, 140], [215, 210]]);
  const shapes = await editor.shapes();
  assert.deepEqual(shapes.map(({ type, class: index }) => [type, index]), [["polygon", 2], ["mask", 1]]);
  const { task, image } = await editor.task();
  const next = await editor.submit();
  assert.notEqual(next, image.name);
  assert.deepEqual(await editor.shapes(), [], "the next image begins empty");
  await editor.saved();

  const label = await must(page, "GET", `/images/${image.id}/label`);
  assert.deepEqual(label.shapes.map((shape) => [shape.type, shape.class]), [["polygon", 2], ["mask", 1]]);
  assert.deepEqual(label.shapes[0].parts[0].outer, shapes[0].parts[0].outer, "the points are the very same");
  assert.deepEqual(label.shapes[1].counts, shapes[1].runs);
  const made = await annotations(page, image.id);
  assert.equal(made.length, 1);
  assert.ok(made[0].revision >= 1, "drafts before it are counted, too");
  assert.equal(made[0].shapes_count, 2);
  assert.ok(task.id);

  const png = await page.evaluate(async (id) => [...new Uint8Array(await (await fetch(`/api/v1/images/${id}/mask.png`)).arrayBuffer())], image.id);
  const server = decodeGray(Buffer.from(png));
  const browsers = await classMap(shapes, image.width, image.height);
  assert.deepEqual([server.width, server.height], [image.width, image.height]);
  const different = browsers.reduce((n, value, i) => n + (value !== server.pixels[i] ? 1 : 0), 0);
  assert.equal(different, 0, "pixels that differ between server and browser");
  for (const index of [0, 1, 2]) assert.ok(browsers.includes(index), `class ${index} is in the picture`);
  assert.deepEqual(faults, []);
});

test("work that is submitted without a network is kept, said so, and delivered exactly once", async (t) => {
  const { context, page } = await somebody(t, "bo");
  const editor = await openEditor(page, project);
  // The next image is fetched ahead, so the work can go on without a network.
  await page.waitForFunction((n) => performance.getEntriesByType("resource").filter((entry) => /\/images\/[^/]+\/file/.test(entry.name) && entry.responseEnd > 0).length >= n, 2);
  const { image, task } = await editor.task();
  await editor.polygon(1, [[60, 60], [160, 70], [120, 160]]);
  await context.setOffline(true);
  await editor.submit();
  await page.waitForFunction(() => /^Offline .*kept on this computer$/.test(document.querySelector(".status").textContent));
  assert.deepEqual(await annotations(admin.page, image.id), [], "nothing has arrived");

  // Back online the server takes the work, but its first answer is lost on the way; the same work is sent again.
  const sent = [];
  await page.route(`**/tasks/${task.id}/submit`, async (route) => {
    sent.push(route.request().postDataJSON().key);
    if (sent.length > 1) return route.continue();
    assert.equal((await route.fetch()).status(), 200);
    return route.abort("connectionreset");
  });
  await context.setOffline(false);
  await editor.saved();
  assert.equal(sent.length, 2, "sent again after the lost answer");
  assert.equal(sent[0], sent[1], "under the same key");
  const made = await annotations(admin.page, image.id);
  assert.equal(made.length, 1, "and taken once");
  assert.ok(made[0].revision >= 1, "drafts before it are counted, too");
});

test("a reload in the middle of the work brings it back", async (t) => {
  const { page } = await somebody(t, "cy");
  const editor = await openEditor(page, project);
  const name = await editor.name();
  await editor.polygon(1, [[40, 40], [140, 50], [100, 150]]);
  await editor.saved();
  const shapes = await editor.shapes();
  await page.reload();
  assert.equal(await editor.shows(), name, "the same image is held");
  assert.deepEqual(await editor.shapes(), shapes);
});

test("two people at the same time never get the same image", async (t) => {
  const people = await Promise.all([somebody(t, "ada"), somebody(t, "cy")]);
  const editors = await Promise.all(people.map(({ page }) => openEditor(page, project)));
  await Promise.all(editors.map(async (editor) => {
    for (let i = 0; i < 3; i++) {
      await editor.polygon(1, [[40, 40], [140, 50], [100, 150]]);
      await editor.submit();
    }
    await editor.saved();
  }));
  const [one, other] = editors.map((editor) => new Set(editor.handed.filter(Boolean).map((bundle) => bundle.image.id)));
  assert.ok(one.size >= 4 && other.size >= 4, `${one.size} and ${other.size} images were handed out`);
  assert.deepEqual([...one].filter((id) => other.has(id)), []);
});
