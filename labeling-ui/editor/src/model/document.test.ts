import assert from "node:assert/strict";
import test from "node:test";
import { ActiveClock } from "./clock";
import { ClassList } from "./classes";
import { LabelDocument } from "./document";
import { convert, cutHole, deleteSelected, insertPoint, movePoints, movedItems, nudge, reorder, setClass, toggle, withoutPoints } from "./edits";
import { HitIndex } from "./hit";
import { type Lists, History, applyStep, stepBetween } from "./history";
import { maskArea } from "./runs";
import { type Item, type WireShape, fromWire, pixelArea, toWire } from "./shape";
import { accept, dismiss, walk } from "./suggestions";
import { random, square } from "./testing";

let clock = 0;
const open = (items: Item[], suggestions: Item[] = []) => LabelDocument.fresh(100, 100, { items, suggestions }, () => clock);
const ids = (items: readonly Item[]) => items.map((item) => item.id);
const state = (doc: LabelDocument): Lists => ({ items: doc.items.value, suggestions: doc.suggestions.value });

test("any sequence of steps can be taken back and done again, also after a reload", () => {
  const next = random(11);
  const pick = <T>(list: readonly T[]) => list[Math.floor(next() * list.length)];
  for (let round = 0; round < 60; round++) {
    const doc = open([square(1, 0, 0, 10), square(2, 20, 20, 10)], [square(3, 50, 50, 10), square(4, 70, 70, 9)]);
    const seen: Lists[] = [state(doc)];
    for (let i = 0; i < 40; i++) {
      clock += 5000;
      doc.select(doc.items.value.filter(() => next() < 0.4).map((item) => item.id));
      const item = pick(doc.items.value);
      const actions = [
        () => doc.commit("Add", { items: [...doc.items.value, square(doc.newId(), next() * 80, next() * 80, 5)] }),
        () => deleteSelected(doc),
        () => nudge(doc, 1, 0),
        () => setClass(doc, 1 + Math.floor(next() * 3), true),
        () => reorder(doc, pick(["up", "down", "top", "bottom"] as const) ?? "up"),
        () => toggle(doc, doc.selected.value, next() < 0.5 ? "hidden" : "locked"),
        () => convert(doc),
        () => accept(doc, doc.suggestions.value.slice(0, 1), () => true),
        () => item && doc.replace("Insert", new Map([[item.id, insertPoint(item, 0, 1, [50, 50])]])),
      ];
      const before = state(doc);
      pick(actions)?.();
      if (stepBetween("", before, state(doc))) seen.push(state(doc));
    }
    for (let i = seen.length - 2; i >= 0; i--) {
      assert.ok(doc.undo());
      assert.deepEqual(state(doc), seen[i]);
    }
    assert.equal(doc.undo(), null);
    const half = Math.floor(seen.length / 2);
    for (let i = 1; i <= half; i++) doc.redo();
    const reloaded = new LabelDocument(100, 100, structuredClone(doc.saved()), () => clock);
    assert.deepEqual(state(reloaded), seen[half]);
    for (let i = half + 1; i < seen.length; i++) reloaded.redo();
    assert.deepEqual(state(reloaded), seen[seen.length - 1]);
    assert.equal(reloaded.redo(), null);
  }
});

test("a new step drops what was taken back", () => {
  const doc = open([square(1, 0, 0, 10)]);
  doc.select([1]);
  deleteSelected(doc);
  doc.undo();
  doc.commit("Add", { items: [...doc.items.value, square(doc.newId(), 5, 5, 5)] });
  assert.equal(doc.redo(), null);
});

test("ids are never used twice, even for shapes that were taken back", () => {
  const doc = open([square(7, 0, 0, 10)]);
  doc.commit("Add", { items: [...doc.items.value, square(doc.newId(), 5, 5, 5)] });
  doc.undo();
  const reloaded = new LabelDocument(100, 100, doc.saved(), () => 0);
  assert.equal(reloaded.newId(), 9);
});

