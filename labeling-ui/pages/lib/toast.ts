// Passing messages in the corner. One message can be kept for the page that is loaded next.
import type { Problem } from "./api";
import { make, one } from "./dom";

type Tone = "ok" | "bad";
const key = "labelwright-toast";

export function toast(tone: Tone, text: string, detail = ""): void {
  const place = one("toasts");
  if (!place) return;
  const box = make("div", `notice ${tone}`);
  if (tone === "bad") box.setAttribute("role", "alert");
  const words = make("div");
  words.append(make("p", "", text));
  if (detail) words.append(make("p", "detail", detail));
  const close = make("button", "btn quiet small square", "×");
  close.type = "button";
  close.setAttribute("aria-label", "Close this message");
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  place.append(box);
  // An error stays until it was read; a confirmation may go by itself.
  if (tone === "ok") setTimeout(() => box.remove(), 6000);
  while (place.children.length > 3) place.firstElementChild?.remove();
}

export function toastProblem(problem: Problem): void {
  toast("bad", problem.title, problem.detail);
}

/** Loads the page again and says this on it. */
export function reloadWith(text: string): void {
  try {
    if (text) sessionStorage.setItem(key, text);
  } catch {
    // The page is loaded all the same.
  }
  location.reload();
}

export function announceStored(): void {
  try {
    const text = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    if (text) toast("ok", text);
  } catch {
    // Without storage there is nothing to say.
  }
}
