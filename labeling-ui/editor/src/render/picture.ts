/** The image's pixels on the GPU: one bitmap cut to what the GPU takes, or tiles of a pyramid fetched as they come into sight. */
import { type Rect } from "../model/geometry";
import type { Size } from "../model/view";
import { texture } from "./gl";
import { type TileKey, Pyramid } from "./pyramid";
import { TileLoader } from "./tile_loader";

/** A texture and where its pixels lie in the image. */
export interface Quad {
  readonly rect: Rect;
  readonly image: WebGLTexture;
}

/** What the editor shows: the whole image as one bitmap, or a pyramid of tiles. */
export type ImageSource =
  | { readonly type: "whole"; readonly bitmap: ImageBitmap }
  | { readonly type: "tiles"; readonly url: (tile: TileKey) => string; readonly side: number; readonly levels: number; /** The coarsest level, for the minimap and figures of the whole. */ readonly bitmap: ImageBitmap };

export interface Picture {
  /** What to draw for a part of the image at so many device pixels an image pixel, coarse first. */
  quads(seen: Rect, zoom: number): readonly Quad[];
  dispose(): void;
}

export function makePicture(gl: WebGL2RenderingContext, source: ImageSource, size: Size, onTile: () => void): Picture {
  return source.type === "whole" ? new WholePicture(gl, source.bitmap, size) : new TiledPicture(gl, source, size, onTile);
}

function upload(gl: WebGL2RenderingContext, pixels: ImageBitmap | ImageData): WebGLTexture {
  const made = texture(gl, gl.LINEAR_MIPMAP_LINEAR, gl.NEAREST);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  gl.generateMipmap(gl.TEXTURE_2D);
  return made;
}

class WholePicture implements Picture {
  private readonly all: readonly Quad[];

  /** @param size the image's size in its own pixels; the bitmap may have been made smaller for display. */
  constructor(private readonly gl: WebGL2RenderingContext, bitmap: ImageBitmap, { width, height }: Size) {
    const side = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
    const all: Quad[] = [];
    gl.activeTexture(gl.TEXTURE0);
    for (let y0 = 0; y0 < height; y0 += side) {
      for (let x0 = 0; x0 < width; x0 += side) {
        const rect = { x0, y0, x1: Math.min(width, x0 + side), y1: Math.min(height, y0 + side) };
        all.push({ rect, image: upload(gl, width <= side && height <= side ? bitmap : cut(bitmap, rect, width, height)) });
      }
    }
    this.all = all;
  }

  quads(): readonly Quad[] {
    return this.all;
  }

  dispose(): void {
    for (const { image } of this.all) this.gl.deleteTexture(image);
  }
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

class TiledPicture implements Picture {
  private readonly pyramid: Pyramid<WebGLTexture>;
  private readonly loader: TileLoader;
  private readonly whole: Quad;

  constructor(private readonly gl: WebGL2RenderingContext, source: ImageSource & { type: "tiles" }, size: Size, onTile: () => void) {
    this.pyramid = new Pyramid(size, source.side, source.levels, (image) => gl.deleteTexture(image));
    gl.activeTexture(gl.TEXTURE0);
    this.whole = { rect: { x0: 0, y0: 0, x1: size.width, y1: size.height }, image: upload(gl, source.bitmap) };
    this.loader = new TileLoader(source.url, (tile, bitmap) => {
      gl.activeTexture(gl.TEXTURE0);
      // With mipmaps, a third more than the pixels alone.
      this.pyramid.add(tile, upload(gl, bitmap), Math.ceil((bitmap.width * bitmap.height * 16) / 3));
      bitmap.close();
      onTile();
    });
  }

  quads(seen: Rect, zoom: number): readonly Quad[] {
    const { draw, wanted } = this.pyramid.look(seen, zoom);
    this.loader.want(wanted);
    return [this.whole, ...draw.map(({ tile, value }) => ({ rect: this.pyramid.rectOf(tile), image: value }))];
  }

  dispose(): void {
    this.loader.stop();
    this.pyramid.clear();
    this.gl.deleteTexture(this.whole.image);
  }
}