test("the history is bounded by bytes, and its base moves on", () => {
  const step = (n: number) => stepBetween(`s${n}`, { items: n ? [square(n, n, 0, 1)] : [], suggestions: [] }, { items: [square(n + 1, n, 0, 1)], suggestions: [] });
  const history = new History({ base: { items: [], suggestions: [] }, first: 0, steps: [], position: 0 }, 5000);
  for (let n = 0; n < 100; n++) {
    const s = step(n);
    if (s) history.push(s);
  }
  const saved = history.saved();
  assert.ok(saved.steps.length < 20 && saved.first + saved.steps.length === 100);
  assert.deepEqual(ids(history.current().items), [100]);
  assert.deepEqual(ids(saved.steps.reduce((lists, s) => applyStep(lists, s, "do"), saved.base).items), [100]);
});

test("a thousand small steps are kept", () => {
  const doc = open([square(1, 0, 0, 10)]);
  doc.select([1]);
  for (let i = 0; i < 500; i++) {
    clock += 5000;
    nudge(doc, i % 2 ? 1 : -1, 1);
  }
  assert.ok(doc.saved().steps.length >= 100);
});

test("nudges in a row are one step", () => {
  const doc = open([square(1, 10, 10, 10)]);
  doc.select([1]);
  for (let i = 0; i < 5; i++) nudge(doc, 1, 0);
  assert.equal(doc.saved().steps.length, 1);
  doc.undo();
  assert.deepEqual(doc.items.value, [square(1, 10, 10, 10)]);
});

test("moved shapes stay in the image", () => {
  const doc = open([square(1, 10, 10, 10), square(2, 85, 0, 10)]);
  const moved = [...movedItems(doc.items.value, 50, -50, 100, 100).values()];
  assert.deepEqual(moved.map((item) => item.geometry), [square(0, 15, 10, 10), square(0, 90, 0, 10)].map((item) => item.geometry));
});

test("a hole is cut only where it lies inside", () => {
  const doc = open([square(1, 0, 0, 20)]);
  const outcome = (ring: [number, number][]) => cutHole(doc, doc.items.value[0] ?? square(0, 0, 0, 1), ring);
  assert.equal(outcome([[30, 30], [40, 30], [40, 40]]), "outside");
  assert.equal(outcome([[15, 5], [25, 5], [25, 10]]), "crosses");
  assert.equal(outcome([[5, 5], [9, 5], [9, 9], [5, 9]]), "cut");
  const area = () => pixelArea(doc.items.value[0]?.geometry ?? { type: "tag" }, 100, 100);
  assert.equal(area(), 400 - 16);
  assert.equal(outcome([[4, 4], [12, 4], [12, 12], [4, 12]]), "crosses");
  const hit = new HitIndex(doc.items.value);
  assert.deepEqual([ids(hit.at([7, 7], 0)), ids(hit.at([11, 7], 0))], [[], [1]]);
});

test("deleting points removes rings that have too few, and the shape with its last outline", () => {
  const doc = open([square(1, 0, 0, 20)]);
  const item = doc.items.value[0];
  assert.ok(item);
  const three = withoutPoints(item, [{ ring: 0, point: 0 }]);
  assert.ok(three);
  assert.equal(three.geometry.type === "polygon" && three.geometry.parts[0]?.outer.length, 3);
  assert.equal(withoutPoints(three, [{ ring: 0, point: 1 }]), null);
  const moved = movePoints(item, [{ ring: 0, point: 2 }], 500, 3.03, 100, 100);
  assert.deepEqual(moved.geometry.type === "polygon" && moved.geometry.parts[0]?.outer[2], [100, 23]);
});

