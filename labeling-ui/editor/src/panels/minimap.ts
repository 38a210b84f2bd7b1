/** The whole image in the corner with the part on the screen; pressing it moves there. */
import { effect } from "@preact/signals-core";
import type { Editor } from "../editor";
import { visible } from "../model/view";
import { h } from "./dom";

const SIDE = 132;

export class Minimap {
  readonly element: HTMLElement;
  private readonly canvas = h("canvas", { "aria-hidden": "true" });
  private readonly frame = h("div", { class: "minimap-frame" });

  constructor(private readonly editor: Editor) {
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
    const seen = visible(editor.view.value, editor.screen.value);
    const whole = seen.x0 <= 0 && seen.y0 <= 0 && seen.x1 >= width && seen.y1 >= height;
    this.element.hidden = editor.doc.value === null || whole;
    const part = (value: number, of: number) => `${(100 * Math.max(0, Math.min(of, value))) / of}%`;
    this.frame.style.left = part(seen.x0, width);
    this.frame.style.top = part(seen.y0, height);
    this.frame.style.right = part(width - seen.x1, width);
    this.frame.style.bottom = part(height - seen.y1, height);
  }
}
