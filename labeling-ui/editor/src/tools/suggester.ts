/**
 * Where proposals come from: the server's model where it is offered, else the picture alone, in the browser.
 *
 * `POST /api/v1/tasks/{task}/suggest` with
 *
 *     { "points": [{ "x": 512.4, "y": 300.1, "inside": true }, …], "box": [left, top, right, bottom] | null, "class": 2 }
 *
 * in pixels of the image, all points that were clicked so far in their order. The answer is
 *
 *     { "mask": { "size": [height, width], "counts": [n, n, …] } | null, "confidence": 0.93 }
 *
 * with the mask run-length coded as in shapes; null when nothing stands out. Errors are problem+JSON. The task's bundle names
 * "suggest" among its `offers`; a server that fails or takes longer than `PATIENCE` loses its turn to the browser.
 */
import type { Editor } from "../editor";
import type { Rect } from "../model/geometry";
import { type Mask, maskFromCounts } from "../model/runs";
import type { Click } from "../workers/suggest";

export type Suggester = (clicks: readonly Click[], box: Rect | null) => Promise<Mask | null>;

const PATIENCE = 2000;

/** Proposals from the picture's colours and edges alone. */
export function fromPicture(editor: Editor): Suggester {
  return async (clicks, box) => {
    const { width, height } = editor.imageSize;
    const runs = await editor.vision.ask({ type: "suggest", clicks, box });
    return runs && { width, height, runs };
  };
}

/** Proposals from the server's model, and from the picture where the server has none. */
export function fromServer(editor: Editor, task: string): Suggester {
  const picture = fromPicture(editor);
  return async (clicks, box) => {
    const { width, height } = editor.imageSize;
    try {
      const response = await fetch(`/api/v1/tasks/${task}/suggest`, {
        method: "POST",
        credentials: "same-origin",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ points: clicks, box: box && [box.x0, box.y0, box.x1, box.y1], class: editor.currentClass.value }),
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (!response.ok) return await picture(clicks, box);
      const { mask } = (await response.json()) as { mask: { size: [number, number]; counts: number[] } | null };
      if (!mask) return null;
      return mask.size[0] === height && mask.size[1] === width ? maskFromCounts(width, height, mask.counts) : await picture(clicks, box);
    } catch {
      return picture(clicks, box);
    }
  };
}