test("a polygon becomes a mask and a polygon again with the same pixels", () => {
  const doc = open([square(1, 3, 4, 20)]);
  cutHole(doc, doc.items.value[0] ?? square(0, 0, 0, 1), [[5, 6], [9, 6], [7, 12]]);
  doc.select([1]);
  const area = () => pixelArea(doc.items.value[0]?.geometry ?? { type: "tag" }, 100, 100);
  const before = area();
  assert.equal(convert(doc), "masks");
  const { geometry } = doc.items.value[0] ?? square(0, 0, 0, 1);
  assert.equal(geometry.type === "mask" && maskArea(geometry.mask), before);
  assert.equal(convert(doc), "polygons");
  assert.equal(area(), before);
});

test("the top shape is hit first, and hidden ones are not", () => {
  const items = [square(1, 0, 0, 20), square(2, 10, 10, 20), square(3, 10, 10, 20, { hidden: true })];
  const hit = new HitIndex(items);
  assert.deepEqual(ids(hit.at([15, 15], 0)), [2, 1]);
  assert.deepEqual(ids(hit.at([5, 5], 0)), [1]);
  assert.deepEqual(ids(hit.within({ x0: 5, y0: 5, x1: 40, y1: 40 })), [2]);
});

test("suggestions are walked, accepted and dismissed, and each step can be taken back", () => {
  const doc = open([], [square(1, 0, 0, 5, { confidence: 0.9 }), square(2, 9, 9, 5, { confidence: 0.8 }), square(3, 20, 20, 5, { confidence: 0.7 })]);
  assert.equal(walk(doc, 1)?.id, 1);
  assert.equal(walk(doc, 1)?.id, 2);
  const [, second] = doc.suggestions.value;
  accept(doc, second ? [second] : [], () => true);
  assert.deepEqual([ids(doc.items.value), ids(doc.suggestions.value), doc.activeSuggestion.value], [[2], [1, 3], 3]);
  assert.equal(doc.items.value[0]?.instance, 1);
  const [first] = doc.suggestions.value;
  if (first) dismiss(doc, first);
  assert.deepEqual(ids(doc.suggestions.value), [3]);
  doc.undo();
  doc.undo();
  assert.deepEqual([ids(doc.items.value), ids(doc.suggestions.value)], [[], [1, 2, 3]]);
});

test("shapes go over the wire and come back the same", () => {
  const wire: WireShape[] = [
    { class: 1, instance: 3, type: "polygon", parts: [{ outer: [[0, 0], [9, 0], [9, 9]], holes: [[[4, 1], [6, 1], [6, 3]]] }] },
    { class: 255, type: "mask", size: [2, 3], counts: [0, 2, 3, 1] },
    { class: 2, confidence: 0.5, type: "box", box: [1, 2, 3, 4] },
    { class: 2, type: "point", point: [1, 2] },
    { class: 2, type: "tag" },
  ];
  for (const shape of wire) {
    const item = fromWire(shape, 1, 3, 2);
    assert.ok(item);
    assert.deepEqual(toWire(item), shape);
  }
  assert.equal(fromWire({ class: 1, type: "mask", size: [2, 2], counts: [4] }, 1, 3, 2), null);
  assert.equal(fromWire({ class: 0, type: "tag" }, 1, 3, 2), null);
});

test("digits choose classes in order, and 0 is void", () => {
  const classes = new ClassList([{ index: 4, name: "a", color: "#ff0000", kind: "thing" }, { index: 2, name: "b", color: "#00ff00", kind: "stuff" }]);
  assert.equal(classes.forDigit(1)?.index, 4);
  assert.equal(classes.forDigit(0)?.index, 255);
  assert.equal(classes.forDigit(3), null);
  assert.equal(classes.nameOf(square(9, 0, 0, 1, { class: 4, instance: 2 })), "a 2");
});

test("long pauses count only up to the idle time", () => {
  const active = new ActiveClock();
  for (const at of [0, 10_000, 20_000, 600_000, 605_000]) active.activity(at);
  assert.equal(active.seconds(), 10 + 10 + 60 + 5);
  assert.equal(active.seconds(615_000), 95, "the time since the last sign of life counts too");
  assert.equal(active.seconds(900_000), 145, "up to where it is idle");
});
