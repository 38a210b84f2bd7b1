// What every page needs: theme switch, account menu, dialogs, buttons that call the API, and times that stay true.
import { wireCalls } from "./lib/calls";
import { wireDialogs } from "./lib/dialogs";
import { left } from "./lib/format";
import { all, shown } from "./lib/dom";
import { announceStored } from "./lib/toast";

const key = "labelwright-theme";

function wireThemes(): void {
  const buttons = all<HTMLButtonElement>("[data-theme-set]");
  const mark = (): void => {
    const theme = read(key) ?? "system";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset["themeSet"] === theme));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      write(key, button.dataset["themeSet"] ?? "system");
      dispatchEvent(new Event(key));
      mark();
    });
  }
  mark();
}

function wireMenus(): void {
  for (const menu of all<HTMLDetailsElement>("[data-menu]")) {
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target as Node)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
  }
}

/** Boxes whose state a person expects to find again, such as whether labels are shown. */
function wireRemembered(): void {
  for (const box of all<HTMLInputElement>("[data-remember]")) {
    const name = `labelwright-${box.dataset["remember"]}`;
    const stored = read(name);
    if (stored !== null) box.checked = stored === "yes";
    box.addEventListener("change", () => write(name, box.checked ? "yes" : "no"));
  }
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Without storage the choice holds for this page only.
  }
}

function tellTimes(): void {
  for (const place of all("[data-until]")) place.textContent = left(Number(place.dataset["until"]), Date.now());
}

wireThemes();
wireMenus();
wireRemembered();
wireDialogs();
wireCalls();
for (const element of all("[data-script]")) shown(element, true);
for (const button of all("[data-back]")) {
  shown(button, history.length > 1);
  button.addEventListener("click", () => history.back());
}
setInterval(tellTimes, 10_000);
announceStored();
