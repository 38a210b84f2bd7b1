/** The image and its label map as textures; one tile unless the image is larger than the GPU's largest texture. */
import { type Rect, intersect, isEmpty } from "../model/geometry";
import { texture } from "./gl";
import type { LabelMap } from "./labelmap";

export interface Tile {
  readonly rect: Rect;
  readonly image: WebGLTexture;
  labels: WebGLTexture | null;
}

/** @param width the image's size in its own pixels; the bitmap may have been made smaller for display. */
export function makeTiles(gl: WebGL2RenderingContext, bitmap: ImageBitmap, width: number, height: number): Tile[] {
  const side = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
  const tiles: Tile[] = [];
  for (let y0 = 0; y0 < height; y0 += side) {
    for (let x0 = 0; x0 < width; x0 += side) {
      const rect = { x0, y0, x1: Math.min(width, x0 + side), y1: Math.min(height, y0 + side) };
      const image = texture(gl, gl.LINEAR_MIPMAP_LINEAR, gl.NEAREST);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, width <= side && height <= side ? bitmap : cut(bitmap, rect, width, height));
      gl.generateMipmap(gl.TEXTURE_2D);
      tiles.push({ rect, image, labels: null });
    }
  }
  return tiles;
}

function cut(bitmap: ImageBitmap, rect: Rect, width: number, height: number): ImageData {
  const [sx, sy] = [bitmap.width / width, bitmap.height / height];
  const w = Math.max(1, Math.round((rect.x1 - rect.x0) * sx));
  const h = Math.max(1, Math.round((rect.y1 - rect.y0) * sy));
  const context = new OffscreenCanvas(w, h).getContext("2d");
  if (!context) throw new Error("the browser gave no 2D canvas");
  context.drawImage(bitmap, rect.x0 * sx, rect.y0 * sy, w, h, 0, 0, w, h);
  return context.getImageData(0, 0, w, h);
}

/** Copies a rectangle of the label map to the tiles it touches. */
export function uploadLabels(gl: WebGL2RenderingContext, tiles: readonly Tile[], map: LabelMap, dirty: Rect): void {
  for (const tile of tiles) {
    const fresh = !tile.labels;
    if (!tile.labels) {
      tile.labels = texture(gl, gl.NEAREST, gl.NEAREST);
      gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R16UI, tile.rect.x1 - tile.rect.x0, tile.rect.y1 - tile.rect.y0);
    }
    const part = fresh ? tile.rect : intersect(dirty, tile.rect);
    if (isEmpty(part)) continue;
    gl.bindTexture(gl.TEXTURE_2D, tile.labels);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, map.width);
    const [w, h] = [part.x1 - part.x0, part.y1 - part.y0];
    gl.texSubImage2D(gl.TEXTURE_2D, 0, part.x0 - tile.rect.x0, part.y0 - tile.rect.y0, w, h, gl.RED_INTEGER, gl.UNSIGNED_SHORT, map.slots, part.y0 * map.width + part.x0);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
  }
}

export function deleteTiles(gl: WebGL2RenderingContext, tiles: readonly Tile[]): void {
  for (const tile of tiles) {
    gl.deleteTexture(tile.image);
    gl.deleteTexture(tile.labels);
  }
}
