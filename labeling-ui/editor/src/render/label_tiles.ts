/** The label map's tiles as textures. */
import type { Rect } from "../model/geometry";
import { intersect, isEmpty } from "../model/geometry";
import { texture } from "./gl";
import type { LabelMap, LabelTile } from "./labelmap";

export class LabelTextures {
  private readonly made = new Map<LabelTile, WebGLTexture>();

  constructor(private readonly gl: WebGL2RenderingContext) {}

  /** Copies a rectangle of the map to the textures of the tiles it touches. */
  upload(map: LabelMap, dirty: Rect): void {
    if (isEmpty(dirty)) return;
    const { gl } = this;
    for (const tile of map.made(dirty)) {
      const { rect, slots } = tile;
      const [width, height] = [rect.x1 - rect.x0, rect.y1 - rect.y0];
      let labels = this.made.get(tile);
      const fresh = labels === undefined;
      if (!labels) {
        labels = texture(gl, gl.NEAREST, gl.NEAREST);
        gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R16UI, width, height);
        this.made.set(tile, labels);
      }
      const part = fresh ? rect : intersect(dirty, rect);
      gl.bindTexture(gl.TEXTURE_2D, labels);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
      gl.pixelStorei(gl.UNPACK_ROW_LENGTH, width);
      const offset = (part.y0 - rect.y0) * width + part.x0 - rect.x0;
      gl.texSubImage2D(gl.TEXTURE_2D, 0, part.x0 - rect.x0, part.y0 - rect.y0, part.x1 - part.x0, part.y1 - part.y0, gl.RED_INTEGER, gl.UNSIGNED_SHORT, slots, offset);
      gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    }
  }

  /** The textures over a part of the image. */
  *within(seen: Rect): Iterable<{ rect: Rect; labels: WebGLTexture }> {
    for (const [{ rect }, labels] of this.made) if (!isEmpty(intersect(rect, seen))) yield { rect, labels };
  }

  clear(): void {
    for (const labels of this.made.values()) this.gl.deleteTexture(labels);
    this.made.clear();
  }
}
