/** Asks the worker about the picture's pixels. The worker starts, and gets the picture, when it is first needed. */
import type { Size } from "../model/view";
import type { Answers, FromWorker, Question, ToWorker } from "../workers/protocol";

/** The worker's file, put in when the editor is bundled. */
declare const VISION_WORKER: string;

export class Vision {
  private worker: Worker | null = null;
  private bitmap: ImageBitmap | null = null;
  private size: Size = { width: 1, height: 1 };
  private sent: Promise<void> | null = null;
  private next = 1;
  private readonly waiting = new Map<number, { resolve(answer: Answers[keyof Answers]): void; reject(error: Error): void }>();
  /** How long the worker took for its last answer of each kind, in milliseconds. */
  readonly took: Record<string, number> = {};

  /** Another image is shown; questions about the old one are answered with an error. */
  setImage(bitmap: ImageBitmap | null, size: Size): void {
    for (const { reject } of this.waiting.values()) reject(new Error("another image is shown"));
    this.waiting.clear();
    this.bitmap = bitmap;
    this.size = size;
    this.sent = null;
  }

  /** Begins to get ready, for a tool that will ask soon. */
  prepare(): void {
    this.send().catch(() => {});
  }

  async ask<Q extends Question>(question: Q): Promise<Answers[Q["type"]]> {
    await this.send();
    const id = this.next++;
    const answer = new Promise<Answers[keyof Answers]>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.post({ type: "ask", id, question });
    return (await answer) as Answers[Q["type"]];
  }

  private send(): Promise<void> {
    const { bitmap, size } = this;
    if (!bitmap) return Promise.reject(new Error("there is no image"));
    this.sent ??= createImageBitmap(bitmap).then((copy) => {
      if (this.bitmap !== bitmap) throw new Error("another image is shown");
      this.post({ type: "image", bitmap: copy, ...size }, [copy]);
    });
    return this.sent;
  }

  private post(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker ??= this.start();
    this.worker.postMessage(message, transfer);
  }

  private start(): Worker {
    const worker = new Worker(new URL(VISION_WORKER, import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      const asked = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ("error" in data) asked?.reject(new Error(data.error));
      else {
        this.took["last"] = data.milliseconds;
        asked?.resolve(data.answer);
      }
    });
    worker.addEventListener("error", () => {
      for (const { reject } of this.waiting.values()) reject(new Error("the worker stopped"));
      this.waiting.clear();
      this.worker = null;
      this.sent = null;
    });
    return worker;
  }
}
