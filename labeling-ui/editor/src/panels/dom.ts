/** Builds elements. Text only ever goes in as text, never as HTML. */
import type { IconNode } from "lucide";

type Child = Node | string | null | false;

export function h<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Readonly<Record<string, string | boolean | ((event: Event) => void)>>, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function icon(node: IconNode, size = 18): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { width: size, height: size, viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 1.75, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, String(value));
  for (const [tag, shape] of node) {
    const child = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(shape)) child.setAttribute(name, String(value));
    svg.append(child);
  }
  return svg;
}

export function kbd(keys: string): HTMLElement {
  return h("kbd", {}, keys);
}

/** Sets the text only when it is another, so that nothing is laid out for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element: HTMLElement, visible: boolean): void {
  element.hidden = !visible;
}

/** A square button with an icon; `name` is read out and shown as a tooltip. */
export function iconButton(node: IconNode, name: string, onClick: () => void, size = 18): HTMLButtonElement {
  return h("button", { type: "button", class: "icon-button", title: name, "aria-label": name, onclick: onClick }, icon(node, size));
}
