/** Names of keys, as in 'Ctrl+Shift+Z': how the table, the stored map and the events of the browser write them. */

/** Keys that may need Shift or AltGr on one keyboard and not on another: only the sign counts. */
const SYMBOLS = new Set(["?", "+", "=", "-", "[", "]", ",", ".", "/", "<", ">", ";", "'", "#"]);
const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process", "Unidentified"]);

export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  getModifierState?(name: string): boolean;
}

/** The event's key as it stands in the table; null for a modifier alone. */
export function nameOf(event: Pressed): string | null {
  if (MODIFIERS.has(event.key)) return null;
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const isSymbol = SYMBOLS.has(key);
  const altGr = event.getModifierState?.("AltGraph") ?? false;
  const ctrl = (event.ctrlKey || event.metaKey) && !altGr;
  return `${ctrl ? "Ctrl+" : ""}${event.shiftKey && !isSymbol ? "Shift+" : ""}${event.altKey && !altGr && !isSymbol ? "Alt+" : ""}${key}`;
}

/** Keys that the browser itself answers, whatever a page does with them. */
const BROWSERS = new Set(["Ctrl+W", "Ctrl+T", "Ctrl+N", "Ctrl+Shift+W", "Ctrl+Shift+T", "Ctrl+Shift+N", "Ctrl+Tab", "Ctrl+Shift+Tab", "Alt+F4", "F11", "F12"]);

export function takenByBrowser(name: string): boolean {
  return BROWSERS.has(name);
}

const LABELS: Readonly<Record<string, string>> = {
  Enter: "⏎", Backspace: "⌫", Delete: "Del", Escape: "Esc", PageUp: "PgUp", PageDown: "PgDn", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓",
};

/** Keys as they are shown. */
export function keyLabel(keys: string): string {
  // A plus sign that is itself the key stands at the end.
  const parts = keys.endsWith("+") ? [...keys.slice(0, -1).split("+").filter(Boolean), "+"] : keys.split("+");
  return parts.map((part) => LABELS[part] ?? part).join(" ");
}
