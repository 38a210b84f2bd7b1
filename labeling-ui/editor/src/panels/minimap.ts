/** The whole image in the corner with the part on the screen; pressing it moves there. */
import { effect } from "@preact/signals-core";
import type { Editor } from "../editor";
import { toImage, toScreen } from "../model/view";
import { h } from "./dom";

const SIDE = 132;

export class Minimap {
  readonly element: HTMLElement;
  private readonly canvas = h("canvas", { "aria-hidden": "true" });
  /** The part on the screen: a rectangle, or a turned one. */
  private readonly frame = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  private readonly outline = document.createElementNS("http://www.w3.org/2000/svg", "path");

  constructor(private readonly editor: Editor) {
    this.frame.setAttribute("class", "minimap-frame");
    this.frame.setAttribute("preserveAspectRatio", "none");
    this.frame.setAttribute("aria-hidden", "true");
    this.frame.append(this.outline);
    this.element = h("div", { class: "minimap", hidden: true }, this.canvas, this.frame);
    const go = (event: PointerEvent) => {
      if (event.buttons !== 1) return;
      const box = this.canvas.getBoundingClientRect();
      const { width, height } = editor.imageSize;
      editor.centerOn([((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height]);
    };
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      go(event);
    });
    this.element.addEventListener("pointermove", go);
    effect(() => this.place());
  }

  setImage(bitmap: ImageBitmap | null): void {
    if (!bitmap) return;
    const { width, height } = this.editor.imageSize;
    const scale = SIDE / Math.max(width, height);
    const ratio = window.devicePixelRatio;
    const [w, hh] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    this.canvas.width = w * ratio;
    this.canvas.height = hh * ratio;
    this.element.style.width = `${w}px`;
    this.element.style.height = `${hh}px`;
    const context = this.canvas.getContext("2d");
    if (context) context.imageSmoothingQuality = "medium";
    context?.drawImage(bitmap, 0, 0, this.canvas.width, this.canvas.height);
  }

  private place(): void {
    const { editor } = this;
    const { width, height } = editor.imageSize;
    const { width: across, height: down } = editor.screen.value;
    const image = ([[0, 0], [width, 0], [0, height], [width, height]] as const).map((p) => toScreen(editor.view.value, p));
    const whole = image.every(([x, y]) => x >= -1 && y >= -1 && x <= across + 1 && y <= down + 1);
    this.element.hidden = editor.doc.value === null || whole;
    const corners = ([[0, 0], [across, 0], [across, down], [0, down]] as const).map((p) => toImage(editor.view.value, p));
    this.frame.setAttribute("viewBox", `0 0 ${width} ${height}`);
    // What is out of sight is dimmed: the whole image with a hole.
    this.outline.setAttribute("d", `M0 0H${width}V${height}H0Z M${corners.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`);
  }
}
