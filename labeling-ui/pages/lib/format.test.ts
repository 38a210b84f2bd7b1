import assert from "node:assert/strict";
import { test } from "node:test";
import { problem } from "./api";
import { bytes, count, duration, left, percent } from "./format";
import vectors from "./format_vectors.json";

const plain = (text: string): string => text.replace(/[\u202f\u00a0]/g, " ");

test("numbers and times are written as the server writes them", () => {
  const writers: Record<string, (n: number) => string> = { count, percent, duration, bytes, left: (s) => left(s * 1000, 0) };
  for (const [name, pairs] of Object.entries(vectors)) {
    for (const [value, text] of pairs as [number, string][]) assert.equal(plain(writers[name]!(value)), text, `${name}(${value})`);
  }
});

test("a problem tells what happened, what was kept and what to do", () => {
  const told = problem(409, JSON.stringify({ title: "Too late.", detail: "It changed.", kept: "Your draft is kept.", action: "Load it again." }));
  assert.equal(told.message, "Too late. It changed. Your draft is kept. Load it again.");
});

test("an answer that describes no problem still gives words", () => {
  assert.match(problem(502, "<html>bad gateway</html>").message, /status 502/);
  assert.match(problem(401, "").message, /signed out/);
});
