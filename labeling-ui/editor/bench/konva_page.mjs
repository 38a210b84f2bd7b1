// The reference: the same scene in Konva as editors that use it draw it, a node for each polygon and the mask as an image node.
import Konva from "konva";
import { BRUSH, COLORS, HEIGHT, VIEW, WIDTH, bands, brushAt, panAt, polygons, zoomAt } from "./scene.mjs";

function canvas(draw) {
  const made = document.createElement("canvas");
  made.width = WIDTH;
  made.height = HEIGHT;
  draw(made.getContext("2d"));
  return made;
}

globalThis.prepare = (count) => {
  document.body.replaceChildren();
  const host = document.createElement("div");
  document.body.append(host);
  const stage = new Konva.Stage({ container: host, ...VIEW });
  const layer = new Konva.Layer({ listening: false });
  stage.add(layer);
  const image = canvas((context) => {
    context.fillStyle = "#222";
    context.fillRect(0, 0, WIDTH, HEIGHT);
  });
  const mask = canvas((context) => {
    context.fillStyle = "#f0717848";
    let at = 0;
    bands().forEach((n, i) => {
      if (i % 2 === 1) context.fillRect(at % WIDTH, Math.floor(at / WIDTH), n, 1);
      at += n;
    });
  });
  layer.add(new Konva.Image({ image }), new Konva.Image({ image: mask }));
  for (const { ring, cls } of polygons(count)) {
    const color = COLORS[cls - 1];
    layer.add(new Konva.Line({ points: ring.flat(), closed: true, fill: `${color}48`, stroke: color, strokeWidth: 1.5, strokeScaleEnabled: false, perfectDrawEnabled: false }));
  }
  const pen = mask.getContext("2d");
  const show = ({ scale, x, y }) => {
    layer.scale({ x: scale, y: scale });
    layer.position({ x: -x * scale, y: -y * scale });
  };
  show(panAt(0));
  layer.draw();
  const toImage = ([x, y], view) => [view.x + x / view.scale, view.y + y / view.scale];
  const steps = {
    pan: (frame) => show(panAt(frame)),
    zoom: (frame) => show(zoomAt(frame)),
    paint: (frame) => {
      const view = panAt(0);
      pen.strokeStyle = "#f07178";
      pen.lineWidth = BRUSH;
      pen.lineCap = "round";
      pen.beginPath();
      pen.moveTo(...toImage(brushAt(frame - 1), view));
      pen.lineTo(...toImage(brushAt(frame), view));
      pen.stroke();
    },
  };
  globalThis.step = (what, frame) => {
    steps[what](frame);
    layer.draw();
  };
};

/** Milliseconds of the main thread for each frame of one kind. */
globalThis.measure = async (what, frames) => {
  const spent = [];
  if (what === "paint") {
    globalThis.step("pan", 0);
    await new Promise(requestAnimationFrame);
  }
  for (let frame = 1; frame <= frames; frame++) {
    await new Promise(requestAnimationFrame);
    const began = performance.now();
    globalThis.step(what, frame);
    spent.push(performance.now() - began);
  }
  return spent;
};
