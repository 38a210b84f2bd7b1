/** What a person set and wants to find again: kept in this browser. */
export type Theme = "dark" | "light";

export interface Settings {
  readonly brushSize: number;
  readonly opacity: number;
  readonly snap: boolean;
  readonly outlines: boolean;
  readonly colorBy: "class" | "instance";
  readonly theme: Theme;
}

const KEY = "labelwright-editor";
const DEFAULTS: Settings = { brushSize: 24, opacity: 0.28, snap: true, outlines: false, colorBy: "class", theme: "dark" };

export function loadSettings(): Settings {
  const stored = readStored<Partial<Settings>>(KEY) ?? {};
  const inRange = (value: unknown, min: number, max: number, otherwise: number) => (typeof value === "number" && value >= min && value <= max ? value : otherwise);
  return {
    brushSize: inRange(stored.brushSize, 1, 400, DEFAULTS.brushSize),
    opacity: inRange(stored.opacity, 0, 1, DEFAULTS.opacity),
    snap: stored.snap ?? DEFAULTS.snap,
    outlines: stored.outlines === true,
    colorBy: stored.colorBy === "instance" ? "instance" : "class",
    theme: stored.theme === "light" ? "light" : "dark",
  };
}

export function saveSettings(settings: Settings): void {
  writeStored(KEY, settings);
}

/** Something kept in this browser, or null. */
export function readStored<T>(key: string): T | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return typeof value === "object" ? (value as T | null) : null;
  } catch {
    // Storage may be forbidden or hold something else; the defaults always work.
    return null;
  }
}

export function writeStored(key: string, value: object): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Without storage the settings last as long as the page.
  }
}
