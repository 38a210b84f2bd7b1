/** Where the image stands on the screen. */
import type { Point, Rect } from "./geometry";

export const MAX_SCALE = 32;

/** `scale` screen pixels an image pixel; the image point (x, y) stands at the canvas's top left corner. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function toImage(view: View, p: Point): Point {
  return [view.x + p[0] / view.scale, view.y + p[1] / view.scale];
}

export function toScreen(view: View, p: Point): Point {
  return [(p[0] - view.x) * view.scale, (p[1] - view.y) * view.scale];
}

/** The whole of a rectangle, in the middle of the screen or as far below it as keeps `top` screen pixels free. */
export function fit(rect: Rect, screen: Size, margin: number, top: number = margin): View {
  const width = Math.max(1, rect.x1 - rect.x0);
  const height = Math.max(1, rect.y1 - rect.y0);
  const scale = Math.min(MAX_SCALE, Math.max(1, screen.width - 2 * margin) / width, Math.max(1, screen.height - margin - top) / height);
  const above = Math.max(top, (screen.height - height * scale) / 2);
  return { scale, x: (rect.x0 + rect.x1 - screen.width / scale) / 2, y: rect.y0 - above / scale };
}

/** Zooms so that what is at `at` on the screen stays there. */
export function zoom(view: View, factor: number, at: Point, image: Size, screen: Size): View {
  const smallest = Math.min(1, fit({ x0: 0, y0: 0, x1: image.width, y1: image.height }, screen, 0).scale) / 4;
  const scale = Math.min(MAX_SCALE, Math.max(smallest, view.scale * factor));
  const p = toImage(view, at);
  return keepInSight({ scale, x: p[0] - at[0] / scale, y: p[1] - at[1] / scale }, image, screen);
}

export function pan(view: View, dx: number, dy: number, image: Size, screen: Size): View {
  return keepInSight({ scale: view.scale, x: view.x - dx / view.scale, y: view.y - dy / view.scale }, image, screen);
}

/** The part of the image on the screen. */
export function visible(view: View, screen: Size): Rect {
  return { x0: view.x, y0: view.y, x1: view.x + screen.width / view.scale, y1: view.y + screen.height / view.scale };
}

/** Never lets the image leave the screen altogether. */
function keepInSight(view: View, image: Size, screen: Size): View {
  const seen = 60 / view.scale;
  return {
    scale: view.scale,
    x: Math.min(image.width - seen, Math.max(view.x, seen - screen.width / view.scale)),
    y: Math.min(image.height - seen, Math.max(view.y, seen - screen.height / view.scale)),
  };
}
