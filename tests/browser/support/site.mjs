// A server of its own with a worker, and a browser in which its manager is signed in, for all tests of a file.
import { mkdirSync } from "node:fs";
import { after, before } from "node:test";
import { launch, visitor, welcome } from "./browser.mjs";
import { ARTEFACTS } from "./look.mjs";
import { startProgram } from "./program.mjs";

/** What is returned has `program`, `browser` and `admin` (see `visitor`) from the first test on. */
export function siteWithWorker() {
  const site = {};
  before(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    [site.program, site.browser] = await Promise.all([startProgram({ worker: true }), launch()]);
    site.admin = await visitor(site.browser, site.program);
    await welcome(site.admin.page, site.program.link);
  });
  after(async () => {
    await site.browser?.close();
    await site.program?.stop();
  });
  return site;
}
