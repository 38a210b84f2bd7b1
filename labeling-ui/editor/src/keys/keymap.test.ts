import assert from "node:assert/strict";
import { test } from "node:test";
import { Keymap, changesFrom } from "./keymap";
import { keyLabel, nameOf, takenByBrowser } from "./names";

const ACTIONS = [
  { id: "submit", keys: ["Enter"], label: "Submit" },
  { id: "close", keys: ["Enter"], label: "Close the outline", drawing: true },
  { id: "undo", keys: ["Ctrl+Z"], label: "Undo" },
  { id: "redo", keys: ["Ctrl+Y", "Ctrl+Shift+Z"], label: "Redo" },
  { id: "wheel", keys: ["wheel"], label: "Zoom", fixed: true },
];
const plain = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

test("keys by default, with two actions of one key told apart by drawing", () => {
  const map = new Keymap(ACTIONS);
  assert.deepEqual(map.actionsOf("Enter").map((a) => a.id), ["submit", "close"]);
  assert.deepEqual(map.conflicts(), []);
  assert.deepEqual(map.rivals("undo", "Enter").map((a) => a.id), ["submit"]);
  assert.deepEqual(map.actionsOf("wheel"), [], "gestures are no keys");
});

test("a changed key does the new thing and no longer the old one", () => {
  const map = new Keymap(ACTIONS, new Keymap(ACTIONS).with("undo", ["U"]));
  assert.deepEqual(map.actionsOf("U").map((a) => a.id), ["undo"]);
  assert.deepEqual(map.actionsOf("Ctrl+Z"), []);
  assert.ok(map.isChanged("undo") && !map.isChanged("redo"));
  assert.deepEqual(map.with("undo", ["Ctrl+Z"]), {}, "the default again is no change");
});

test("a key that two actions want is a conflict, and can be taken over", () => {
  const map = new Keymap(ACTIONS, { undo: ["Enter"] });
  assert.deepEqual(map.conflicts().map(({ key, actions }) => [key, actions.map((a) => a.id)]), [["Enter", ["submit", "undo"]]]);
  const taken = new Keymap(ACTIONS, new Keymap(ACTIONS).withTaken("undo", "Enter"));
  assert.deepEqual(taken.conflicts(), []);
  assert.deepEqual([taken.keys("undo"), taken.keys("submit"), taken.keys("close")], [["Enter"], [], ["Enter"]]);
});

test("stored maps of any origin give only what can be keys", () => {
  assert.deepEqual(changesFrom(null), {});
  assert.deepEqual(changesFrom({ undo: ["U"], redo: "Ctrl+Y", submit: [""], close: [1], none: [] }), { undo: ["U"], none: [] });
});

test("events are named as in the table", () => {
  assert.equal(nameOf({ ...plain, key: "z", ctrlKey: true }), "Ctrl+Z");
  assert.equal(nameOf({ ...plain, key: "Z", metaKey: true, shiftKey: true }), "Ctrl+Shift+Z");
  assert.equal(nameOf({ ...plain, key: "?", shiftKey: true }), "?", "signs count whatever they need");
  assert.equal(nameOf({ ...plain, key: "[", ctrlKey: true, altKey: true, getModifierState: (name) => name === "AltGraph" }), "[");
  assert.equal(nameOf({ ...plain, key: "Shift", shiftKey: true }), null);
  assert.equal(nameOf({ ...plain, key: " " }), "Space");
  assert.equal(keyLabel("Ctrl++"), "Ctrl +");
  assert.equal(keyLabel("Shift+ArrowLeft"), "Shift ←");
  assert.ok(takenByBrowser("Ctrl+W") && !takenByBrowser("Ctrl+K"));
});
