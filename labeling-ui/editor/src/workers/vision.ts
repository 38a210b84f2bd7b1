/** The worker that looks at the picture's pixels, so that the page stays smooth meanwhile. */
import { answer } from "./answer";
import type { Pixels } from "./pixels";
import type { FromWorker, ToWorker } from "./protocol";

/** Larger pictures are looked at in a smaller size: 64 MB of pixels is enough. */
const MOST = 16 << 20;

let picture: { pixels: Pixels; width: number; height: number } | null = null;

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "image") {
    picture = { pixels: read(data.bitmap), width: data.width, height: data.height };
    data.bitmap.close();
    return;
  }
  const began = performance.now();
  try {
    if (!picture) throw new Error("there is no picture");
    const result = answer(picture.pixels, picture.width, picture.height, data.question);
    post({ id: data.id, answer: result, milliseconds: performance.now() - began });
  } catch (error) {
    post({ id: data.id, error: error instanceof Error ? error.message : String(error) });
  }
});

function read(bitmap: ImageBitmap): Pixels {
  const shrink = Math.min(1, Math.sqrt(MOST / (bitmap.width * bitmap.height)));
  const width = Math.max(1, Math.floor(bitmap.width * shrink));
  const height = Math.max(1, Math.floor(bitmap.height * shrink));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("the browser gave no 2D canvas");
  context.drawImage(bitmap, 0, 0, width, height);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

function post(message: FromWorker): void {
  const answer = "answer" in message ? message.answer : null;
  const arrays = answer === null ? [] : ArrayBuffer.isView(answer) ? [answer] : Object.values(answer).filter(ArrayBuffer.isView);
  (self as unknown as { postMessage(message: unknown, transfer: Transferable[]): void }).postMessage(message, arrays.map((array) => array.buffer as ArrayBuffer));
}
