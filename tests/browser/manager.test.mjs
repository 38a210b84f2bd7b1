// A manager's day in the pages: first start, people, settings, uploads, and who works on what.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, addPerson, api, launch, must, sampleProject, signIn, visitor, welcome } from "./support/browser.mjs";
import { encodePng } from "./support/png.mjs";
import { startProgram } from "./support/program.mjs";

let program;
let browser;
let admin;
let project;

before(async () => {
  [program, browser] = await Promise.all([startProgram(), launch()]);
  admin = await visitor(browser, program);
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

test("the one-time link makes the first account, which finds a sample project", async () => {
  const { page } = admin;
  await page.goto("/");
  assert.match(page.url(), /\/sign-in/, "nobody gets in without signing in");
  await page.goto(program.link);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("The same again").fill(`${PASSWORD}!`);
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await page.getByRole("alert").waitFor();
  await welcome(page, program.link);
  project = (await sampleProject(page)).id;
  await page.reload();
  await page.getByRole("heading", { name: "Sample: drawn cells" }).waitFor();
  await page.getByText("24 images").waitFor();

  const again = await visitor(browser, program);
  await again.page.goto(program.link);
  assert.equal(await again.page.getByLabel("New password").count(), 0, "the link works once");
  await again.context.close();
});

test("signing out and in; a wrong password is told in plain words", async () => {
  const { page } = admin;
  await page.goto("/projects");
  await page.locator("summary", { hasText: "Admin" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in*");
  assert.equal((await api(page, "GET", "/me")).status, 401);
  await signIn(page, "admin", "not the password");
  const told = await page.getByRole("alert").innerText();
  assert.match(told, /login|password/i);
  assert.doesNotMatch(told, /\d{3}|error|argon/i);
  assert.equal(await page.getByLabel("Login").inputValue(), "admin", "the login is kept");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/projects");
});

test("uploads report every file, chosen or dropped, and the grid shows the good ones", async () => {
  const { page } = admin;
  const picture = (red) => encodePng(90, 60, (x, y) => [red, (3 * x) & 255, (4 * y) & 255]);
  const good = picture(200);
  await page.goto(`/projects/${project}/images`);
  await page.locator("#files").setInputFiles([
    { name: "leaf.png", mimeType: "image/png", buffer: good },
    { name: "torn.png", mimeType: "image/png", buffer: good.subarray(0, good.length >> 1) },
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("This is no picture.\n".repeat(40)) },
  ]);
  await page.getByRole("heading", { name: "3 files done" }).waitFor();
  const row = (name) => page.locator("#upload-rows tr", { hasText: name });
  assert.match(await row("leaf.png").innerText(), /added/);
  for (const name of ["torn.png", "notes.txt"]) {
    assert.match(await row(name).innerText(), /rejected/);
    assert.ok((await row(name).locator(".why").innerText()).length > 15, "and why");
  }

  const dropped = picture(40).toString("base64");
  await page.evaluate(([dropped, known]) => {
    const transfer = new DataTransfer();
    const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    transfer.items.add(new File([bytes(dropped)], "dropped.png", { type: "image/png" }));
    transfer.items.add(new File([bytes(known)], "leaf again.png", { type: "image/png" }));
    document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, [dropped, good.toString("base64")]);
  await page.getByText("5 of 5 · 2 added · 1 already here · 2 rejected").waitFor();

  await page.getByRole("link", { name: "Show the new images" }).click();
  for (const name of ["leaf.png", "dropped.png"]) {
    const tile = page.locator(".tile", { hasText: name });
    await tile.scrollIntoViewIfNeeded();
    await page.waitForFunction((picture) => picture.complete && picture.naturalWidth > 0, await tile.locator("img").first().elementHandle());
  }
  await page.getByRole("searchbox").fill("leaf");
  await page.keyboard.press("Enter");
  await page.waitForURL("**q=leaf*");
  assert.equal(await page.locator(".tile").count(), 1);
});

test("settings are kept, and members are added with one-time links", async () => {
  const { page } = admin;
  await page.goto("/people");
  await page.getByRole("button", { name: "Add a person" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Ada Example");
  await page.getByLabel("Login", { exact: true }).fill("ada");
  await page.getByRole("button", { name: "Add and make a link" }).click();
  await page.locator("#link-url").waitFor();
  const link = await page.locator("#link-url").inputValue();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("cell", { name: "Ada Example" }).waitFor();

  await page.goto(`/projects/${project}/settings`);
  await page.getByLabel("Name", { exact: true }).fill("Cells & seeds <1>");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  await page.locator("[name=mode][value=fixed]").check();
  await page.locator("#threshold").fill("0.75");
  await page.locator("#retrain_after_labels").fill("33");
  await page.getByRole("button", { name: "Save the policy" }).click();
  await page.getByRole("status").getByText("The policy is saved.").waitFor();
  await page.reload();
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Cells & seeds <1>");
  assert.ok(await page.locator("[name=mode][value=fixed]").isChecked());
  assert.equal(await page.locator("#threshold").inputValue(), "0.75");
  assert.equal(await page.locator("#retrain_after_labels").inputValue(), "33");
  await page.locator("#retrain_after_labels").fill("0");
  await page.getByRole("button", { name: "Save the policy" }).click();
  await page.getByRole("status").getByText("The policy is saved.").waitFor();

  await page.locator("#new-member").selectOption({ label: "Ada Example (ada)" });
  await page.locator("#new-role").selectOption("annotator");
  await page.locator("#add-member").getByRole("button").click();
  await page.locator("#members").getByRole("row", { name: /Ada Example/ }).waitFor();

  const ada = await visitor(browser, program);
  await welcome(ada.page, link);
  await ada.page.getByRole("link", { name: "Cells & seeds <1>" }).click();
  await ada.page.getByRole("link", { name: "Label next image" }).waitFor();
  assert.equal(await ada.page.getByRole("link", { name: "Export…" }).count(), 0, "an annotator is offered no exports");
  assert.equal((await ada.page.goto("/people")).status(), 403);
  await ada.context.close();
});

test("a task is assigned to somebody and taken back", async () => {
  const { page } = admin;
  await addPerson(page, project, "bo", "Bo Example");
  await page.goto(`/projects/${project}/work?state=waiting`);
  // Somewhere in the middle, so that the queue's order alone would not hand it out.
  const row = page.locator("[data-task]").nth(7);
  const task = await row.getAttribute("data-task");
  await row.getByRole("checkbox").check();
  await page.getByText("1 task chosen").waitFor();
  await page.locator("#assign-to").selectOption({ label: "Bo Example" });
  await page.getByRole("button", { name: "Assign" }).click();
  await page.getByRole("status").getByText("1 task for Bo Example.").waitFor();
  await page.locator(`[data-task="${task}"]`, { hasText: /for bo/i }).waitFor();

  const bo = await visitor(browser, program);
  await signIn(bo.page, "bo");
  await bo.page.waitForURL("**/projects");
  const held = await must(bo.page, "POST", `/projects/${project}/tasks/next`, { except: [] });
  assert.equal(held.task.id, task, "what is assigned to somebody comes first");

  await page.goto(`/projects/${project}/work?state=leased`);
  const leased = page.locator(`[data-task="${task}"]`);
  await leased.getByRole("button", { name: "Reclaim" }).click();
  await page.getByRole("button", { name: "Take it back" }).click();
  await page.getByRole("status").getByText("The task is back in the queue.").waitFor();
  assert.equal(await page.locator(`[data-task="${task}"]`).count(), 0);
  const late = await api(bo.page, "POST", `/tasks/${task}/submit`, { key: "0197f3d2-0000-7000-8000-000000000001", seconds: 3, shapes: [] });
  assert.equal(late.status, 409, "its holder has lost it");
  await bo.context.close();
});
