/** Polygons and outlines of many shapes in two vertex buffers; a change writes only the records of the shapes that changed. */
import type { Geometry } from "../model/shape";
import { vertexArray } from "./gl";
import { Pool } from "./pool";
import type { Drawn } from "./scene";
import { tessellate } from "./tessellate";

const NOTHING = new Float32Array(0);

export class Batch {
  private readonly fillArray;
  private readonly lineArray;
  private readonly fills: Pool;
  private readonly lines: Pool;
  /** What is drawn for each slot. */
  private known = new Map<number, Geometry>();

  constructor(private readonly gl: WebGL2RenderingContext) {
    const fills = vertexArray(gl, [{ size: 2, offset: 0 }, { size: 1, offset: 2 }], 3, 0);
    const lines = vertexArray(gl, [{ size: 2, offset: 0 }, { size: 2, offset: 2 }, { size: 2, offset: 4 }], 6, 1);
    this.fillArray = fills.array;
    this.lineArray = lines.array;
    this.fills = new Pool(gl, fills.buffer, 3);
    this.lines = new Pool(gl, lines.buffer, 6);
  }

  /** @param outlines whether masks are drawn by their outline; otherwise the label map shows them. */
  set(shapes: readonly Drawn[], slotOf: (id: number) => number, outlines: boolean): void {
    const present = new Map<number, Geometry>();
    for (const { item } of shapes) {
      if (item.geometry.type !== "tag" && (outlines || item.geometry.type !== "mask")) present.set(slotOf(item.id), item.geometry);
    }
    if (this.fills.isSparse || this.lines.isSparse) {
      this.fills.clear();
      this.lines.clear();
      this.known.clear();
    }
    for (const slot of this.known.keys()) {
      if (present.has(slot)) continue;
      this.fills.put(slot, NOTHING);
      this.lines.put(slot, NOTHING);
    }
    for (const [slot, geometry] of present) if (this.known.get(slot) !== geometry) this.put(slot, geometry);
    this.known = present;
    this.fills.flush();
    this.lines.flush();
  }

  drawFills(): void {
    if (this.fills.count === 0) return;
    this.gl.bindVertexArray(this.fillArray);
    this.gl.drawArrays(this.gl.TRIANGLES, 0, this.fills.count);
  }

  drawLines(): void {
    if (this.lines.count === 0) return;
    this.gl.bindVertexArray(this.lineArray);
    this.gl.drawArraysInstanced(this.gl.TRIANGLE_STRIP, 0, 4, this.lines.count);
  }

  private put(slot: number, geometry: Geometry): void {
    const { triangles, segments } = tessellate(geometry);
    const filled = geometry.type !== "box";
    const fills = new Float32Array(filled ? (triangles.length / 2) * 3 : 0);
    for (let i = 0, f = 0; f < fills.length; i += 2) {
      fills[f++] = triangles[i] ?? 0;
      fills[f++] = triangles[i + 1] ?? 0;
      fills[f++] = slot;
    }
    const lines = new Float32Array((segments.length / 5) * 6);
    for (let i = 0, l = 0; i < segments.length; i += 5) {
      for (let k = 0; k < 5; k++) lines[l++] = segments[i + k] ?? 0;
      lines[l++] = slot;
    }
    this.fills.put(slot, fills);
    this.lines.put(slot, lines);
  }
}
