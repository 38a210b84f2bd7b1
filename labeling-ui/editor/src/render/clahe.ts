/**
 * Contrast limited adaptive histogram equalisation: for each of 8 × 8 tiles of the image a table from gray to gray, which
 * the shader mixes between neighbours. Histograms are cut at a few times their mean and the rest spread evenly, so that
 * noise in flat regions is not blown up.
 */
export const TILES = 8;

/** @param gray one byte a pixel. @param limit how many times the mean a gray value may count. @returns 256 bytes a tile, row by row. */
export function equalise(gray: Uint8Array, width: number, height: number, limit = 3): Uint8Array {
  const out = new Uint8Array(TILES * TILES * 256);
  for (let row = 0; row < TILES; row++) {
    for (let column = 0; column < TILES; column++) {
      const [y0, y1] = [Math.floor((row * height) / TILES), Math.max(1, Math.floor(((row + 1) * height) / TILES))];
      const [x0, x1] = [Math.floor((column * width) / TILES), Math.max(1, Math.floor(((column + 1) * width) / TILES))];
      const counts = new Float64Array(256);
      for (let y = Math.min(y0, height - 1); y < y1; y++) for (let x = Math.min(x0, width - 1); x < x1; x++) counts[gray[y * width + x] ?? 0]!++;
      out.set(tableOf(counts, limit), (row * TILES + column) * 256);
    }
  }
  return out;
}

function tableOf(counts: Float64Array, limit: number): Uint8Array {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const most = Math.max(1, (limit * total) / 256);
  let excess = 0;
  for (let v = 0; v < 256; v++) {
    const over = Math.max(0, (counts[v] ?? 0) - most);
    excess += over;
    counts[v]! -= over;
  }
  const table = new Uint8Array(256);
  let sum = 0;
  for (let v = 0; v < 256; v++) {
    const count = (counts[v] ?? 0) + excess / 256;
    // In the middle of its step, so that an even histogram changes nothing.
    table[v] = Math.round((255 * (sum + count / 2)) / Math.max(1, total));
    sum += count;
  }
  return table;
}

/** Gray values of a bitmap, made smaller so that it takes milliseconds. */
export function grayOf(bitmap: ImageBitmap, most = 768): { gray: Uint8Array; width: number; height: number } {
  const scale = Math.min(1, most / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale))];
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) return { gray: new Uint8Array(width * height), width, height };
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const gray = new Uint8Array(width * height);
  for (let i = 0; i < gray.length; i++) gray[i] = Math.round(0.299 * (data[4 * i] ?? 0) + 0.587 * (data[4 * i + 1] ?? 0) + 0.114 * (data[4 * i + 2] ?? 0));
  return { gray, width, height };
}
