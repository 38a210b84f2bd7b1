// One image: how strongly its label covers it, and its way back to the queue.
import { call } from "./lib/api";
import { busy } from "./lib/calls";
import { one } from "./lib/dom";
import { reloadWith } from "./lib/toast";

const strength = one<HTMLInputElement>("strength");
const overlay = one("overlay");
strength?.addEventListener("input", () => {
  if (overlay) overlay.style.opacity = String(Number(strength.value) / 100);
});

const requeue = one<HTMLButtonElement>("requeue-now");
requeue?.addEventListener("click", async () => {
  const done = await busy(requeue, async () => {
    for (const task of (requeue.dataset["tasks"] ?? "").split(" ")) await call("POST", `/api/v1/tasks/${task}/reclaim`);
    return true;
  });
  one<HTMLDialogElement>("requeue")?.close();
  if (done) reloadWith("The image waits in the queue again.");
});
