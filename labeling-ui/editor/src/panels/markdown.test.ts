import assert from "node:assert/strict";
import { test } from "node:test";
import { headingLevels, safeLink } from "./markdown";

test("headings begin at the second level and leave none out", () => {
  assert.deepEqual(headingLevels([2, 3, 3, 2]), [2, 3, 3, 2]);
  assert.deepEqual(headingLevels([3, 5, 1, 6]), [2, 3, 2, 3]);
});

test("links that could run something, or leave the server unseen, are no links", () => {
  for (const good of ["https://example.org/a", "HTTP://example.org", "mailto:a@example.org", "/projects", "#place"]) assert.equal(safeLink(good), good);
  for (const bad of ["javascript:alert(1)", " javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//example.org", "/\\example.org", "vbscript:x", "file:///etc/passwd"]) assert.equal(safeLink(bad), null, bad);
});
