/**
 * Draws the image, masks and polygons with WebGL2.
 *
 * Of all shapes over a pixel only the topmost fills it, as in the label that comes out: fills write their place in the
 * order as depth first, and are coloured only where they won. Outlines come on top of all fills.
 */
import { CHANNELS } from "../light";
import { type Rect, isEmpty } from "../model/geometry";
import { type Size, type View, angleOf, directionOf, visible } from "../model/view";
import { TILES, equalise, grayOf } from "./clahe";
import { texture } from "./gl";
import { LabelTextures } from "./label_tiles";
import { LabelMap, type MaskEntry } from "./labelmap";
import { type ImageSource, type Picture, makePicture } from "./picture";
import { type Resources, makeResources } from "./resources";
import { type Drawn, type Scene, NO_SCENE } from "./scene";

type Use = (made: { program: WebGLProgram; at: Record<"view" | "screen" | "turn", WebGLUniformLocation | null> }) => void;

export class Renderer {
  /** Called when the picture must be drawn anew for reasons of its own: a tile that came, a GPU that came back. */
  onStale: () => void = () => {};
  private readonly gl: WebGL2RenderingContext;
  private resources: Resources;
  private source: ImageSource | null = null;
  private picture: Picture | null = null;
  /** The next image, on the GPU already. */
  private ahead: { readonly source: ImageSource; readonly picture: Picture } | null = null;
  private labels: LabelTextures;
  /** Tables of local contrast, made when first wanted. */
  private tables: WebGLTexture | null = null;
  private doubt: { bitmap: ImageBitmap; texture: WebGLTexture } | null = null;
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
    this.resources = makeResources(gl);
    this.labels = new LabelTextures(gl);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.restore());
  }

  /** Shows another image of this size; null for none. Takes over the bitmap. */
  setImage(source: ImageSource | null, size: Size): void {
    this.picture?.dispose();
    if (this.source && this.source.bitmap !== source?.bitmap) this.source.bitmap.close();
    this.source = source;
    this.size = size;
    this.map = null;
    this.labels.clear();
    this.slots.clear();
    this.freeSlots = [];
    this.gl.deleteTexture(this.tables);
    this.tables = null;
    this.setDoubt(null);
    if (source && this.ahead?.source === source) this.picture = this.ahead.picture;
    else {
      if (source) this.ahead?.picture.dispose();
      this.picture = source ? makePicture(this.gl, source, size, () => this.onStale()) : null;
    }
    if (source) this.ahead = null;
    this.setScene(NO_SCENE);
  }

  /** Brings the image that comes next to the GPU, so that it can be shown at once. */
  prepare(source: ImageSource, size: Size): void {
    if (this.gl.isContextLost()) return;
    this.ahead?.picture.dispose();
    this.ahead = { source, picture: makePicture(this.gl, source, size, () => this.onStale()) };
  }

  /** The map of the model's doubt over the image; null for none. Takes over the bitmap. */
  setDoubt(bitmap: ImageBitmap | null): void {
    const { gl } = this;
    gl.deleteTexture(this.doubt?.texture ?? null);
    if (this.doubt && this.doubt.bitmap !== bitmap) this.doubt.bitmap.close();
    this.doubt = null;
    if (!bitmap) return;
    gl.activeTexture(gl.TEXTURE0);
    const made = texture(gl, gl.LINEAR, gl.LINEAR);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
    this.doubt = { bitmap, texture: made };
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
    const masks = scene.shapes.flatMap(({ item, live }): MaskEntry[] => (item.geometry.type === "mask" && !item.hidden ? [{ slot: slotOf(item.id), mask: item.geometry.mask, live }] : []));
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
    const { gl, resources: r, canvas, scene } = this;
    if (gl.isContextLost()) return;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(...scene.ground, 1);
    gl.depthMask(true);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const [cos, sin] = directionOf(angleOf(view));
    const use: Use = ({ program, at }) => {
      gl.useProgram(program);
      gl.uniform4f(at.view, view.x, view.y, view.scale * ratio, ratio);
      gl.uniform2f(at.screen, canvas.width, canvas.height);
      gl.uniform2f(at.turn, cos, sin);
    };
    const seen = visible(view, { width: canvas.width / ratio, height: canvas.height / ratio });
    gl.disable(gl.BLEND);
    gl.disable(gl.DEPTH_TEST);
    this.drawImage(use, seen, view.scale * ratio);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LESS);
    gl.colorMask(false, false, false, false);
    this.drawFills(use, seen);
    gl.colorMask(true, true, true, true);
    gl.depthFunc(gl.EQUAL);
    gl.depthMask(false);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    this.drawFills(use, seen);
    gl.disable(gl.DEPTH_TEST);
    if (scene.doubt) this.drawDoubt(use);
    this.drawLabels(use, seen, 1);
    use(r.fill);
    gl.uniform1i(r.fill.at.table, 2);
    r.suggestions.drawFills();
    use(r.line);
    gl.uniform1i(r.line.at.table, 2);
    r.still.drawLines();
    r.moving.drawLines();
    r.suggestions.drawLines();
    gl.bindVertexArray(null);
  }

  private drawImage(use: Use, seen: Rect, zoom: number): void {
    const { gl, resources: { image }, scene: { light } } = this;
    if (!this.picture) return;
    use(image);
    gl.uniform1i(image.at.image, 0);
    gl.uniform1i(image.at.tables, 3);
    gl.uniform2f(image.at.size, this.size.width, this.size.height);
    gl.uniform4f(image.at.light, light.brightness, light.contrast, 1 / light.gamma, light.local);
    gl.uniform2i(image.at.mode, CHANNELS.indexOf(light.channel), light.invert ? 1 : 0);
    if (light.local > 0) this.bindTables();
    gl.bindVertexArray(null);
    gl.activeTexture(gl.TEXTURE0);
    for (const quad of this.picture.quads(seen, zoom)) {
      gl.bindTexture(gl.TEXTURE_2D, quad.image);
      // Up close, pixels are shown as the squares they are.
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, zoom >= 3 ? gl.NEAREST : gl.LINEAR);
      gl.uniform4f(image.at.rect, quad.rect.x0, quad.rect.y0, quad.rect.x1, quad.rect.y1);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  private bindTables(): void {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE3);
    if (this.tables) gl.bindTexture(gl.TEXTURE_2D, this.tables);
    else if (this.source) {
      const { gray, width, height } = grayOf(this.source.bitmap);
      this.tables = texture(gl, gl.NEAREST, gl.NEAREST);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, 256, TILES * TILES, 0, gl.RED, gl.UNSIGNED_BYTE, equalise(gray, width, height));
    }
  }

  private drawDoubt(use: Use): void {
    const { gl, resources: { doubt } } = this;
    if (!this.doubt) return;
    use(doubt);
    gl.uniform1i(doubt.at.doubt, 0);
    gl.uniform4f(doubt.at.rect, 0, 0, this.size.width, this.size.height);
    gl.bindVertexArray(null);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.doubt.texture);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  private drawFills(use: Use, seen: Rect): void {
    const { gl, resources: r } = this;
    use(r.fill);
    gl.uniform1i(r.fill.at.table, 2);
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, r.table);
    r.still.drawFills();
    r.moving.drawFills();
    this.drawLabels(use, seen, 0);
  }

  private drawLabels(use: Use, seen: Rect, mode: number): void {
    const { gl, resources: { label } } = this;
    if (!this.map || this.map.isEmpty) return;
    use(label);
    gl.uniform1i(label.at.labels, 1);
    gl.uniform1i(label.at.table, 2);
    gl.uniform1i(label.at.mode, mode);
    gl.uniform2f(label.at.size, this.size.width, this.size.height);
    gl.bindVertexArray(null);
    gl.activeTexture(gl.TEXTURE1);
    for (const { rect, labels } of this.labels.within(seen)) {
      gl.bindTexture(gl.TEXTURE_2D, labels);
      gl.uniform4f(label.at.rect, rect.x0, rect.y0, rect.x1, rect.y1);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  private upload(dirty: Rect): void {
    if (!this.map || isEmpty(dirty)) return;
    this.gl.activeTexture(this.gl.TEXTURE1);
    this.labels.upload(this.map, dirty);
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
    // Slot 0 stands for records that are free: out of sight.
    data[1] = 2;
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

  /** The GPU forgot everything: all of it is made anew from what the page still has. */
  private restore(): void {
    this.resources = makeResources(this.gl);
    this.labels = new LabelTextures(this.gl);
    this.tables = null;
    this.ahead = null;
    this.picture = this.source ? makePicture(this.gl, this.source, this.size, () => this.onStale()) : null;
    const doubt = this.doubt?.bitmap ?? null;
    if (doubt) this.setDoubt(doubt);
    this.setScene(this.scene);
    this.upload({ x0: 0, y0: 0, x1: this.size.width, y1: this.size.height });
    this.onStale();
  }
}
