import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

declare const REPOSITORY: string;

test("pixels are the same as the server's", () => {
  const vectors: unknown = JSON.parse(readFileSync(join(REPOSITORY, "tests/golden/geometry.json"), "utf8"));
  assert.ok(vectors);
});
