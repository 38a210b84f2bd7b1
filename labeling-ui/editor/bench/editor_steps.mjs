// What the benchmark does in the editor's own page. Runs there: everything it needs is handed over.

/** Milliseconds of the main thread for each frame of one kind: the events' handlers, and the drawing that follows. */
export async function measure({ what, places, size }) {
  const root = document.getElementById("editor");
  const { editor, timings } = root;
  const overlay = document.querySelector(".overlay");
  const box = overlay.getBoundingClientRect();
  const frame = () => new Promise(requestAnimationFrame);
  const event = (type, [x, y], buttons) => overlay.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, pointerId: 1, pointerType: "mouse", button: type === "pointermove" ? -1 : 0, buttons, clientX: box.left + x, clientY: box.top + y }));
  if (what === "paint") {
    // A made-up pointer can't be captured.
    overlay.setPointerCapture = () => {};
    editor.selectTool("brush");
    editor.brushSize.value = size;
    editor.doc.value.select([]);
    editor.currentClass.value = 3;
    event("pointerdown", places[0], 1);
    await frame();
    await frame();
  }
  const handlers = [];
  let late = 0;
  const draws = [];
  for (const place of places) {
    await frame();
    const before = performance.now();
    if (what === "paint") event("pointermove", place, 1);
    else editor.view.value = place;
    handlers.push(performance.now() - before);
    // The editor asked for the next frame first, so its drawing is done when this one is called.
    timings.length = 0;
    await frame();
    if (timings.length === 0) late++;
    draws.push(timings.reduce((sum, ms) => sum + ms, 0));
  }
  let release = 0;
  if (what === "paint") {
    const before = performance.now();
    event("pointerup", places.at(-1), 0);
    release = performance.now() - before;
    timings.length = 0;
    await frame();
    release += timings.reduce((sum, ms) => sum + ms, 0);
  }
  return { spent: draws.map((ms, i) => ms + (handlers[i] ?? 0)), late, release };
}
