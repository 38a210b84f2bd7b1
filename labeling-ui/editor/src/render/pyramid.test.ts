import assert from "node:assert/strict";
import { test } from "node:test";
import { type TileKey, Pyramid } from "./pyramid";

const SIZE = { width: 16_384, height: 16_384 };
const all = { x0: 0, y0: 0, x1: 16_384, y1: 16_384 };
const dropped: string[] = [];
const make = (budget = 1e9) => new Pyramid<string>(SIZE, 512, 6, (value) => dropped.push(value), budget);
const text = ({ level, x, y }: TileKey) => `${level}/${x}/${y}`;

test("the level follows the zoom, from all pixels to the coarsest", () => {
  const pyramid = make();
  assert.deepEqual([32, 1, 0.9, 0.5, 0.3, 0.25, 0.01].map((zoom) => pyramid.levelFor(zoom)), [0, 0, 0, 1, 1, 2, 5]);
});

test("only tiles in sight are asked for, the middle first", () => {
  const { wanted, draw } = make().look({ x0: 1000, y0: 1000, x1: 2600, y1: 1900 }, 1);
  assert.equal(draw.length, 0);
  assert.equal(wanted.length, 5 * 3);
  assert.equal(text(wanted[0] as TileKey), "0/3/2");
  assert.deepEqual(make().look({ x0: -900, y0: -900, x1: -5, y1: -5 }, 1).wanted, []);
  assert.equal(make().look(all, 0.05).wanted.length, 4, "the whole image takes the four tiles of level 4");
});

test("a coarser tile stands in until the right one is there, and is drawn first", () => {
  const pyramid = make();
  pyramid.add({ level: 3, x: 0, y: 0 }, "coarse", 1);
  const seen = { x0: 0, y0: 0, x1: 900, y1: 400 };
  assert.deepEqual(pyramid.look(seen, 1).draw.map(({ value }) => value), ["coarse"]);
  pyramid.add({ level: 0, x: 1, y: 0 }, "fine", 1);
  const { draw, wanted } = pyramid.look(seen, 1);
  assert.deepEqual(draw.map(({ value }) => value), ["coarse", "fine"]);
  assert.deepEqual(wanted.map(text), ["0/0/0"]);
  pyramid.add({ level: 0, x: 0, y: 0 }, "fine too", 1);
  assert.deepEqual(pyramid.look(seen, 1).draw.map(({ value }) => value).sort(), ["fine", "fine too"]);
});

test("what is longest out of sight goes when the budget is reached; what is in sight stays", () => {
  dropped.length = 0;
  const pyramid = make(4);
  for (let x = 0; x < 4; x++) pyramid.add({ level: 0, x, y: 0 }, `tile ${x}`, 1);
  pyramid.look({ x0: 0, y0: 0, x1: 600, y1: 400 }, 1);
  pyramid.add({ level: 0, x: 4, y: 0 }, "tile 4", 1);
  pyramid.add({ level: 0, x: 5, y: 0 }, "tile 5", 1);
  assert.deepEqual(dropped, ["tile 2", "tile 3"]);
  assert.equal(pyramid.bytes, 4);
  pyramid.clear();
  assert.equal(pyramid.bytes, 0);
  assert.equal(dropped.length, 6);
});

test("tiles at the edge of an odd image end with it, rounded up to the level's pixels", () => {
  const pyramid = new Pyramid<string>({ width: 1001, height: 700 }, 512, 3, () => {});
  assert.deepEqual(pyramid.rectOf({ level: 0, x: 1, y: 1 }), { x0: 512, y0: 512, x1: 1001, y1: 700 });
  assert.deepEqual(pyramid.rectOf({ level: 2, x: 0, y: 0 }), { x0: 0, y0: 0, x1: 1004, y1: 700 });
});
