/** The canvas: draws when something changed, and passes the pointer to the tool in hand. */
import { effect } from "@preact/signals-core";
import type { Editor } from "./editor";
import type { Point, Rect } from "./model/geometry";
import type { Item } from "./model/shape";
import { type Size, toImage, toScreen } from "./model/view";
import { sceneOf } from "./render/looks";
import { drawOverlay } from "./render/overlay";
import type { ImageSource } from "./render/picture";
import { type Scene, NO_SCENE } from "./render/scene";
import { Renderer } from "./render/renderer";
import { isTessellated, tessellate } from "./render/tessellate";
import { whenIdle } from "./sync/page";
import { TOOLS } from "./tools";
import { TwoFingers } from "./tools/gesture";
import type { Pointer, Tool } from "./tools/tool";

/** Stands for a pointer's number when the keyboard holds the button. */
const KEYS = -2;

export class Stage {
  readonly element: HTMLElement;
  /** Draws are asked for here and done once a frame at most. */
  private wanted = { scene: false, picture: false, overlay: false };
  private frame = 0;
  private readonly canvas = document.createElement("canvas");
  private readonly overlay = document.createElement("canvas");
  private readonly renderer: Renderer;
  /** The tool that the held button belongs to. */
  private gripped: { tool: Tool; pointer: number } | null = null;
  private readonly fingers = new TwoFingers();
  /** From the second finger until the last one leaves. */
  private pinching = false;
  private ratio = 1;
  /** Where the stage begins on the page: asking for it at every movement would lay out the page each time. */
  private corner: Point = [0, 0];
  private scene: Scene = NO_SCENE;
  /** Whether the next picture is the first one of an image. */
  private fresh = false;
  /** Main-thread milliseconds of the last draws, newest last. */
  readonly timings: number[] = [];
  onActivity: () => void = () => {};
  /** Called with what a stroke changed, besides being drawn. */
  onPaint: (rect: Rect) => void = () => {};

  /** Throws when the browser has no WebGL2. */
  constructor(private readonly editor: Editor) {
    this.element = document.createElement("div");
    this.element.className = "stage";
    this.canvas.setAttribute("aria-hidden", "true");
    this.overlay.className = "overlay";
    this.overlay.tabIndex = 0;
    this.overlay.setAttribute("role", "application");
    this.overlay.setAttribute("aria-label", "Image");
    this.element.append(this.canvas, this.overlay);
    this.renderer = new Renderer(this.canvas);
    this.renderer.onStale = () => this.want("picture");
    editor.onPaint = (rect) => {
      this.renderer.touch(rect);
      this.want("picture");
      this.onPaint(rect);
    };
    this.listen();
    this.watch();
    new ResizeObserver(() => this.resize()).observe(this.element);
  }

  /** Shows another image; null for none. */
  setImage(source: ImageSource | null): void {
    this.renderer.setImage(source, this.editor.imageSize);
    this.fresh = source !== null;
    delete this.element.dataset["shown"];
    this.want("scene");
  }

  /** Makes ready what showing a task takes, in moments when nothing else is to be done. */
  prepare(source: ImageSource, size: Size, items: readonly Item[]): void {
    whenIdle(() => this.renderer.prepare(source, size));
    const left = items.filter((item) => item.geometry.type === "polygon" && !isTessellated(item.geometry));
    const some = (more: () => boolean) => {
      while (left.length > 0 && more()) for (const item of left.splice(-20)) tessellate(item.geometry);
      if (left.length > 0) whenIdle(some);
    };
    whenIdle(some);
  }

  /** The map of the model's doubt over the image; null for none. */
  setDoubt(bitmap: ImageBitmap | null): void {
    this.renderer.setDoubt(bitmap);
    this.editor.hasUncertainty.value = bitmap !== null;
    this.want("scene");
  }

  focus(): void {
    this.overlay.focus({ preventScroll: true });
  }

