// Small helpers around the document. Text from the server only ever becomes text content, never markup.

export function all<E extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): E[] {
  return [...within.querySelectorAll<E>(selector)];
}

export function one<E extends HTMLElement = HTMLElement>(id: string): E | null {
  return document.getElementById(id) as E | null;
}

export function shown(element: HTMLElement | null, visible: boolean): void {
  if (element) element.hidden = !visible;
}

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** The id of the project this page belongs to; empty outside projects. */
export function project(): string {
  return one("main")?.dataset["project"] ?? "";
}

/** Changes the text only when it differs, so that screen readers and selections are left in peace. */
export function setText(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}
