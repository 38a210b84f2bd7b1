/** What a tool is: it hears the pointer, may take keys, and draws over the image while at work. */
import type { Editor, ToolId } from "../editor";
import type { Point, Rect, Ring } from "../model/geometry";
import { type View, toScreen } from "../model/view";

export interface Pointer {
  /** In the image. */
  readonly at: Point;
  /** On the canvas, in screen pixels. */
  readonly screen: Point;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
  /** Milliseconds since the page was opened. */
  readonly time: number;
  /** How hard a pen is pressed, from 0 to 1; null for what can't tell. */
  readonly pressure: number | null;
}

/** Keys a tool may take for itself while it is at work. */
export type ToolKey = "confirm" | "cancel" | "back" | "delete";

export interface Hint {
  readonly keys: string;
  readonly text: string;
}

export interface Tool {
  readonly id: ToolId;
  readonly label: string;
  cursor(editor: Editor): string;
  /** One line at the bottom of the screen. */
  hints(editor: Editor): readonly Hint[];
  down(editor: Editor, pointer: Pointer): void;
  /** Movement with the button held. */
  drag?(editor: Editor, pointer: Pointer): void;
  up?(editor: Editor, pointer: Pointer): void;
  /** Movement without a button. */
  move?(editor: Editor, pointer: Pointer): void;
  /** Whether something is begun and not finished, so that Enter and Esc belong to the tool. */
  busy?(): boolean;
  key?(editor: Editor, key: ToolKey): boolean;
  /** Gives up what was begun. */
  cancel?(editor: Editor): void;
  draw?(editor: Editor, pen: Pen): void;
  /** The tool was taken in hand, or (`again`) chosen while it was in hand already. */
  enter?(editor: Editor): void;
  again?(editor: Editor): void;
  /** Something that the tool shows was changed elsewhere: the selection, or an option. */
  refresh?(editor: Editor): void;
  /** The keys for smaller (below 1) and larger; brushes change their size by default. */
  resize?(editor: Editor, factor: number): void;
  /** What is begun, as plain data to be kept in case the page dies; null when nothing is. */
  save?(): unknown;
  /** Goes on with what `save` gave, in a later page. Returns whether it could. */
  restore?(editor: Editor, state: unknown): boolean;
}

/** The rectangle between two corners. */
export function rectOf(a: Point, b: Point): Rect {
  return { x0: Math.min(a[0], b[0]), y0: Math.min(a[1], b[1]), x1: Math.max(a[0], b[0]), y1: Math.max(a[1], b[1]) };
}

/** Draws in screen pixels over the image, given points of the image. */
export class Pen {
  constructor(readonly context: CanvasRenderingContext2D, private readonly view: View) {}

  to(p: Point): Point {
    return toScreen(this.view, p);
  }

  line(points: readonly Point[], color: string, width: number, dash: readonly number[] = []): void {
    const { context } = this;
    context.beginPath();
    for (const p of points) context.lineTo(...this.to(p));
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash([...dash]);
    context.stroke();
    context.setLineDash([]);
  }

  /** A rectangle along the image's sides, whichever way the view is turned. */
  rect({ x0, y0, x1, y1 }: Rect, color: string, fill: string, dash: readonly number[] = []): void {
    this.area([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]], fill, color, dash, 1.5);
  }

  /** An area by the even-odd rule, with its outline over a dark seam. */
  area(rings: readonly Ring[], fill: string, color: string, dash: readonly number[], width: number): void {
    const { context } = this;
    const path = new Path2D();
    for (const ring of rings) {
      ring.forEach((p, i) => (i === 0 ? path.moveTo(...this.to(p)) : path.lineTo(...this.to(p))));
      path.closePath();
    }
    context.fillStyle = fill;
    context.fill(path, "evenodd");
    context.strokeStyle = "#0009";
    context.lineWidth = width + 2;
    context.stroke(path);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash([...dash]);
    context.stroke(path);
    context.setLineDash([]);
  }

  /** Draws in pixels of the image, or of a picture with `scale` image pixels a pixel. */
  inImage(scale: number, draw: (context: CanvasRenderingContext2D) => void): void {
    const { context } = this;
    const [origin, right, down] = [this.to([0, 0]), this.to([scale, 0]), this.to([0, scale])];
    context.save();
    context.transform(right[0] - origin[0], right[1] - origin[1], down[0] - origin[0], down[1] - origin[1], origin[0], origin[1]);
    draw(context);
    context.restore();
  }

  /** A click that said 'this' or 'not this'. */
  mark(p: Point, inside: boolean): void {
    const { context } = this;
    const [x, y] = this.to(p);
    context.beginPath();
    context.arc(x, y, 6, 0, 2 * Math.PI);
    context.fillStyle = inside ? "#4cc38a" : "#f07178";
    context.fill();
    context.strokeStyle = "#fff";
    context.lineWidth = 1.5;
    context.stroke();
    context.beginPath();
    context.moveTo(x - 3, y);
    context.lineTo(x + 3, y);
    if (inside) {
      context.moveTo(x, y - 3);
      context.lineTo(x, y + 3);
    }
    context.stroke();
  }

  /** A square handle; the chosen ones are filled with the colour. */
  handle(p: Point, color: string, chosen: boolean, side = 7): void {
    const { context } = this;
    const [x, y] = this.to(p);
    context.fillStyle = chosen ? color : "#fff";
    context.strokeStyle = chosen ? "#fff" : color;
    context.lineWidth = 1.5;
    context.fillRect(x - side / 2, y - side / 2, side, side);
    context.strokeRect(x - side / 2, y - side / 2, side, side);
  }

  ring(p: Point, screenRadius: number, color: string, width = 1.5): void {
    const { context } = this;
    const [x, y] = this.to(p);
    context.beginPath();
    context.arc(x, y, Math.max(1, screenRadius), 0, 2 * Math.PI);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  }

  /** A cross of lines along the screen with a free middle. */
  cross(p: Point, reach: number, color: string, width: number): void {
    const { context } = this;
    const [x, y] = this.to(p);
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
      context.moveTo(x + 4 * dx, y + 4 * dy);
      context.lineTo(x + reach * dx, y + reach * dy);
    }
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  }

  /** A round mark with a sign in it, whose tip stands at the place. */
  pin(p: Point, sign: string, color: string): void {
    const { context } = this;
    const [x, y] = this.to(p);
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y - 17, 10, Math.PI * 0.75, Math.PI * 0.25);
    context.closePath();
    context.fillStyle = color;
    context.strokeStyle = "#101114";
    context.lineWidth = 1.5;
    context.fill();
    context.stroke();
    context.fillStyle = color === "#5c626e" ? "#fff" : "#15161a";
    context.font = "600 11px Inter, system-ui, sans-serif";
    context.textAlign = "center";
    context.fillText(sign, x, y - 13);
    context.textAlign = "start";
  }

  /** A small label beside a place. */
  text(p: Point, text: string, color: string): void {
    const { context } = this;
    const [x, y] = this.to(p);
    context.font = "12px Inter, system-ui, sans-serif";
    const { width } = context.measureText(text);
    context.fillStyle = "#1c1e23e6";
    context.beginPath();
    context.roundRect(x, y - 22, width + 14, 20, 5);
    context.fill();
    context.fillStyle = color;
    context.fillText(text, x + 7, y - 8);
  }
}
