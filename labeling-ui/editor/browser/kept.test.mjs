// Nothing is ever lost: crashes, cut networks, servers that go away, sign-ins that end, second tabs, and work from elsewhere.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { click, items, launch, open, polygon, says, shows, startMock, state, stroke, until, visitor } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const TRIANGLE = [[400, 420], [500, 430], [440, 520]];

/** A browser of its own on a server of its own. */
async function desk(t, options = {}, page = {}) {
  const mock = await startMock(options);
  const context = await visitor(browser);
  t.after(async () => {
    await context.close();
    mock.close();
  });
  return { mock, context, page: await open(context, mock, page) };
}

/** The tab dies at once: no event tells the page. */
async function kill(page) {
  const crashed = page.waitForEvent("crash");
  void page.goto("chrome://crash").catch(() => {});
  await crashed;
  await page.close();
}

/** Whether what is being drawn is on disk. */
const pendingKept = (page) => kept(page, "pending");

/** Whether one of the journal's stores holds anything. */
const kept = async (page, name) => (await keysOf(page, name)).length > 0;

/** The keys of one of the journal's stores. */
const keysOf = (page, name) => page.evaluate((name) => new Promise((resolve) => {
  const request = indexedDB.open("labelwright-journal");
  request.onsuccess = () => {
    const keys = request.result.transaction(name).objectStore(name).getAllKeys();
    keys.onsuccess = () => {
      request.result.close();
      resolve(keys.result);
    };
  };
}), name);

test("the line at the top says Saved only when the step is on disk", async (t) => {
  const { page } = await desk(t);
  await polygon(page, 2, TRIANGLE);
  await says(page, "^Saved$");
  const now = await page.evaluate(() => {
    const { doc } = document.getElementById("editor").editor;
    doc.value.commit("Clear", { items: [] });
    return document.querySelector(".status").textContent;
  });
  assert.equal(now, "Saving…");
  await says(page, "^Saved$");
  const steps = await keysOf(page, "steps");
  assert.equal(steps.length, 2);
});

test("a tab that is killed in the middle of a stroke comes back with the stroke and every step before it", async (t) => {
  const { context, mock, page } = await desk(t);
  await polygon(page, 2, TRIANGLE);
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await stroke(page, [[600, 600], [700, 640], [760, 600]], false);
  const before = await items(page);
  await until("the stroke is written down", () => pendingKept(page));
  await page.waitForTimeout(300);
  await kill(page);
  const again = await open(context, mock);
  const back = await items(again);
  assert.equal(back.length, before.length + 1, "everything before, and the stroke");
  assert.equal(back.at(-1).type, "mask");
  const covered = await state(again, (editor) => {
    const { mask } = editor.doc.value.items.value.at(-1).geometry;
    const inside = (x, y) => {
      let at = 0;
      return mask.runs.some((n, i) => (at += n) > y * mask.width + x && i % 2 === 1 && at - n <= y * mask.width + x);
    };
    return [inside(650, 620), inside(745, 607), inside(650, 700)];
  });
  assert.deepEqual(covered, [true, true, false]);
  await again.keyboard.press("Control+z");
  assert.equal((await items(again)).length, before.length, "the stroke can be undone");
  await again.keyboard.press("Control+z");
  assert.equal((await items(again)).length, before.length - 1, "and so can the polygon before it");
  assert.deepEqual(again.faults, []);
});

test("a half-drawn outline goes on after the tab was killed", async (t) => {
  const { context, mock, page } = await desk(t);
  const before = (await items(page)).length;
  await page.keyboard.press("p");
  await page.keyboard.press("n");
  for (const p of TRIANGLE) await click(page, ...p);
  await until("the outline is written down", () => pendingKept(page));
  await page.waitForTimeout(300);
  await kill(page);
  const again = await open(context, mock);
  await again.keyboard.press("Enter");
  assert.equal((await items(again)).length, before + 1);
  const outer = await state(again, (editor) => editor.doc.value.items.value.at(-1).geometry.parts[0].outer);
  assert.deepEqual(outer.map((p) => p.map(Math.round)), TRIANGLE);
});

test("an editor that starts forgets old beginnings, and none that a tab of another project has just written", async (t) => {
  const { page } = await desk(t);
  await until("the editor has its journal", () => kept(page, "bases"));
  await page.evaluate(() => new Promise((resolve, reject) => {
    const day = 86_400_000;
    const base = (age) => ({ items: [], suggestions: [], ...(age === null ? {} : { prepared_ms: Date.now() - age * day }) });
    const request = indexedDB.open("labelwright-journal");
    request.onsuccess = () => {
      const writing = request.result.transaction(["bases", "pending"], "readwrite");
      for (const [task, age] of [["new", 0], ["week", 7], ["old", 90], ["ageless", null]]) writing.objectStore("bases").put(base(age), task);
      for (const task of ["new", "old"]) writing.objectStore("pending").put({ type: "tool", tool: "polygon", state: null }, task);
      writing.oncomplete = () => (request.result.close(), resolve());
      writing.onerror = () => reject(writing.error);
    };
  }));
  await page.reload();
  await shows(page);
  await until("what is old is gone", async () => !(await keysOf(page, "bases")).includes("ageless"));
  const bases = await keysOf(page, "bases");
  assert.deepEqual(["new", "week", "old"].map((task) => bases.includes(task)), [true, true, false]);
  const pending = await keysOf(page, "pending");
  assert.deepEqual(["new", "old"].map((task) => pending.includes(task)), [true, false]);
});

