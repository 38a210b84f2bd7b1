/** A list that keeps only the rows in sight on the page, however long it is. Arrow keys go from row to row. */
import { h } from "./dom";

export class VirtualList<Entry> {
  readonly element: HTMLElement;
  private readonly inner = h("div", { class: "list-inner" });
  private readonly rows: HTMLElement[] = [];
  private entries: readonly Entry[] = [];

  /** @param make builds an empty row. @param update fills a row for an entry; rows are used again for other entries. */
  constructor(label: string, private readonly rowHeight: number, private readonly make: (entryOf: () => Entry | undefined) => HTMLElement, private readonly update: (row: HTMLElement, entry: Entry) => void) {
    this.element = h("div", { class: "list", role: "group", "aria-label": label }, this.inner);
    this.element.addEventListener("scroll", () => this.render(), { passive: true });
    this.element.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.render()).observe(this.element);
  }

  /** Moves the focus to the row above or below, and to the ends of the list. */
  private key(event: KeyboardEvent): void {
    const from = this.rows.findIndex((row) => row.contains(document.activeElement));
    const first = Math.floor(this.element.scrollTop / this.rowHeight);
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 1);
    const last = this.entries.length - 1;
    const next = { ArrowDown: first + from + 1, ArrowUp: first + from - 1, PageDown: first + from + page, PageUp: first + from - page, Home: 0, End: last }[event.key];
    if (from < 0 || next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const index = Math.max(0, Math.min(last, next));
    this.reveal(index);
    this.render();
    this.rows[index - Math.floor(this.element.scrollTop / this.rowHeight)]?.querySelector("button")?.focus();
  }

  set(entries: readonly Entry[]): void {
    this.entries = entries;
    this.inner.style.height = `${entries.length * this.rowHeight}px`;
    this.render();
  }

  /** Scrolls an entry into sight if it isn't. */
  reveal(index: number): void {
    const top = index * this.rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (index < 0 || clientHeight === 0) return;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.rowHeight > scrollTop + clientHeight) this.element.scrollTop = top + this.rowHeight - clientHeight;
  }

  /** Between which rows a height on the screen lies: 0 above the first one. */
  placeAt(clientY: number): number {
    const y = clientY - this.inner.getBoundingClientRect().top;
    return Math.max(0, Math.min(this.entries.length, Math.round(y / this.rowHeight)));
  }

  private render(): void {
    const first = Math.max(0, Math.floor(this.element.scrollTop / this.rowHeight));
    const count = Math.min(this.entries.length - first, Math.ceil(this.element.clientHeight / this.rowHeight) + 1);
    while (this.rows.length < count) {
      const place = this.rows.length;
      const row = this.make(() => this.entries[Math.floor(this.element.scrollTop / this.rowHeight) + place]);
      this.rows.push(row);
      this.inner.append(row);
    }
    this.rows.forEach((row, place) => {
      const entry = place < count ? this.entries[first + place] : undefined;
      row.hidden = entry === undefined;
      if (entry === undefined) return;
      row.style.transform = `translateY(${(first + place) * this.rowHeight}px)`;
      this.update(row, entry);
    });
  }
}
