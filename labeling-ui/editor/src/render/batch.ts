/** Polygons and outlines of many shapes in two vertex buffers, filled anew only when a geometry or the order changed. */
import { vertexArray } from "./gl";
import type { Drawn } from "./scene";
import { tessellate } from "./tessellate";

export class Batch {
  private readonly fills;
  private readonly lines;
  private corners = 0;
  private segments = 0;
  private key: readonly (readonly [object, number])[] = [];

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.fills = vertexArray(gl, [{ size: 2, offset: 0 }, { size: 1, offset: 2 }], 3, 0);
    this.lines = vertexArray(gl, [{ size: 2, offset: 0 }, { size: 2, offset: 2 }, { size: 2, offset: 4 }], 6, 1);
  }

  /** @param outlines whether masks are drawn by their outline; otherwise the label map shows them. */
  set(shapes: readonly Drawn[], slotOf: (id: number) => number, outlines: boolean): void {
    const drawn = shapes.filter(({ item }) => item.geometry.type !== "tag" && (outlines || item.geometry.type !== "mask"));
    const key = drawn.map(({ item }) => [item.geometry, slotOf(item.id)] as const);
    if (key.length === this.key.length && key.every(([geometry, slot], i) => this.key[i]?.[0] === geometry && this.key[i]?.[1] === slot)) return;
    this.key = key;
    const tessellations = drawn.map(({ item }) => ({ ...tessellate(item.geometry), slot: slotOf(item.id), filled: item.geometry.type !== "box" }));
    this.corners = tessellations.reduce((sum, { triangles, filled }) => sum + (filled ? triangles.length / 2 : 0), 0);
    this.segments = tessellations.reduce((sum, { segments }) => sum + segments.length / 5, 0);
    const fills = new Float32Array(this.corners * 3);
    const lines = new Float32Array(this.segments * 6);
    let f = 0;
    let l = 0;
    for (const { triangles, segments, slot, filled } of tessellations) {
      for (let i = 0; filled && i < triangles.length; i += 2) {
        fills[f++] = triangles[i] ?? 0;
        fills[f++] = triangles[i + 1] ?? 0;
        fills[f++] = slot;
      }
      for (let i = 0; i < segments.length; i += 5) {
        for (let k = 0; k < 5; k++) lines[l++] = segments[i + k] ?? 0;
        lines[l++] = slot;
      }
    }
    this.upload(this.fills.buffer, fills);
    this.upload(this.lines.buffer, lines);
  }

  drawFills(): void {
    if (this.corners === 0) return;
    this.gl.bindVertexArray(this.fills.array);
    this.gl.drawArrays(this.gl.TRIANGLES, 0, this.corners);
  }

  drawLines(): void {
    if (this.segments === 0) return;
    this.gl.bindVertexArray(this.lines.array);
    this.gl.drawArraysInstanced(this.gl.TRIANGLE_STRIP, 0, 4, this.segments);
  }

  private upload(buffer: WebGLBuffer, data: Float32Array): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, data, this.gl.DYNAMIC_DRAW);
  }
}
