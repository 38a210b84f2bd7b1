import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "./testing";
import { type View, angleOf, centered, fit, pan, toImage, toScreen, turn, visible, zoom } from "./view";

const IMAGE = { width: 400, height: 200 };
const SCREEN = { width: 800, height: 600 };
const close = (a: readonly number[], b: readonly number[]) => assert.ok(a.every((v, i) => Math.abs(v - (b[i] ?? NaN)) < 1e-6), `${a} is not ${b}`);

test("screen and image coordinates undo each other, whatever the view", () => {
  const next = random(3);
  for (let i = 0; i < 500; i++) {
    const view: View = { scale: 0.1 + 30 * next(), x: 1000 * (next() - 0.5), y: 1000 * (next() - 0.5), angle: 7 * next() };
    const p = [800 * next(), 600 * next()] as const;
    close(toScreen(view, toImage(view, p)), p);
  }
});

test("zooming and turning keep the place under the pointer", () => {
  const at = [300, 250] as const;
  let view = fit({ x0: 0, y0: 0, x1: 400, y1: 200 }, SCREEN, 0);
  for (const angle of [0.3, Math.PI / 2, 4, 0]) {
    const before = toImage(view, at);
    view = turn(view, angle, IMAGE, SCREEN, at);
    close(toImage(view, at), before);
    view = zoom(view, 1.7, at, IMAGE, SCREEN);
    close(toImage(view, at), before);
  }
});

test("a quarter turn fits the image upright, on whole pixels", () => {
  const view = fit({ x0: 0, y0: 0, x1: 400, y1: 200 }, SCREEN, 0, 0, Math.PI / 2);
  assert.equal(view.scale, 1.5);
  close(toScreen(view, [0, 0]), [550, 0]);
  close(toScreen(view, [400, 200]), [250, 600]);
  assert.deepEqual(toImage({ scale: 1, x: 0, y: 0, angle: Math.PI / 2 }, [0, 10]), [10, 0]);
});

test("angles stay within a full turn, and the image within reach", () => {
  const view = turn({ scale: 1, x: 0, y: 0 }, -Math.PI / 2, IMAGE, SCREEN);
  close([angleOf(view)], [1.5 * Math.PI]);
  const gone = pan(view, 1e6, -1e6, IMAGE, SCREEN);
  const corners = [[0, 0], [400, 0], [0, 200], [400, 200]].map((p) => toScreen(gone, p as [number, number]));
  assert.ok(Math.min(...corners.map((c) => c[0])) <= SCREEN.width - 59 && Math.max(...corners.map((c) => c[1])) >= 59);
});

test("the middle of the screen and what is seen of the image", () => {
  const view = centered({ scale: 2, x: 0, y: 0, angle: 0.4 }, [123, 45], SCREEN);
  close(toImage(view, [400, 300]), [123, 45]);
  const seen = visible({ scale: 2, x: 10, y: 20 }, SCREEN);
  assert.deepEqual(seen, { x0: 10, y0: 20, x1: 410, y1: 320 });
});
