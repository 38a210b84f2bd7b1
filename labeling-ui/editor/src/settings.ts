/** What a person set and wants to find again: kept in this browser. */
export interface Settings {
  readonly brushSize: number;
  readonly opacity: number;
  readonly snap: boolean;
}

const KEY = "labelwright-editor";
const DEFAULTS: Settings = { brushSize: 24, opacity: 0.28, snap: true };

export function loadSettings(): Settings {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>;
    const inRange = (value: unknown, min: number, max: number, otherwise: number) => (typeof value === "number" && value >= min && value <= max ? value : otherwise);
    return {
      brushSize: inRange(stored.brushSize, 1, 400, DEFAULTS.brushSize),
      opacity: inRange(stored.opacity, 0, 1, DEFAULTS.opacity),
      snap: stored.snap ?? DEFAULTS.snap,
    };
  } catch {
    // Storage may be forbidden or hold something else; the defaults always work.
    return DEFAULTS;
  }
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Without storage the settings last as long as the page.
  }
}
