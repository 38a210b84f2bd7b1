// One image: how strongly its label covers it.
import { one } from "./lib/dom";

const strength = one<HTMLInputElement>("strength");
const overlay = one("overlay");
strength?.addEventListener("input", () => {
  if (overlay) overlay.style.opacity = String(Number(strength.value) / 100);
});