test("two minutes without a network: work goes on, is said to be kept, and arrives exactly once", async (t) => {
  const { context, mock, page } = await desk(t, { leaseSeconds: 90 }, { clock: true });
  const name = await shows(page);
  await until("the next image is there ahead", () => mock.tasks[1].state === "leased");
  await page.clock.runFor(500);
  await page.waitForTimeout(1000);
  await context.setOffline(true);
  mock.offline = true;
  await polygon(page, 1, TRIANGLE);
  await page.keyboard.press("Enter");
  await page.clock.runFor(1000);
  const second = await shows(page, name);
  await says(page, "^Offline .*kept on this computer$");
  await polygon(page, 2, [[100, 100], [200, 110], [150, 200]]);
  await page.clock.runFor(120_000);
  await page.waitForFunction(() => /ran out while the server could not be asked/.test(document.querySelector(".notices").textContent));
  assert.equal(mock.submits.length, 0, "nothing has arrived");
  mock.offline = false;
  await context.setOffline(false);
  await until("the work arrives", async () => {
    await page.clock.runFor(1000);
    return mock.submits.length === 1;
  });
  await page.clock.runFor(31_000);
  assert.equal(mock.submits.length, 1, "once");
  assert.equal(await shows(page), second, "the second image is still being worked on");
  assert.ok((await items(page)).some((item) => item.class === 2), "with what was drawn on it");
});

test("a server that is stopped and started again gets everything, even from a page that was closed meanwhile", async (t) => {
  const { context, mock, page } = await desk(t);
  const name = await shows(page);
  await polygon(page, 1, TRIANGLE);
  const drawn = (await items(page)).length;
  await until("the next image is there ahead", () => state(page, () => performance.getEntriesByType("resource").filter((r) => /\/images\/[^/]+$/.test(r.name) && r.responseEnd > 0).length >= 2));
  await mock.stop();
  await page.keyboard.press("Enter");
  await shows(page, name);
  await says(page, "^Offline");
  await page.close();
  await mock.restart();
  await open(context, mock);
  await until("the work arrives after all", () => mock.submits.length === 1);
  assert.equal(mock.submits[0].shapes.length, drawn);
});

test("an expired sign-in is said at once; signing in again in a small window sends what waited", async (t) => {
  const { context, mock, page } = await desk(t);
  const name = await shows(page);
  mock.signedIn = false;
  await polygon(page, 1, TRIANGLE);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Your sign-in has expired" });
  await dialog.waitFor();
  assert.match(await dialog.textContent(), /Nothing is lost/);
  await page.waitForFunction(() => /Sign-in expired/.test(document.querySelector(".status").textContent));
  assert.equal(mock.submits.length, 0);
  const popup = context.waitForEvent("page");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await (await popup).getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "detached" });
  await until("the work arrives", () => mock.submits.length === 1);
  assert.ok((await popup).isClosed(), "the small window is closed again");
  assert.notEqual(await shows(page), name, "and the next image is being worked on");
  await says(page, "^Saved$");
});

test("work of one person is never sent with the sign-in of another", async (t) => {
  const { mock, page } = await desk(t);
  const ada = mock.person;
  mock.signedIn = false;
  await polygon(page, 1, TRIANGLE);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  mock.person = { ...ada, id: "018f0000-0000-7000-8000-0000000000bb", login: "bo", name: "Bo" };
  // The server takes no work of a task that Bo does not hold; here it would, so that a mistake shows.
  mock.signedIn = true;
  await page.waitForFunction(() => /Bo is signed in now/.test(document.querySelector("dialog")?.textContent));
  await page.waitForTimeout(2500);
  assert.equal(mock.submits.length, 0);
  mock.person = ada;
  await until("the work arrives with Ada's sign-in", () => mock.submits.length === 1);
});

test("a second tab says where the work is, and takes it over with everything that was drawn", async (t) => {
  const { context, mock, page } = await desk(t);
  const name = await shows(page);
  await polygon(page, 2, TRIANGLE);
  const drawn = await items(page);
  const second = await open(context, mock, { wait: false });
  await second.getByRole("heading", { name: "This project is open in another tab" }).waitFor();
  assert.equal(await page.evaluate(() => document.querySelector(".card")), null, "the first tab goes on");
  await second.getByRole("button", { name: "Go on here" }).click();
  assert.equal(await shows(second), name);
  assert.deepEqual(await items(second), drawn);
  await page.getByRole("heading", { name: "This project is open in another tab" }).waitFor();
  await page.getByRole("button", { name: "Go on here" }).click();
  assert.equal(await shows(page), name, "and back again");
  assert.deepEqual(await items(page), drawn);
});

