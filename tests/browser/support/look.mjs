// Pages looked at in both themes and two sizes, by axe-core and for people: the pictures stay in tests/artefacts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { axe } from "./browser.mjs";

export const ARTEFACTS = join(import.meta.dirname, "../../artefacts");
export const SIZES = [{ width: 1440, height: 900 }, { width: 1024, height: 768 }];
const THEMES = ["light", "dark"];
/** Rules about contrast and colour; the others hold in every theme alike. */
const COLOURS = ["color-contrast", "link-in-text-block"];

const axeSource = readFileSync(axe(), "utf8");

/** The barriers on a page, worst kinds only. */
async function barriers(page, only = null) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate((only) => globalThis.axe.run(document, only ? { runOnly: { type: "rule", values: only } } : {}), only);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map((node) => node.target.join(" ")).join(" | ")}`);
}

/** Pictures of a page as it stands, in every theme and size, with what axe says. */
export async function look(page, name, { themes = THEMES } = {}) {
  const found = [];
  for (const theme of themes) {
    await page.evaluate((theme) => {
      localStorage.setItem("labelwright-theme", theme);
      dispatchEvent(new Event("labelwright-theme"));
    }, theme);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) found.push(`${size.width} wide: the page is ${wide} pixels wider than the screen`);
      await page.screenshot({ path: join(ARTEFACTS, `${name}-${theme}-${size.width}.png`) });
    }
    found.push(...(await barriers(page, theme === themes[0] ? null : COLOURS)).map((text) => `${theme}: ${text}`));
  }
  return found;
}
