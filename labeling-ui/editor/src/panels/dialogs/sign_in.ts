/** The sign-in expired: signing in again in a small window, while the work stays where it is. */
import { effect } from "@preact/signals-core";
import type { Session } from "../../sync/session";
import { h, setText } from "../dom";
import { dialog } from "./dialog";

export function signInDialog(session: Session): void {
  let popup: Window | null = null;
  const text = h("p", { class: "muted" });
  const open = h("button", { type: "button", class: "button primary", autofocus: true, onclick: () => {
    popup = window.open("/sign-in", "labelwright-sign-in", "popup,width=480,height=640");
    // A browser that opens no windows for pages opens a tab for a person.
    if (!popup) setText(text, "The browser held the window back. Open the sign-in page in another tab; this page notices by itself.");
  } }, "Sign in");
  const made = dialog("Your sign-in has expired", "",
    h("h2", {}, "Your sign-in has expired"), text,
    h("div", { class: "dialog-foot" },
      h("button", { type: "button", class: "button", onclick: () => made.close() }, "Keep working"),
      h("a", { class: "button", href: "/sign-in", target: "_blank", rel: "noopener" }, "In another tab"), open));
  const stop = effect(() => {
    const stranger = session.stranger.value;
    const person = session.person.value;
    if (stranger && person) setText(text, `${stranger.name} is signed in now, and this work is ${person.name}'s. It waits on this computer until ${person.name} signs in.`);
    else setText(text, "Nothing is lost: what you drew and what you handed in is kept on this computer, and is sent as soon as you are signed in again. You can also go on working.");
    if (!session.expired.value && !stranger) {
      popup?.close();
      made.close();
    }
  });
  made.addEventListener("close", () => queueMicrotask(() => stop()));
}
