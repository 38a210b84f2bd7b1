// A manager searches for better settings in the page, watches the trials, and takes over what was found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { must, until } from "./support/browser.mjs";
import { labeledDiscs } from "./support/discs.mjs";
import { look } from "./support/look.mjs";
import { siteWithWorker } from "./support/site.mjs";

const site = siteWithWorker();
let project;

test("without labels the page says what is missing", async () => {
  const { page } = site.admin;
  const head = { iterations: 20, width: 16, heads: 1 };
  const policy = { input_size: 64, validation_share: 0, retrain_after_labels: 0, head };
  project = (await must(page, "POST", "/projects", { name: "Discs", classes: [{ name: "disc" }], policy })).id;
  await page.goto(`/projects/${project}/tuning`);
  await page.getByText("Tuning needs at least 8 labeled images; there are 0.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Begin" }).isDisabled(), true);
});

test("a search that can't be made is refused in words, and nothing is begun", async () => {
  const { page } = site.admin;
  await labeledDiscs(page, project, 9);
  await page.goto(`/projects/${project}/tuning`);
  await page.getByLabel("Width, from").fill("64");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByText("'width'").waitFor();
  assert.deepEqual(await must(page, "GET", `/projects/${project}/tunings`), []);
});

test("trials come in by themselves, the search shows what it believes, and the best settings are taken over", async () => {
  const { page } = site.admin;
  await page.goto(`/projects/${project}/tuning`);
  await page.getByLabel("How").selectOption("sobol");
  await page.getByLabel("End trials early").selectOption("never");
  await page.getByLabel("Trials at most").fill("4");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.waitForURL(/\/tuning\/[0-9a-f-]{36}$/);
  const id = page.url().split("/").at(-1);
  await page.getByText("4 of 4 trials").waitFor({ timeout: 120_000 });
  await until("the search has ended", async () => (await must(page, "GET", `/tunings/${id}`)).state === "done");
  const found = await must(page, "GET", `/tunings/${id}`);
  assert.equal(found.trials.length, 4);
  assert.deepEqual([found.trials[0].settings.width, found.trials[0].settings.learning_rate], [16, 0.003], "what was in force comes first");

  await page.goto(`/projects/${project}/tuning/${id}?parameter=dropout`);
  assert.equal(await page.getByRole("link", { name: "Dropout" }).getAttribute("aria-current"), "true");
  await page.getByRole("img", { name: /Expected mean IoU along Dropout/ }).waitFor();
  assert.equal(await page.getByRole("img", { name: /^Mean IoU by trial/ }).locator("circle").count(), 4);
  await look(page, "tuning");

  if (found.best === 0) return void assert.equal(await page.getByRole("button", { name: /Use the settings/ }).count(), 0);
  await page.getByRole("button", { name: `Use the settings of trial ${found.best}…` }).click();
  await page.getByRole("button", { name: "Use them" }).click();
  await page.getByText("in force from the next training on").waitFor();
  const { policy } = await must(page, "GET", `/projects/${project}`);
  assert.equal(policy.head.width, found.trials[found.best].settings.width);
  assert.equal(policy.head.iterations, 20, "what was not searched stays");
});
