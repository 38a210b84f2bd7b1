/**
 * Draws the image, masks and polygons with WebGL2.
 *
 * Of all shapes over a pixel only the topmost fills it, as in the label that comes out: fills write their place in the
 * order as depth first, and are coloured only where they won. Outlines come on top of all fills.
 */
import { type Rect, isEmpty } from "../model/geometry";
import type { Size, View } from "../model/view";
import { Batch } from "./batch";
import { program, texture, uniforms } from "./gl";
import { LabelMap } from "./labelmap";
import type { Drawn, Scene } from "./scene";
import { FILL_FRAGMENT, FILL_VERTEX, IMAGE_FRAGMENT, LABEL_FRAGMENT, LINE_FRAGMENT, LINE_VERTEX, QUAD_VERTEX } from "./shaders";
import { type Tile, deleteTiles, makeTiles, uploadLabels } from "./tiles";

interface Resources {
  readonly image: WebGLProgram;
  readonly label: WebGLProgram;
  readonly fill: WebGLProgram;
  readonly line: WebGLProgram;
  readonly imageAt: Record<"rect" | "view" | "screen" | "image" | "light", WebGLUniformLocation | null>;
  readonly labelAt: Record<"rect" | "view" | "screen" | "labels" | "table" | "mode", WebGLUniformLocation | null>;
  readonly fillAt: Record<"view" | "screen" | "table", WebGLUniformLocation | null>;
  readonly lineAt: Record<"view" | "screen" | "table", WebGLUniformLocation | null>;
  readonly table: WebGLTexture;
  readonly still: Batch;
  readonly moving: Batch;
  readonly suggestions: Batch;
}

const NO_SCENE: Scene = { shapes: [], suggestions: [], brightness: 0, contrast: 1 };

export class Renderer {
  /** Called when the picture must be drawn anew for reasons of its own, such as a GPU that came back. */
  onStale: () => void = () => {};
  private readonly gl: WebGL2RenderingContext;
  private resources: Resources;
  private tiles: Tile[] = [];
  private bitmap: ImageBitmap | null = null;
  private size: Size = { width: 1, height: 1 };
  private map: LabelMap | null = null;
  private scene: Scene = NO_SCENE;
  private slots = new Map<number, number>();
  private freeSlots: number[] = [];