  private want(what: "scene" | "picture" | "overlay"): void {
    this.wanted[what] = true;
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    const began = performance.now();
    this.frame = 0;
    const { scene, picture, overlay } = this.wanted;
    this.wanted = { scene: false, picture: false, overlay: false };
    if (scene) this.renderer.setScene(this.scene);
    if (scene || picture) this.renderer.draw(this.editor.view.value, this.ratio);
    if (scene || picture || overlay) drawOverlay(this.overlay, this.editor, this.ratio);
    this.timings.push(performance.now() - began);
    if (this.timings.length > 240) this.timings.shift();
    if (this.fresh) {
      performance.mark("image shown");
      this.element.dataset["shown"] = "";
    }
    this.fresh = false;
  }

  /** Each effect reads what its part of the picture depends on. */
  private watch(): void {
    const { editor } = this;
    effect(() => {
      this.scene = sceneOf(editor);
      this.want("scene");
    });
    effect(() => {
      void editor.view.value;
      this.want("picture");
    });
    effect(() => {
      void [editor.overlayVersion.value, editor.cursor.value, editor.activeTool.value, editor.brushSize.value, editor.currentClass.value];
      void [editor.crosshair.value, editor.pins.value, editor.openPin.value, editor.newPin.value];
      void [editor.doc.value?.points.value, editor.doc.value?.selection.value];
      this.want("overlay");
    });
    effect(() => {
      void [editor.overlayVersion.value, editor.hover.value, editor.cursor.value];
      const cursor = TOOLS[editor.activeTool.value].cursor(editor);
      if (this.overlay.style.cursor !== cursor) this.overlay.style.cursor = cursor;
    });
  }

  private resize(): void {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    this.corner = [left, top];
    this.ratio = window.devicePixelRatio;
    this.renderer.resize({ width, height }, this.ratio);
    this.overlay.width = this.canvas.width;
    this.overlay.height = this.canvas.height;
    this.editor.resize({ width, height });
    // A canvas is empty once its size was set, so it is filled within the same frame.
    this.wanted.picture = true;
    this.draw();
  }

  private listen(): void {
    const { overlay, editor } = this;
    overlay.addEventListener("pointerdown", (event) => this.down(event));
    overlay.addEventListener("pointermove", (event) => this.moved(event));
    overlay.addEventListener("pointerup", (event) => this.up(event));
    overlay.addEventListener("pointercancel", (event) => {
      if (this.fingers.up(event.pointerId)) this.pinching = false;
      this.gripped?.tool.cancel?.(editor);
      this.release();
    });
    overlay.addEventListener("pointerleave", () => {
      if (this.gripped) return;
      editor.cursor.value = null;
      editor.hover.value = null;
    });
    overlay.addEventListener("wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      // A pinch on a touchpad comes as small wheel steps with Ctrl.
      const speed = event.ctrlKey ? 0.01 : 0.0018;
      if (event.altKey) editor.turnBy(Math.round(event.deltaY * lines * 0.3) * (Math.PI / 180) * 0.2);
      else editor.zoomBy(Math.exp(-event.deltaY * lines * speed), [event.offsetX, event.offsetY]);
      this.onActivity();
    }, { passive: false });
    overlay.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  private pointer(event: PointerEvent): Pointer {
    const screen: Point = [event.clientX - this.corner[0], event.clientY - this.corner[1]];
    return { at: toImage(this.editor.view.value, screen), screen, shift: event.shiftKey, alt: event.altKey, ctrl: event.ctrlKey || event.metaKey, time: event.timeStamp, pressure: event.pointerType === "pen" && event.pressure > 0 ? event.pressure : null };
  }

