/** Small pieces that several parts of the side panel share. */
import type { IconNode } from "lucide";
import type { Editor } from "../editor";
import { type Item, VOID } from "../model/shape";
import { colorOf } from "../render/looks";
import { h, icon } from "./dom";

export const ROW = 30;

/** Colours a swatch as a class. */
export function paintClass(swatch: HTMLElement, editor: Editor, cls: number): void {
  swatch.classList.toggle("void", cls === VOID);
  swatch.style.backgroundColor = cls === VOID ? "" : editor.classes.value.get(cls).color;
}

/** Colours a swatch as an object is drawn. */
export function paintItem(swatch: HTMLElement, editor: Editor, item: Item): void {
  swatch.classList.toggle("void", item.class === VOID);
  swatch.style.backgroundColor = item.class === VOID ? "" : `rgb(${colorOf(editor, item).join()})`;
}

export function heading(text: string, ...notes: (string | HTMLElement)[]): HTMLElement {
  return h("h2", { class: "section" }, h("span", {}, text), h("span", { class: "section-notes" }, ...notes));
}

/** Gives a button another icon and name when its state changed. */
export function setIcon(button: Element | undefined, node: IconNode, label: string, set: boolean): void {
  if (!button) return;
  button.classList.toggle("set", set);
  if (button.getAttribute("aria-label") === label) return;
  button.setAttribute("aria-label", label);
  button.setAttribute("title", label);
  button.replaceChildren(icon(node, 15));
}

/** 'just now', '5 min ago', '14:05', '3 Nov'. */
export function ago(ms: number, now: number): string {
  const minutes = Math.floor((now - ms) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const date = new Date(ms);
  const today = new Date(now).toDateString() === date.toDateString();
  return today ? date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" }) : date.toLocaleDateString(undefined, { day: "numeric", month: "short" });
}
