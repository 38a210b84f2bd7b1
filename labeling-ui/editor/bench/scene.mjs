// The scene that both renderers show: an image of 4000 × 3000, polygons of 40 points, and one mask over the whole of it.
export const WIDTH = 4000;
export const HEIGHT = 3000;
export const POINTS = 40;
export const VIEW = { width: 1600, height: 900 };
export const COLORS = ["#4cc38a", "#e0a843", "#f07178"];

export function random(seed) {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Rings of rough discs all over the image, with the class of each. */
export function polygons(count) {
  const next = random(7);
  return Array.from({ length: count }, (_, i) => {
    const [cx, cy, radius] = [next() * WIDTH, next() * HEIGHT, 15 + 45 * next()];
    const ring = Array.from({ length: POINTS }, (_, k) => {
      const angle = (2 * Math.PI * k) / POINTS;
      const r = radius * (0.7 + 0.3 * next());
      return [Math.min(WIDTH, Math.max(0, Math.round((cx + r * Math.cos(angle)) * 8) / 8)), Math.min(HEIGHT, Math.max(0, Math.round((cy + r * Math.sin(angle)) * 8) / 8))];
    });
    return { ring, cls: 1 + (i % 2) };
  });
}

/** Runs of a mask with bands over the whole image: about half of its pixels, in thousands of runs. */
export function bands() {
  const counts = [0];
  let inside = true;
  const add = (n, value) => {
    if (value === inside) counts[counts.length - 1] += n;
    else {
      counts.push(n);
      inside = value;
    }
  };
  inside = false;
  for (let y = 0; y < HEIGHT; y++) {
    let x = 0;
    const shift = Math.round(120 * Math.sin(y / 90));
    for (let from = shift - 400; from < WIDTH; from += 500) {
      const [a, b] = [Math.max(0, from), Math.min(WIDTH, from + 250)];
      if (b <= a) continue;
      add(a - x, false);
      add(b - a, true);
      x = b;
    }
    add(WIDTH - x, false);
  }
  return counts;
}

/** Where the view stands at a frame: a slow walk over the image. */
export function panAt(frame) {
  return { scale: 0.7, x: (WIDTH - VIEW.width / 0.7) * (0.5 + 0.45 * Math.sin(frame / 23)), y: (HEIGHT - VIEW.height / 0.7) * (0.5 + 0.45 * Math.cos(frame / 19)) };
}

export function zoomAt(frame) {
  const scale = 0.35 * 2 ** (1.6 - 1.6 * Math.cos(frame / 12));
  return { scale, x: WIDTH / 2 - VIEW.width / 2 / scale, y: HEIGHT / 2 - VIEW.height / 2 / scale };
}

/** Where the brush is at a frame, in pixels of the screen. */
export function brushAt(frame) {
  return [VIEW.width * (0.45 + 0.28 * Math.sin(frame / 9)), VIEW.height * (0.5 + 0.3 * Math.cos(frame / 7))];
}
export const BRUSH = 60;
