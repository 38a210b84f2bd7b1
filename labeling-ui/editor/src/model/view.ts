/** Where the image stands on the screen. */
import type { Point, Rect } from "./geometry";

export const MAX_SCALE = 32;

/** `scale` screen pixels an image pixel; the image point (x, y) stands at the canvas's top left corner. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  /** How far the image is turned clockwise around that point, in radians from 0 to 2π; 0 when absent. */
  readonly angle?: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function angleOf(view: View): number {
  return view.angle ?? 0;
}

/** Cosine and sine; exact for quarter turns, so that a turned image still falls on whole pixels. */
export function directionOf(angle: number): readonly [number, number] {
  const quarters = angle / (Math.PI / 2);
  if (Math.abs(quarters - Math.round(quarters)) > 1e-9) return [Math.cos(angle), Math.sin(angle)];
  return ([[1, 0], [0, 1], [-1, 0], [0, -1]] as const)[((Math.round(quarters) % 4) + 4) % 4] ?? [1, 0];
}

function rotate(x: number, y: number, [cos, sin]: readonly [number, number]): Point {
  return [x * cos - y * sin, x * sin + y * cos];
}

function back([cos, sin]: readonly [number, number]): readonly [number, number] {
  return [cos, -sin];
}

export function toImage(view: View, p: Point): Point {
  const [x, y] = rotate(p[0] / view.scale, p[1] / view.scale, back(directionOf(angleOf(view))));
  return [view.x + x, view.y + y];
}

export function toScreen(view: View, p: Point): Point {
  return rotate((p[0] - view.x) * view.scale, (p[1] - view.y) * view.scale, directionOf(angleOf(view)));
}

/** The same view moved so that an image point stands at a place of the screen. */
export function placed(view: View, p: Point, at: Point): View {
  const [x, y] = rotate(at[0] / view.scale, at[1] / view.scale, back(directionOf(angleOf(view))));
  return { ...view, x: p[0] - x, y: p[1] - y };
}

/** The same view with an image point in the middle of the screen. */
export function centered(view: View, p: Point, screen: Size): View {
  return placed(view, p, [screen.width / 2, screen.height / 2]);
}

/** Width and height that a rectangle takes when it is turned. */
function turnedSize(width: number, height: number, angle: number): Size {
  const [cos, sin] = directionOf(angle).map(Math.abs) as [number, number];
  return { width: width * cos + height * sin, height: width * sin + height * cos };
}

/** The whole of a rectangle, in the middle of the screen or as far below it as keeps `top` screen pixels free. */
export function fit(rect: Rect, screen: Size, margin: number, top: number = margin, angle = 0): View {
  const { width, height } = turnedSize(Math.max(1, rect.x1 - rect.x0), Math.max(1, rect.y1 - rect.y0), angle);
  const scale = Math.min(MAX_SCALE, Math.max(1, screen.width - 2 * margin) / width, Math.max(1, screen.height - margin - top) / height);
  const above = Math.max(top, (screen.height - height * scale) / 2);
  return placed({ scale, x: 0, y: 0, angle }, [(rect.x0 + rect.x1) / 2, (rect.y0 + rect.y1) / 2], [screen.width / 2, above + (height * scale) / 2]);
}

/** Zooms so that what is at `at` on the screen stays there. */
export function zoom(view: View, factor: number, at: Point, image: Size, screen: Size): View {
  const smallest = Math.min(1, fit({ x0: 0, y0: 0, x1: image.width, y1: image.height }, screen, 0).scale) / 4;
  const scale = Math.min(MAX_SCALE, Math.max(smallest, view.scale * factor));
  return keepInSight(placed({ ...view, scale }, toImage(view, at), at), image, screen);
}

export function pan(view: View, dx: number, dy: number, image: Size, screen: Size): View {
  const [x, y] = rotate(dx / view.scale, dy / view.scale, back(directionOf(angleOf(view))));
  return keepInSight({ ...view, x: view.x - x, y: view.y - y }, image, screen);
}

/** Turns to an angle so that what is at `at` on the screen, or in its middle, stays there. */
export function turn(view: View, angle: number, image: Size, screen: Size, at: Point = [screen.width / 2, screen.height / 2]): View {
  const full = 2 * Math.PI;
  return keepInSight(placed({ ...view, angle: ((angle % full) + full) % full }, toImage(view, at), at), image, screen);
}

/** The part of the image on the screen; of a turned one, the rectangle around it. */
export function visible(view: View, screen: Size): Rect {
  const corners = [[0, 0], [screen.width, 0], [0, screen.height], [screen.width, screen.height]].map((p) => toImage(view, p as [number, number]));
  const xs = corners.map((p) => p[0]);
  const ys = corners.map((p) => p[1]);
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
}

/** Never lets the image leave the screen altogether. */
function keepInSight(view: View, image: Size, screen: Size): View {
  const seen = 60;
  const corners = [[0, 0], [image.width, 0], [0, image.height], [image.width, image.height]].map((p) => toScreen(view, p as [number, number]));
  const shift = (axis: 0 | 1, length: number) => {
    const low = Math.min(...corners.map((p) => p[axis]));
    const high = Math.max(...corners.map((p) => p[axis]));
    return high < seen ? seen - high : low > length - seen ? length - seen - low : 0;
  };
  const [dx, dy] = [shift(0, screen.width), shift(1, screen.height)];
  if (dx === 0 && dy === 0) return view;
  const [x, y] = rotate(dx / view.scale, dy / view.scale, back(directionOf(angleOf(view))));
  return { ...view, x: view.x - x, y: view.y - y };
}
