// Writes static/icons.svg: the Lucide icons that the pages use, as one sprite. Run by hand after changing the list: node icons.mjs
import { writeFileSync, copyFileSync } from "node:fs";
import { join } from "node:path";

const names = [
  "activity", "archive", "arrow-left", "brain-circuit", "check", "chevron-down", "chevron-left", "chevron-right", "circle-check", "circle-pause", "clock",
  "copy", "download", "eye", "folder", "images", "image-up", "key-round", "layout-dashboard", "list-checks", "log-out", "monitor", "moon", "pause",
  "pencil", "play", "plus", "rotate-ccw", "search", "settings", "sliders-horizontal", "square", "square-pen", "sun", "trash", "triangle-alert", "undo-2", "user-plus", "users",
  "wand-sparkles", "x",
];

const lucide = join(import.meta.dirname, "node_modules/lucide");
const symbols = [];
for (const name of names) {
  const { default: nodes } = await import(join(lucide, "dist/esm/icons", `${name}.mjs`));
  const inner = nodes.map(([tag, attributes]) => `<${tag} ${Object.entries(attributes).map(([k, v]) => `${k}="${v}"`).join(" ")}/>`).join("");
  symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`);
}
const sprite = `<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide icons, ISC licence: see ICONS-LICENSE -->\n${symbols.join("\n")}\n</svg>\n`;
writeFileSync(join(import.meta.dirname, "../static/icons.svg"), sprite);
copyFileSync(join(lucide, "LICENSE"), join(import.meta.dirname, "../static/ICONS-LICENSE"));