test("newer work at the server and work on this computer are both shown, one goes on, and the other is kept", async (t) => {
  const { context, mock, page } = await desk(t);
  await polygon(page, 2, TRIANGLE);
  await until("a draft was sent", () => mock.drafts.length > 0);
  await polygon(page, 1, [[700, 420], [800, 430], [740, 520]]);
  const mine = await items(page);
  await says(page, "^Saved$");
  await page.close();
  const [task] = mock.tasks;
  mock.revise(task, [{ class: 1, instance: 1, type: "polygon", parts: [{ outer: [[10, 10], [90, 10], [50, 90]] }] }]);
  const again = await open(context, mock);
  const choice = again.getByRole("alertdialog", { name: "Two versions of this image" });
  await choice.waitFor();
  assert.deepEqual(await items(again), mine, "what is on this computer is in the editor");
  await again.keyboard.press("Enter");
  assert.equal(mock.submits.length, 0, "nothing is handed in before somebody decided");
  await choice.getByRole("button", { name: /The server's: 1 object/ }).click();
  assert.equal(await state(again, (editor) => editor.looked.value.length), 1, "the server's is shown");
  await choice.getByRole("button", { name: "Go on with the server's" }).click();
  await choice.waitFor({ state: "detached" });
  assert.equal((await items(again)).length, 1);
  await again.focus(".overlay");
  await again.keyboard.press("Alt+4");
  const kept = again.getByRole("region", { name: "Yours, on this computer" });
  await kept.waitFor();
  assert.match(await kept.textContent(), new RegExp(`${mine.length} objects`));
  await kept.getByRole("button", { name: "Look" }).click();
  await again.getByRole("region", { name: "Yours, on this computer" }).getByRole("button", { name: "Bring back" }).click();
  assert.equal((await items(again)).length, mine.length, "and can be brought back");
  await again.focus(".overlay");
  await again.keyboard.press("Control+z");
  assert.equal((await items(again)).length, 1, "as a step like any other");
});

test("what this browser sent itself is no newer work, even if it died before it heard so", async (t) => {
  const { context, mock, page } = await desk(t);
  await polygon(page, 2, TRIANGLE);
  await until("a draft was sent", () => mock.drafts.length > 0);
  mock.revise(mock.tasks[0], mock.drafts[0].shapes, { device: mock.drafts[0].device });
  await polygon(page, 1, [[700, 420], [800, 430], [740, 520]]);
  const mine = await items(page);
  await says(page, "^Saved$");
  await kill(page);
  const again = await open(context, mock);
  assert.deepEqual(await items(again), mine);
  assert.equal(await again.getByRole("alertdialog").count(), 0);
});

test("a submission that meets newer work is not forced in, and can be compared", async (t) => {
  const { mock, page } = await desk(t);
  const name = await shows(page);
  await polygon(page, 2, TRIANGLE);
  mock.revise(mock.tasks[0], [{ class: 1, type: "polygon", parts: [{ outer: [[10, 10], [90, 10], [50, 90]] }] }]);
  await page.keyboard.press("Enter");
  await shows(page, name);
  await page.getByRole("button", { name: "Compare" }).click();
  assert.equal(await shows(page, "field_0413.png"), name);
  await page.getByRole("alertdialog", { name: "Two versions of this image" }).getByRole("button", { name: "Go on with yours" }).click();
  await page.focus(".overlay");
  await page.keyboard.press("Enter");
  await until("mine is taken now", () => mock.submits.length === 1);
  assert.ok(mock.submits[0].shapes.length > 1);
});

test("the lease is renewed while somebody works, and a lost one is said at once and its work kept", async (t) => {
  const { mock, page } = await desk(t, { leaseSeconds: 6 });
  await until("heartbeats", () => mock.heartbeats >= 3);
  await polygon(page, 2, TRIANGLE);
  const drawn = (await items(page)).length;
  mock.answer = [409, { title: "Lease lost", detail: "Somebody else has it.", kept: "The server keeps it as a draft." }];
  await page.waitForFunction(() => /Your lease on this image ran out/.test(document.querySelector(".notices").textContent));
  assert.equal(await page.textContent(".lease-chip"), "Lease lost");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /was not handed in. The server keeps it as a draft/.test(document.querySelector(".notices").textContent));
  mock.answer = null;
  const copies = await page.evaluate(() => new Promise((resolve) => {
    const request = indexedDB.open("labelwright-journal");
    request.onsuccess = () => {
      const all = request.result.transaction("kept").objectStore("kept").getAll();
      all.onsuccess = () => resolve(all.result.map(({ why, shapes }) => [why, shapes.length]));
    };
  }));
  assert.deepEqual(copies, [["lease-lost", drawn]]);
});
