// A model that was trained on drawn discs is tried on a picture that it never saw: by a person in the page, and by a program with a token.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { must, until } from "./support/browser.mjs";
import { HEIGHT, WIDTH, disc, labeledDiscs } from "./support/discs.mjs";
import { look } from "./support/look.mjs";
import { siteWithWorker } from "./support/site.mjs";

const site = siteWithWorker();
let project;

test("without a model the page says what to do", async () => {
  const { page } = site.admin;
  const classes = [{ name: "disc", color: "#e0503c" }, { name: "ground", kind: "stuff" }];
  project = (await must(page, "POST", "/projects", { name: "Discs", classes, policy: { input_size: 96, validation_share: 0.01, retrain_after_labels: 0 } })).id;
  await page.goto(`/projects/${project}/try`);
  await page.getByText("No model to try yet").waitFor();
  assert.equal(await page.getByRole("link", { name: "Try it" }).getAttribute("aria-current"), "page");
});

test("a model is trained", async () => {
  const { page } = site.admin;
  await labeledDiscs(page, project, 8);
  await must(page, "POST", `/projects/${project}/jobs`, { kind: "train", params: {} });
  await until("the first model is there", async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [job] = (await must(page, "GET", `/projects/${project}/jobs`)).filter(({ kind }) => kind === "train");
    if (job?.state === "failed") throw new Error(job.message);
    return (await must(page, "GET", `/projects/${project}/models`)).length > 0;
  }, 240_000);
});

/** Red, green, blue and opacity of a pixel of a picture in the page, at its own size. */
const pixel = (page, id, x, y) =>
  page.evaluate(([id, x, y]) => {
    const image = document.getElementById(id);
    const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return [...context.getImageData(x, y, 1, 1).data];
  }, [id, x, y]);

test("a picture is answered over itself, with class, confidence and time", async () => {
  const { page, faults } = site.admin;
  faults.length = 0;
  await page.goto(`/projects/${project}/try`);
  assert.deepEqual(await look(page, "try-it-start", { themes: ["light"] }), []);
  await page.locator("#picture-file").setInputFiles({ name: "it's new.png", mimeType: "image/png", buffer: disc(100, 70, 20) });
  await page.locator("#result").waitFor();
  await page.waitForFunction(() => document.getElementById("overlay").complete && document.getElementById("certainty").complete);
  assert.deepEqual(await pixel(page, "overlay", 100, 70), [0xe0, 0x50, 0x3c, 255], "the disc has its class's colour");
  assert.equal((await pixel(page, "overlay", 10, 10))[3], 0, "the ground is left as it is");
  assert.ok(Number((await page.locator("#result-confidence").innerText()).slice(0, 5)) > 0.5);
  assert.equal(await page.locator("#result-objects").innerText(), "1");
  assert.match(await page.locator("#result-time").innerText(), /^\d+ ms · \d+ ms in the server$/);
  assert.match(await page.locator("#found tr").first().innerText(), /disc\s+1\s/);
  assert.equal(await page.locator("#result-size").innerText(), "160 × 120 px");

  assert.equal(await page.locator("#overlay").evaluate((image) => image.style.opacity), "0.6");
  await page.locator("#opacity").fill("25");
  assert.equal(await page.locator("#overlay").evaluate((image) => image.style.opacity), "0.25");
  await page.locator("#opacity").fill("60");
  await page.getByRole("button", { name: "Confidence" }).click();
  assert.ok((await page.locator("#certainty").isVisible()) && !(await page.locator("#overlay").isVisible()));
  assert.ok((await pixel(page, "certainty", 10, 10))[0] > 200, "it is sure of the ground");
  await page.getByText("White: the model is certain").waitFor();
  assert.deepEqual(await look(page, "try-it-confidence", { themes: ["dark"] }), []);
  await page.getByRole("button", { name: "Classes" }).click();
  assert.deepEqual(await look(page, "try-it"), []);
  assert.deepEqual(faults, []);
});

test("dropped pictures and those of the project are taken; what is no picture is told in words", async () => {
  const { page, faults } = site.admin;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "disc-0.png" }).click();
  await page.locator("#picture-name", { hasText: "disc-0.png" }).waitFor();
  await page.locator("#result").waitFor();
  await page.evaluate((base64) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], "dropped.png", { type: "image/png" }));
    document.getElementById("viewer").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, disc(60, 60, 18).toString("base64"));
  await page.locator("#picture-name", { hasText: "dropped.png" }).waitFor();
  await page.locator("#result").waitFor();
  assert.deepEqual(faults, []);

  await page.locator("#picture-file").setInputFiles({ name: "torn.png", mimeType: "image/png", buffer: disc(60, 60, 18).subarray(0, 200) });
  await page.locator("#failed").waitFor();
  assert.match(await page.locator("#failed").innerText(), /cut off or damaged|can't show the picture/);
  assert.equal(await page.locator("#asking").isVisible(), false);
  // The browser complains about the torn picture and the refusal, as it should.
  faults.length = 0;
});

test("a program asks with the copied line and a token, until the token is taken back", async (t) => {
  const { page } = site.admin;
  const folder = mkdtempSync(join(tmpdir(), "labelwright-try-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "it's new.png"), disc(100, 70, 20));

  await page.goto(`/projects/${project}/try`);
  await page.locator("#picture-file").setInputFiles(join(folder, "it's new.png"));
  await page.locator("#result").waitFor();
  const json = await page.locator("#curl").innerText();
  await page.locator("#curl-form").selectOption("mask");
  const mask = await page.locator("#curl").innerText();
  assert.match(mask, /Accept: image\/png/);
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("status").getByText(/is copied|Ctrl C/).waitFor();

  await page.getByRole("link", { name: "Tokens" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("microscope 3");
  assert.equal(await page.locator("#token-opens option:checked").innerText(), "Models of Discs");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.locator("#made-secret").waitFor();
  const token = await page.locator("#made-secret").inputValue();
  await page.keyboard.press("Escape");
  assert.ok(await page.locator("#made-secret").isVisible(), "it is not lost by accident");
  await page.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row", { name: /microscope 3/ });
  await row.waitFor();
  assert.match(await row.innerText(), /models of Discs/);
  assert.doesNotMatch(await page.content(), new RegExp(token));

  const shell = (line) => promisify(execFile)("sh", ["-c", line], { cwd: folder, env: { ...process.env, LABELWRIGHT_TOKEN: token } });
  const said = JSON.parse((await shell(json)).stdout);
  assert.deepEqual([said.width, said.height, said.shapes.length, said.shapes[0].class], [160, 120, 1, 1]);
  await shell(mask);
  assert.match((await shell("head -c 4 mask.png | tail -c 3")).stdout, /PNG/);

  await page.reload();
  assert.doesNotMatch(await row.innerText(), /never/);
  assert.deepEqual(await look(page, "tokens"), []);
  await row.getByRole("button", { name: "Take back" }).click();
  await page.getByRole("button", { name: "Take it back" }).click();
  await page.getByText("No token yet").waitFor();
  assert.equal(JSON.parse((await shell(json)).stdout).status, 401);
});