  /** Throws when the browser has no WebGL2. */
  constructor(private readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, depth: true, powerPreference: "high-performance" });
    if (!gl) throw new Error("This browser has no WebGL2.");
    this.gl = gl;
    this.resources = this.makeResources();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.restore());
  }

  /** Shows another image of this size; null for none. */
  setImage(bitmap: ImageBitmap | null, size: Size): void {
    deleteTiles(this.gl, this.tiles);
    if (this.bitmap !== bitmap) this.bitmap?.close();
    this.bitmap = bitmap;
    this.size = size;
    this.map = null;
    this.slots.clear();
    this.freeSlots = [];
    this.tiles = bitmap ? makeTiles(this.gl, bitmap, size.width, size.height) : [];
    this.setScene(NO_SCENE);
  }

  setScene(scene: Scene): void {
    this.scene = scene;
    const drawn = [...scene.shapes, ...scene.suggestions];
    this.assignSlots(drawn);
    this.writeTable(drawn);
    const slotOf = (id: number) => this.slots.get(id) ?? 0;
    this.resources.still.set(scene.shapes.filter((s) => !s.moving), slotOf, false);
    this.resources.moving.set(scene.shapes.filter((s) => s.moving), slotOf, false);
    this.resources.suggestions.set(scene.suggestions, slotOf, true);
    const masks = scene.shapes.flatMap(({ item, live }) => (item.geometry.type === "mask" && !item.hidden ? [{ slot: slotOf(item.id), mask: item.geometry.mask, live }] : []));
    if (masks.length > 0 && !this.map) this.map = new LabelMap(this.size.width, this.size.height);
    if (this.map) this.upload(this.map.set(masks));
  }

  /** Shows what changed in the bitmap of a mask that is being painted. */
  touch(rect: Rect): void {
    if (this.map && !isEmpty(rect)) this.upload(this.map.repaint(rect));
  }

  /** Fits the canvas to its place on the page, in device pixels. */
  resize(size: Size, ratio: number): void {
    this.canvas.width = Math.max(1, Math.round(size.width * ratio));
    this.canvas.height = Math.max(1, Math.round(size.height * ratio));
  }

  draw(view: View, ratio: number): void {
    const { gl, resources: r, canvas } = this;
    if (gl.isContextLost()) return;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0.063, 0.067, 0.078, 1);
    gl.depthMask(true);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const use = (p: WebGLProgram, at: { view: WebGLUniformLocation | null; screen: WebGLUniformLocation | null }) => {
      gl.useProgram(p);
      gl.uniform4f(at.view, view.x, view.y, view.scale * ratio, ratio);
      gl.uniform2f(at.screen, canvas.width, canvas.height);
    };
    gl.disable(gl.BLEND);
    gl.disable(gl.DEPTH_TEST);
    this.drawImage(use, view.scale * ratio);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LESS);
    gl.colorMask(false, false, false, false);
    this.drawFills(use);
    gl.colorMask(true, true, true, true);
    gl.depthFunc(gl.EQUAL);
    gl.depthMask(false);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    this.drawFills(use);
    gl.disable(gl.DEPTH_TEST);
    this.drawLabels(use, 1);
    use(r.fill, r.fillAt);
    gl.uniform1i(r.fillAt.table, 2);
    r.suggestions.drawFills();
    use(r.line, r.lineAt);
    gl.uniform1i(r.lineAt.table, 2);
    r.still.drawLines();
    r.moving.drawLines();
    r.suggestions.drawLines();
    gl.bindVertexArray(null);
  }

  private drawImage(use: (p: WebGLProgram, at: Resources["imageAt"]) => void, zoom: number): void {
    const { gl, resources: r } = this;
    use(r.image, r.imageAt);
    gl.uniform1i(r.imageAt.image, 0);
    gl.uniform2f(r.imageAt.light, this.scene.brightness, this.scene.contrast);
    gl.bindVertexArray(null);
    for (const tile of this.tiles) {
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, tile.image);
      // Up close, pixels are shown as the squares they are.
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, zoom >= 3 ? gl.NEAREST : gl.LINEAR);
      gl.uniform4f(r.imageAt.rect, tile.rect.x0, tile.rect.y0, tile.rect.x1, tile.rect.y1);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  private drawFills(use: (p: WebGLProgram, at: Resources["labelAt"] | Resources["fillAt"]) => void): void {
    const { gl, resources: r } = this;
    use(r.fill, r.fillAt);
    gl.uniform1i(r.fillAt.table, 2);
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, r.table);
    r.still.drawFills();
    r.moving.drawFills();
    this.drawLabels(use, 0);
  }

  private drawLabels(use: (p: WebGLProgram, at: Resources["labelAt"]) => void, mode: number): void {
    const { gl, resources: r } = this;
    if (!this.map || this.map.isEmpty) return;
    use(r.label, r.labelAt);
    gl.uniform1i(r.labelAt.labels, 1);
    gl.uniform1i(r.labelAt.table, 2);
    gl.uniform1i(r.labelAt.mode, mode);
    gl.bindVertexArray(null);
    for (const tile of this.tiles) {
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, tile.labels);
      gl.uniform4f(r.labelAt.rect, tile.rect.x0, tile.rect.y0, tile.rect.x1, tile.rect.y1);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  private upload(dirty: Rect): void {
    if (!this.map) return;
    const first = this.tiles.some((tile) => !tile.labels);
    if (!first && isEmpty(dirty)) return;
    this.gl.activeTexture(this.gl.TEXTURE1);
    uploadLabels(this.gl, this.tiles, this.map, dirty);
  }

  private assignSlots(drawn: readonly Drawn[]): void {
    const present = new Set(drawn.map(({ item }) => item.id));
    for (const [id, slot] of this.slots) {
      if (!present.has(id)) {
        this.slots.delete(id);
        this.freeSlots.push(slot);
      }
    }
    for (const id of present) if (!this.slots.has(id)) this.slots.set(id, this.freeSlots.pop() ?? this.slots.size + this.freeSlots.length + 1);
  }

  private writeTable(drawn: readonly Drawn[]): void {
    const { gl } = this;
    const rows = 1 + Math.floor((this.slots.size + this.freeSlots.length + 1) / 256);
    const data = new Float32Array(rows * 256 * 4);
    drawn.forEach(({ item, look }, place) => {
      const at = 4 * (this.slots.get(item.id) ?? 0);
      data[at] = look.color[0] * 65536 + look.color[1] * 256 + look.color[2];
      data[at + 1] = item.hidden ? 2 : 0.9 - (1.8 * (place + 1)) / (drawn.length + 1);
      data[at + 2] = look.fill;
      data[at + 3] = look.line;
    });
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, this.resources.table);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, 256, rows, 0, gl.RGBA, gl.FLOAT, data);
  }

  private makeResources(): Resources {
    const { gl } = this;
    const image = program(gl, QUAD_VERTEX, IMAGE_FRAGMENT);
    const label = program(gl, QUAD_VERTEX, LABEL_FRAGMENT);
    const fill = program(gl, FILL_VERTEX, FILL_FRAGMENT);
    const line = program(gl, LINE_VERTEX, LINE_FRAGMENT);
    return {
      image, label, fill, line,
      imageAt: uniforms(gl, image, ["rect", "view", "screen", "image", "light"]),
      labelAt: uniforms(gl, label, ["rect", "view", "screen", "labels", "table", "mode"]),
      fillAt: uniforms(gl, fill, ["view", "screen", "table"]),
      lineAt: uniforms(gl, line, ["view", "screen", "table"]),
      table: texture(gl, gl.NEAREST, gl.NEAREST),
      still: new Batch(gl), moving: new Batch(gl), suggestions: new Batch(gl),
    };
  }

  /** The GPU forgot everything: all of it is made anew from what the page still has. */
  private restore(): void {
    this.resources = this.makeResources();
    this.tiles = this.bitmap ? makeTiles(this.gl, this.bitmap, this.size.width, this.size.height) : [];
    this.setScene(this.scene);
    if (this.map) this.upload({ x0: 0, y0: 0, x1: this.size.width, y1: this.size.height });
    this.onStale();
  }
}
