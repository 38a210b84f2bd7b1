/** Fetches what is shown of an image: all of it, or the coarsest tile of its pyramid while the others come as needed. */
import type { ImageSource } from "../render/picture";
import { type TaskBundle, Refused, Unreachable } from "./api";

/** Loads and decodes an image, off the main thread where the browser can. */
export async function loadBitmap(url: string): Promise<ImageBitmap> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin" });
  } catch {
    throw new Unreachable("the image can't be reached");
  }
  if (!response.ok) throw new Refused(response.status, "The image did not load", `The server answered ${response.status}.`, null);
  return createImageBitmap(await response.blob(), { premultiplyAlpha: "none" });
}

export async function loadSource({ image, tiles }: TaskBundle): Promise<ImageSource> {
  if (!tiles) return { type: "whole", bitmap: await loadBitmap(image.url) };
  const url = ({ level, x, y }: { level: number; x: number; y: number }) => `/api/v1/images/${image.id}/tiles/${level}/${x}/${y}`;
  const bitmap = await loadBitmap(url({ level: tiles.levels - 1, x: 0, y: 0 }));
  return { type: "tiles", url, side: tiles.side, levels: tiles.levels, bitmap };
}
