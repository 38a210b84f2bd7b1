import assert from "node:assert/strict";
import test from "node:test";
import { LabelDocument } from "./document";
import { PaintBuffer } from "./brush";
import { type Point } from "./geometry";
import { History } from "./history";
import { encode, sameMask } from "./runs";
import type { Item } from "./shape";
import { random, square } from "./testing";

const [WIDTH, HEIGHT] = [2000, 1500];

/** A mask like fine noise: the worst that runs can meet. */
function noise(next: () => number): Item {
  const bitmap = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => ((i % WIDTH) % 4 === 0 && next() < 0.5 ? 1 : 0));
  return { ...square(1, 0, 0, 1), geometry: { type: "mask", mask: encode(WIDTH, HEIGHT, bitmap) } };
}

const maskOf = (item: Item | undefined) => (item?.geometry.type === "mask" ? item.geometry.mask : assert.fail("no mask"));

test("six hundred strokes on a mask of 300,000 runs are kept within 64 MB, taken back, and done again after a reload", () => {
  const next = random(1);
  const doc = LabelDocument.fresh(WIDTH, HEIGHT, { items: [noise(next)], suggestions: [] }, () => 0);
  const first = maskOf(doc.items.value[0]);
  assert.ok(first.runs.length > 300_000);
  const buffer = new PaintBuffer(first);
  let marked = first;
  for (let i = 0; i < 600; i++) {
    const a: Point = [next() * WIDTH, next() * HEIGHT];
    buffer.stroke(a, [a[0] + 60 * next(), a[1] + 60 * next()], 24, i % 3 > 0);
    const item = doc.items.value[0] ?? assert.fail();
    doc.replace("Paint", new Map([[1, { ...item, geometry: { type: "mask", mask: buffer.finish() } }]]));
    if (i === 599 - 20) marked = maskOf(doc.items.value[0]);
  }
  const last = maskOf(doc.items.value[0]);
  const saved = doc.saved();
  const bytes = saved.steps.reduce((sum, step) => sum + step.bytes, 0);
  assert.equal(saved.steps.length, 600);
  assert.ok(bytes < 16 << 20, `${bytes} bytes`);
  for (let i = 0; i < 20; i++) doc.undo();
  assert.ok(sameMask(maskOf(doc.items.value[0]), marked));
  const reloaded = new LabelDocument(WIDTH, HEIGHT, structuredClone(doc.saved()), () => 0);
  assert.ok(sameMask(maskOf(reloaded.items.value[0]), marked));
  while (reloaded.redo());
  assert.ok(sameMask(maskOf(reloaded.items.value[0]), last));
  for (let i = 0; i < 600; i++) reloaded.undo();
  assert.ok(sameMask(maskOf(reloaded.items.value[0]), first));
  assert.equal(reloaded.undo(), null);
});

test("names and locks change together with the pixels", () => {
  const mask = encode(8, 8, new Uint8Array(64).fill(1, 9, 60));
  const doc = LabelDocument.fresh(8, 8, { items: [{ ...square(1, 0, 0, 1), confidence: 0.5, geometry: { type: "mask", mask } }], suggestions: [] }, () => 0);
  const before = doc.items.value;
  const item = before[0] ?? assert.fail();
  doc.replace("Paint", new Map([[1, { ...item, class: 2, confidence: null, geometry: { type: "mask", mask: encode(8, 8, new Uint8Array(64).fill(1, 9, 61)) } }]]));
  const after = doc.items.value;
  doc.undo();
  assert.deepEqual(doc.items.value, before);
  doc.redo();
  assert.deepEqual(doc.items.value, after);
});

test("steps of any size are bounded by bytes, and the newest is always kept", () => {
  const history = new History({ base: { items: [], suggestions: [] }, first: 0, steps: [], position: 0 }, 1000);
  history.push({ label: "large", changes: [], bytes: 5000 });
  history.push({ label: "larger", changes: [], bytes: 9000 });
  assert.equal(history.saved().steps.length, 1);
  assert.equal(history.undoable()?.label, "larger");
  history.moveTo(0);
  assert.equal(history.position, 1);
});
