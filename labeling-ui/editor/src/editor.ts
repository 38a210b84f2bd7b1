/** The state of the editor beyond the document: tool, class, view, settings. Tools and panels share one of these. */
import { type ReadonlySignal, type Signal, batch, computed, effect, signal } from "@preact/signals-core";
import { ClassList, type LabelClass } from "./model/classes";
import type { LabelDocument } from "./model/document";
import { cornersOf, setClass } from "./model/edits";
import { type Point, type Rect, type Ring, NOWHERE, isEmpty, join, ringsOf, spacing } from "./model/geometry";
import { HitIndex } from "./model/hit";
import { type Geometry, type Item, boundsOf } from "./model/shape";
import { type Size, type View, angleOf, centered, fit, pan, turn, visible, zoom } from "./model/view";
import { ACTIONS, type Action } from "./keys/actions";
import { type Changes, Keymap } from "./keys/keymap";
import { Light } from "./light";
import { type Theme, loadSettings, saveSettings } from "./settings";
import { ToolOptions } from "./tools/options";
import { type Suggester, fromPicture } from "./tools/suggester";
import { Vision } from "./tools/vision";

export type ToolId = "select" | "pan" | "polygon" | "brush" | "eraser" | "fill" | "box" | "suggest" | "livewire" | "superpixels" | "cut" | "join" | "simplify" | "comment";

/** Where a comment is pinned. */
export interface Pin {
  readonly id: string;
  readonly at: Point;
  readonly resolved: boolean;
}

/** Shapes shown in place of the document's own while a tool is at work. */
export interface Preview {
  /** Changed or new items by id. */
  readonly items: ReadonlyMap<number, Item>;
  /** The bitmap of the one that is painted. */
  readonly live: { readonly id: number; readonly bitmap: Uint8Array } | null;
}

