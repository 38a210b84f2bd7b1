import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { curl, quoted } from "./curl";

test("any text is one word of the shell", () => {
  for (const text of ["plain.png", "two words.png", "it's.png", "$(rm -rf x) `y` \"z\" \\ !", "", "ä€🙂", "-o"]) {
    const seen = execFileSync("sh", ["-c", `printf %s ${quoted(text)}`]).toString();
    assert.equal(seen, text);
  }
});

test("the command line names the form that is asked for and the file it goes into", () => {
  const line = curl("https://label.example/api/v1/projects/p/invocations", "confidence", "cell 7.png", "image/png");
  assert.match(line, /^curl -sS https:\/\/label\.example\/api\/v1\/projects\/p\/invocations \\\n/);
  assert.match(line, /-H 'Accept: image\/png; of=confidence'/);
  assert.match(line, /--data-binary '@cell 7\.png' \\\n {2}-o confidence\.png$/);
  assert.doesNotMatch(curl("https://x/y", "json", "a.png", "image/png"), / -o /);
});
