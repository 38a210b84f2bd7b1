import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../model/testing";
import { TILES, equalise } from "./clahe";

test("tables rise, and an image that uses all grays evenly stays as it is", () => {
  const next = random(9);
  const side = 1024;
  const flat = equalise(Uint8Array.from({ length: side * side }, () => Math.floor(256 * next())), side, side);
  for (let tile = 0; tile < TILES * TILES; tile++) {
    for (let v = 1; v < 256; v++) assert.ok((flat[tile * 256 + v] ?? 0) >= (flat[tile * 256 + v - 1] ?? 0));
  }
  for (let v = 0; v < 256; v++) assert.ok(Math.abs((flat[v] ?? 0) - v) <= 6, `${v} became ${flat[v]}`);
});

test("a faint structure in a dark corner is spread, noise in a flat one is held back", () => {
  const next = random(2);
  const side = 256;
  const gray = Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    if (x < 32 && y < 32) return 20 + Math.floor(30 * next());
    return 200 + Math.floor(2 * next());
  });
  const tables = equalise(gray, side, side);
  assert.ok((tables[45] ?? 0) - (tables[25] ?? 0) > 40, "twenty grays apart become more than forty");
  const flat = TILES * TILES - 1;
  assert.ok((tables[flat * 256 + 201] ?? 0) - (tables[flat * 256 + 200] ?? 0) < 8, "one gray apart stays close");
});

test("an image smaller than the tiles is no trouble", () => {
  assert.equal(equalise(Uint8Array.of(7), 1, 1).length, TILES * TILES * 256);
  assert.equal(equalise(new Uint8Array(15), 5, 3).length, TILES * TILES * 256);
});