export class Editor {
  readonly doc: Signal<LabelDocument | null> = signal(null);
  readonly classes: Signal<ClassList> = signal(new ClassList([]));
  readonly currentClass: Signal<number> = signal(1);
  readonly tool: Signal<ToolId> = signal("polygon");
  /** A tool held for a moment with a key or the middle button. */
  readonly heldTool: Signal<ToolId | null> = signal(null);
  readonly activeTool: ReadonlySignal<ToolId> = computed(() => this.heldTool.value ?? this.tool.value);
  readonly view: Signal<View> = signal({ scale: 1, x: 0, y: 0 });
  readonly screen: Signal<Size> = signal({ width: 1, height: 1 });
  readonly cursor: Signal<Point | null> = signal(null);
  readonly hover: Signal<number | null> = signal(null);
  readonly preview: Signal<Preview | null> = signal(null);
  /** Counts up when a tool's own drawing changed. */
  readonly overlayVersion: Signal<number> = signal(0);
  readonly message: Signal<string | null> = signal(null);
  /** All shapes out of sight for a look at the bare image. */
  readonly bare: Signal<boolean> = signal(false);
  readonly brushSize: Signal<number>;
  readonly opacity: Signal<number>;
  readonly light = new Light();
  /** Shapes without their fill, so that nothing lies over the pixels. */
  readonly outlines: Signal<boolean>;
  readonly colorBy: Signal<"class" | "instance">;
  /** Whether the map of the model's doubt is shown, and whether there is one. */
  readonly uncertainty: Signal<boolean> = signal(false);
  readonly hasUncertainty: Signal<boolean> = signal(false);
  /** Where the pointer that is moved with keys stands, in the image; null while the mouse is in use. */
  readonly crosshair: Signal<Point | null> = signal(null);
  readonly pins: Signal<readonly Pin[]> = signal([]);
  /** The comment that is read, and the place of one that is being written. */
  readonly openPin: Signal<string | null> = signal(null);
  readonly newPin: Signal<Point | null> = signal(null);
  /** Shapes of a revision that is only looked at, in place of the document's own. */
  readonly looked: Signal<readonly Item[] | null> = signal(null);
  readonly theme: Signal<Theme>;
  readonly snap: Signal<boolean>;
  readonly options = new ToolOptions();
  /** Looks at the picture's pixels, away from the page. */
  readonly vision = new Vision();
  /** Who proposes masks for clicks. */
  suggester: Suggester = fromPicture(this);
  readonly keymap: Signal<Keymap<Action>> = signal(new Keymap(ACTIONS));
  readonly hits: ReadonlySignal<HitIndex> = computed(() => new HitIndex(this.doc.value?.items.value ?? []));
  readonly suggestionHits: ReadonlySignal<HitIndex> = computed(() => new HitIndex(this.doc.value?.suggestions.value ?? []));
  /** Called with the rectangle that a stroke changed. */
  onPaint: (rect: Rect) => void = () => {};
  private messageTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const settings = loadSettings();
    this.brushSize = signal(settings.brushSize);
    this.opacity = signal(settings.opacity);
    this.snap = signal(settings.snap);
    this.outlines = signal(settings.outlines);
    this.colorBy = signal(settings.colorBy);
    this.theme = signal(settings.theme);
    effect(() => saveSettings({
      brushSize: this.brushSize.value,
      opacity: this.opacity.value,
      snap: this.snap.value,
      outlines: this.outlines.value,
      colorBy: this.colorBy.value,
      theme: this.theme.value,
    }));
  }

  /** Shows another document, or none. */
  open(doc: LabelDocument | null, classes: readonly LabelClass[]): void {
    batch(() => {
      this.preview.value = null;
      this.hover.value = null;
      this.bare.value = false;
      this.looked.value = null;
      this.openPin.value = null;
      this.newPin.value = null;
      this.classes.value = new ClassList(classes);
      if (!this.classes.value.has(this.currentClass.value)) this.currentClass.value = this.classes.value.all[0]?.index ?? 255;
      this.doc.value = doc;
      this.view.value = { ...this.view.value, angle: 0 };
      this.fitImage();
    });
  }

  /** Says something about what was just done; it goes away by itself. */
  say(text: string): void {
    clearTimeout(this.messageTimer);
    this.message.value = text;
    this.messageTimer = setTimeout(() => (this.message.value = null), 4000);
  }

  isThing(cls: number): boolean {
    return this.classes.value.get(cls).kind === "thing";
  }

  /** A class for what is drawn next; with shapes selected in the select tool, theirs changes too. */
  chooseClass(cls: number): void {
    const doc = this.doc.value;
    this.currentClass.value = cls;
    if (!doc) return;
    if (this.tool.value === "select") this.applyClass();
    else if (doc.selected.value.some((item) => item.class !== cls)) doc.select([]);
  }

  /** Gives the selected shapes the chosen class. */
  applyClass(): void {
    const doc = this.doc.value;
    if (!doc || doc.selected.value.length === 0) return;
    if (doc.selected.value.every((item) => item.locked)) this.say("Locked objects keep their class.");
    else setClass(doc, this.currentClass.value, this.isThing(this.currentClass.value));
  }

  selectTool(tool: ToolId): void {
    this.tool.value = tool;
  }

  /** How far in image pixels something on the screen reaches. */
  reach(screenPixels: number): number {
    return screenPixels / this.view.value.scale;
  }

  /**
   * The rings whose points can be taken hold of: those of the one selected polygon or box, unless it is so small on the
   * screen that handles would cover it.
   */
  handles(): Ring[] | null {
    const only = this.doc.value?.only();
    if (!only || only.hidden || only.locked) return null;
    const { geometry } = this.preview.value?.items.get(only.id) ?? only;
    if (geometry.type !== "polygon" && geometry.type !== "box") return null;
    const rings = geometry.type === "box" ? [cornersOf(geometry.box)] : ringsOf(geometry.parts);
    return spacing(rings) * this.view.value.scale < 5 ? null : rings;
  }

  get imageSize(): Size {
    const doc = this.doc.value;
    return { width: doc?.width ?? 1, height: doc?.height ?? 1 };
  }

  /** Other keys from now on. */
  bind(changes: Changes): void {
    this.keymap.value = new Keymap(ACTIONS, changes);
  }

  fitImage(): void {
    this.view.value = this.whole();
  }

  /** Takes over the size of the stage; an image that was shown whole still is. */
  resize(screen: Size): void {
    const { fitted } = this;
    const first = this.screen.value.width <= 1;
    this.screen.value = screen;
    if (first || fitted) this.fitImage();
  }

  /** The view of the whole image, turned as it is, with room for the bar of options above it. */
  private whole(): View {
    const { width, height } = this.imageSize;
    return fit({ x0: 0, y0: 0, x1: width, y1: height }, this.screen.value, 20, 64, angleOf(this.view.value));
  }

  /** Whether the whole image is shown as `fitImage` would. */
  private get fitted(): boolean {
    const { scale, x, y } = this.whole();
    const { value } = this.view;
    return value.scale === scale && value.x === x && value.y === y;
  }

  /** Turns the view around the middle of the screen, in radians clockwise; an image that was shown whole still is. */
  turnBy(radians: number): void {
    this.turnTo(angleOf(this.view.value) + radians);
  }

  turnTo(radians: number): void {
    const { fitted } = this;
    this.view.value = turn(this.view.value, radians, this.imageSize, this.screen.value);
    if (fitted) this.fitImage();
  }

  zoomBy(factor: number, at?: Point): void {
    const { width, height } = this.screen.value;
    this.view.value = zoom(this.view.value, factor, at ?? [width / 2, height / 2], this.imageSize, this.screen.value);
  }

  zoomTo(scale: number): void {
    this.zoomBy(scale / this.view.value.scale);
  }

  panBy(dx: number, dy: number): void {
    this.view.value = pan(this.view.value, dx, dy, this.imageSize, this.screen.value);
  }

  centerOn(p: Point): void {
    this.view.value = pan(centered(this.view.value, p, this.screen.value), 0, 0, this.imageSize, this.screen.value);
  }

  /** Moves the view so that a shape is in sight, and only as far as needed. */
  reveal(geometry: Geometry): void {
    const b = boundsOf(geometry);
    const seen = visible(this.view.value, this.screen.value);
    if (b.x0 === Infinity || (b.x0 >= seen.x0 && b.y0 >= seen.y0 && b.x1 <= seen.x1 && b.y1 <= seen.y1)) return;
    const { width, height } = this.screen.value;
    const fits = (b.x1 - b.x0) * this.view.value.scale < width - 80 && (b.y1 - b.y0) * this.view.value.scale < height - 80;
    if (fits) this.centerOn([(b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2]);
    else this.view.value = fit(b, this.screen.value, 60, 60, angleOf(this.view.value));
  }

  zoomToSelection(): void {
    const bounds = this.doc.value?.selected.value.map((item) => boundsOf(item.geometry)).reduce(join, NOWHERE);
    if (bounds && !isEmpty(bounds)) this.view.value = fit(bounds, this.screen.value, 80, 80, angleOf(this.view.value));
  }

  redrawOverlay(): void {
    this.overlayVersion.value++;
  }
}
