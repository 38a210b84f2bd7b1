/** Answers the page's questions about the picture; knows nothing of workers, so that tests can ask too. */
import { flood } from "./flood";
import { livewire } from "./livewire";
import { type Pixels, runsOf } from "./pixels";
import type { Answers, Question } from "./protocol";
import { stretches, superpixels } from "./slic";
import { suggest } from "./suggest";

/** @param pixels the picture, perhaps smaller than the image of `width` × `height` that it shows. */
export function answer(pixels: Pixels, width: number, height: number, question: Question): Answers[keyof Answers] {
  const scale = pixels.width / width;
  switch (question.type) {
    case "flood":
      return runsOf(flood(pixels, Math.floor(question.at[0] * scale), Math.floor(question.at[1] * scale), question.tolerance), pixels, width, height);
    case "wire":
      return { ...livewire(pixels, question.at[0] * scale, question.at[1] * scale, Math.ceil(question.reach * scale), Math.round(question.settle * scale)), scale };
    case "superpixels": {
      const made = superpixels(pixels, Math.max(4, question.size * scale));
      return { width: made.width, height: made.height, scale, labels: made.labels, ...stretches(made) };
    }
    case "suggest": {
      const box = question.box && { x0: question.box.x0 * scale, y0: question.box.y0 * scale, x1: question.box.x1 * scale, y1: question.box.y1 * scale };
      const found = suggest(pixels, question.clicks.map(({ x, y, inside }) => ({ x: x * scale, y: y * scale, inside })), box);
      if (!found) return null;
      const whole = new Uint8Array(pixels.width * pixels.height);
      const w = found.rect.x1 - found.rect.x0;
      for (let y = found.rect.y0; y < found.rect.y1; y++) whole.set(found.bitmap.subarray((y - found.rect.y0) * w, (y - found.rect.y0 + 1) * w), y * pixels.width + found.rect.x0);
      return runsOf(whole, pixels, width, height);
    }
  }
}