  private down(event: PointerEvent): void {
    const { editor, overlay } = this;
    if (event.pointerType === "touch" && this.fingers.down(event.pointerId, this.pointer(event).screen)) {
      // The second finger takes back what the first one began: both move the view now.
      this.gripped?.tool.cancel?.(editor);
      this.release();
      this.pinching = true;
    }
    if (this.pinching || this.gripped || event.button > 1 || !editor.doc.value) return;
    event.preventDefault();
    this.focus();
    overlay.setPointerCapture(event.pointerId);
    if (event.button === 1) editor.heldTool.value = "pan";
    const tool = TOOLS[editor.activeTool.value];
    this.gripped = { tool, pointer: event.pointerId };
    this.onActivity();
    tool.down(editor, this.pointer(event));
  }

  private moved(event: PointerEvent): void {
    const { editor } = this;
    if (!editor.doc.value) return;
    const pinch = this.fingers.move(event.pointerId, this.pointer(event).screen);
    if (pinch) {
      editor.panBy(...pinch.moved);
      editor.zoomBy(pinch.spread, pinch.at);
    }
    if (this.pinching) return;
    editor.crosshair.value = null;
    const now = this.pointer(event);
    editor.cursor.value = now.at;
    this.onActivity();
    if (!this.gripped) {
      TOOLS[editor.activeTool.value].move?.(editor, now);
      return;
    }
    if (event.pointerId !== this.gripped.pointer) return;
    // A fast hand moves more than once a frame; each place counts for strokes and freehand lines.
    const events = event.getCoalescedEvents?.() ?? [];
    for (const e of events.length > 0 ? events : [event]) this.gripped.tool.drag?.(editor, this.pointer(e));
  }

  private up(event: PointerEvent): void {
    if (this.fingers.up(event.pointerId)) this.pinching = false;
    if (!this.gripped || event.pointerId !== this.gripped.pointer) return;
    this.gripped.tool.up?.(this.editor, this.pointer(event));
    this.release();
  }

  private release(): void {
    this.gripped = null;
    if (!this.spaceHeld) this.editor.heldTool.value = null;
  }

  /** Moves the crosshair by screen pixels, or shows it in the middle first. */
  moveCrosshair(dx: number, dy: number): void {
    const { editor } = this;
    if (!editor.doc.value) return;
    const { width, height } = editor.screen.value;
    const at = editor.crosshair.value ? toScreen(editor.view.value, editor.crosshair.value) : ([width / 2 - dx, height / 2 - dy] as const);
    const next: Point = [Math.max(0, Math.min(width, at[0] + dx)), Math.max(0, Math.min(height, at[1] + dy))];
    const now = this.synthetic(next);
    editor.crosshair.value = now.at;
    editor.cursor.value = now.at;
    if (this.gripped) this.gripped.tool.drag?.(editor, now);
    else TOOLS[editor.activeTool.value].move?.(editor, now);
  }

  /** Presses the button at the crosshair: once, or until it is pressed again. */
  press(what: "click" | "hold"): void {
    const { editor } = this;
    const at = editor.crosshair.value;
    if (!editor.doc.value) return;
    if (!at) {
      this.moveCrosshair(0, 0);
      return;
    }
    const now = this.synthetic(toScreen(editor.view.value, at));
    if (!this.gripped) {
      const tool = TOOLS[editor.activeTool.value];
      this.gripped = { tool, pointer: KEYS };
      tool.down(editor, now);
      if (what === "hold") {
        editor.say("The button is held; press the same key to let go.");
        return;
      }
    }
    if (this.gripped.pointer !== KEYS) return;
    this.gripped.tool.up?.(editor, now);
    this.release();
  }

  private synthetic(screen: Point): Pointer {
    return { at: toImage(this.editor.view.value, screen), screen, shift: false, alt: false, ctrl: false, time: performance.now(), pressure: null };
  }

  /** Whether the key for panning is down. */
  spaceHeld = false;

  holdPan(held: boolean): void {
    this.spaceHeld = held;
    if (!this.gripped) this.editor.heldTool.value = held ? "pan" : null;
  }
}
