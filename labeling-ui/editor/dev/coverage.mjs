// Which lines of the headless parts (model/, workers/) their tests run: node editor/dev/coverage.mjs
// Each file is turned into JavaScript by itself, so that what is counted are its own lines. Fails below 90 % of the model's.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");
const OUT = join(ROOT, ".tests/lines");
const LEAST = 90;

const sources = readdirSync(join(ROOT, "editor/src"), { recursive: true }).filter((name) => /^(model|workers)\/.*\.ts$/.test(name) && name !== "workers/vision.ts").map((name) => `editor/src/${name}`);
rmSync(OUT, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: sources,
  outbase: "editor/src",
  outdir: OUT,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  define: { REPOSITORY: JSON.stringify(join(ROOT, "..")) },
  plugins: [{
    name: "files of their own",
    setup: ({ onResolve }) => onResolve({ filter: /^\./ }, ({ path, kind }) => (kind === "entry-point" ? undefined : { path: `${path}.mjs`, external: true })),
  }],
});
const tests = readdirSync(OUT, { recursive: true }).filter((name) => name.endsWith(".test.mjs")).map((name) => join(OUT, name));
const run = spawnSync(process.execPath, ["--test", "--experimental-test-coverage", "--test-reporter=lcov", ...tests], { encoding: "utf8", cwd: ROOT, maxBuffer: 1 << 28 });
if (run.status !== 0) {
  console.error("The tests fail: see `npm test`.");
  process.exit(1);
}
const totals = {};
let file = "";
for (const line of run.stdout.split("\n")) {
  const [key, value] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)];
  if (key === "SF") file = relative(OUT, join(ROOT, value).startsWith(OUT) ? join(ROOT, value) : value);
  const wanted = !file.startsWith("..") && !/\.test\.mjs$|testing\.mjs$/.test(file);
  if (!wanted || (key !== "LF" && key !== "LH")) continue;
  const folder = file.split("/")[0];
  const total = (totals[folder] ??= { lines: 0, run: 0, files: {} });
  const entry = (total.files[file] ??= { lines: 0, run: 0 });
  const field = key === "LF" ? "lines" : "run";
  total[field] += Number(value);
  entry[field] += Number(value);
}
const percent = ({ lines, run: hit }) => (100 * hit) / lines;
for (const [folder, total] of Object.entries(totals)) {
  for (const [name, entry] of Object.entries(total.files).sort()) console.log(`${percent(entry).toFixed(1).padStart(6)} %  ${name}`);
  console.log(`${percent(total).toFixed(1).padStart(6)} %  ${folder} together, ${total.run} of ${total.lines} lines\n`);
}
if (!totals.model || percent(totals.model) < LEAST) {
  console.error(`The tests run less than ${LEAST} % of the model's lines.`);
  process.exit(1);
}
