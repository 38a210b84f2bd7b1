// What lies around the drawing, with the real server: comments, attributes and warnings, the guide, keys, work that goes on at another computer.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addPerson, launch, must, sampleProject, signedIn, until, visitor, welcome } from "./support/browser.mjs";
import { annotations, openEditor } from "./support/editor.mjs";
import { startProgram } from "./support/program.mjs";

const TRIANGLE = [[60, 60], [160, 70], [120, 160]];
let program;
let browser;
let admin;
let project;

before(async () => {
  [program, browser] = await Promise.all([startProgram(), launch()]);
  admin = await visitor(browser, program);
  await welcome(admin.page, program.link);
  project = (await sampleProject(admin.page)).id;
  for (const login of ["ada", "bo", "cy", "di"]) await addPerson(admin.page, project, login, login[0].toUpperCase() + login.slice(1));
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

const somebody = (t, login) => signedIn(t, browser, program, login);

test("a manager's attributes and warnings reach whoever draws, and the answers are stored", async (t) => {
  const { page } = admin;
  await page.goto(`/projects/${project}/settings`);
  await page.getByRole("button", { name: "Add an attribute" }).click();
  const row = page.locator("#questions [data-question]").last();
  await row.getByLabel("Name of the attribute").fill("stage");
  await row.getByLabel("Choices or limits").fill("early, late");
  await row.getByLabel("required").check();
  await page.getByRole("button", { name: "Save attributes" }).click();
  await page.getByText("The attributes are saved.").waitFor();
  assert.equal(await page.locator("#questions [data-question]").first().getByLabel("Choices or limits").inputValue(), "early, late");
  await page.getByLabel("Objects whose required attributes have no answer").check();
  await page.getByLabel("Tiny shapes").fill("30");
  await page.getByRole("button", { name: "Save warnings" }).click();
  await page.getByText("The warnings are saved.").waitFor();
  const { policy, classes } = await must(page, "GET", `/projects/${project}`);
  assert.deepEqual([policy.checks, classes[0].attributes], [{ tiny: 30, attributes: true }, [{ name: "stage", required: true, kind: "choice", options: ["early", "late"] }]]);

  const { page: theirs } = await somebody(t, "ada");
  const editor = await openEditor(theirs, project);
  const { image } = await editor.task();
  await editor.polygon(1, TRIANGLE);
  const name = await editor.name();
  await theirs.keyboard.press("Enter");
  const dialog = theirs.getByRole("dialog");
  await dialog.waitFor();
  assert.match(await dialog.textContent(), /One object has required attributes without an answer/);
  assert.equal(await editor.name(), name, "nothing is handed in before the warning is read");
  await dialog.getByRole("button", { name: "Show" }).click();
  await theirs.getByLabel("stage").selectOption("late");
  await theirs.focus(".overlay");
  await editor.submit();
  await editor.saved();
  const [made] = await annotations(page, image.id);
  assert.ok(made);
  const label = await must(page, "GET", `/images/${image.id}/label`);
  assert.deepEqual(label.shapes[0].attributes, { stage: "late" });
  await must(page, "PUT", `/projects/${project}/classes`, classes.map((known) => ({ ...known, attributes: [] })));
  await must(page, "PATCH", `/projects/${project}`, { policy: { checks: {} } });
});

test("work goes on at another computer, and two computers never write over each other", async (t) => {
  const desk = await somebody(t, "bo");
  const editor = await openEditor(desk.page, project);
  const name = await editor.name();
  const { task } = await editor.task();
  await editor.polygon(1, TRIANGLE);
  const count = async () => (await must(desk.page, "GET", `/tasks/${task.id}/revisions`)).items.length;
  await until("the draft is on the server", count);

  const sofa = await somebody(t, "bo");
  const there = await openEditor(sofa.page, project);
  assert.equal(await there.name(), name);
  assert.equal((await there.shapes()).length, 1, "the other computer begins where the first one was");
  const drafted = sofa.page.waitForResponse((response) => response.url().endsWith("/draft") && response.ok());
  await there.polygon(2, [[200, 60], [240, 60], [220, 100]]);
  await drafted;

  await editor.polygon(1, [[30, 200], [60, 200], [45, 230]]);
  const versions = desk.page.getByRole("alertdialog", { name: "Two versions of this image" });
  await versions.getByRole("button", { name: /^The server's: 2 objects/ }).click();
  await versions.getByRole("button", { name: "Go on with the server's" }).click();
  await desk.page.waitForFunction(() => document.getElementById("editor").editor.doc.value.items.value.some((item) => item.class === 2));
  assert.equal((await editor.shapes()).length, 2);
});

test("a comment is pinned, answered from another desk, and settled", async (t) => {
  const { page } = await somebody(t, "cy");
  const editor = await openEditor(page, project);
  const { image } = await editor.task();
  await page.keyboard.press("c");
  await editor.click(90, 120);
  await page.getByLabel("What is to be said about this place?").fill("One or two?");
  await page.keyboard.press("Control+Enter");
  const list = async () => (await must(admin.page, "GET", `/images/${image.id}/comments`)).items;
  await until("the comment is there", async () => (await list()).length === 1);
  const [comment] = await list();
  assert.deepEqual([comment.text, comment.author, comment.at.map(Math.round)], ["One or two?", "Cy", [90, 120]]);
  await must(admin.page, "POST", `/comments/${comment.id}/replies`, { key: crypto.randomUUID(), text: "Two." });
  await page.reload();
  await editor.shows();
  await page.waitForFunction(() => document.querySelector("#tab-comments")?.textContent === "Comments 1");
  await page.keyboard.press("c");
  await editor.click(90, 120);
  await page.locator(".remark-text", { hasText: "Two." }).waitFor();
  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  await until("it is settled", async () => (await list())[0].resolved);
});

test("changed keys come along to another computer, and the guide changes while people work", async (t) => {
  const one = await somebody(t, "di");
  await must(one.page, "PUT", "/me/keymap", { keys: { "help": ["J"], "palette": [] } });
  const { page } = await somebody(t, "di");
  await openEditor(page, project);
  await page.waitForFunction(() => document.getElementById("editor").editor.keymap.value.changes["palette"]?.length === 0);
  const { version } = await must(admin.page, "GET", `/projects/${project}/instructions`);
  await must(admin.page, "PUT", `/projects/${project}/instructions`, { text: "## New\n\nMind the **edge**.", version });
  await page.reload();
  await page.keyboard.press("Alt+3");
  await page.getByRole("heading", { name: "New" }).waitFor();
});
