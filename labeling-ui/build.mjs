// Bundles the editor and the page scripts into ../static/build with hashed names, a manifest, and .br files beside them.
// With --tests it bundles every *.test.ts of both for `node --test` into .tests instead.
import { build } from "esbuild";
import { brotliCompressSync, constants } from "node:zlib";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const here = import.meta.dirname;
const files = (folder, ending) =>
  existsSync(join(here, folder))
    ? readdirSync(join(here, folder), { recursive: true }).filter((name) => name.endsWith(ending)).sort().map((name) => `${folder}/${name}`)
    : [];

async function bundleTests() {
  rmSync(join(here, ".tests"), { recursive: true, force: true });
  await build({
    absWorkingDir: here,
    entryPoints: [...files("editor/src", ".test.ts"), ...files("pages", ".test.ts")],
    outdir: ".tests",
    entryNames: "[name]",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    logLevel: "warning",
    // Bundles lie elsewhere than their sources, so tests find shared files from here.
    define: { REPOSITORY: JSON.stringify(join(here, "..")) },
  });
}

/** How everything for the browser is bundled. */
const SCRIPTS = {
  absWorkingDir: here,
  bundle: true,
  write: false,
  format: "esm",
  target: "es2023",
  minify: true,
  sourcemap: true,
  legalComments: "none",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  logLevel: "warning",
};

async function bundlePages() {
  const pages = files("pages", ".ts").filter((path) => !path.endsWith(".d.ts") && !path.endsWith(".test.ts") && !path.slice("pages/".length).includes("/"));
  const entryPoints = Object.fromEntries([["editor", "editor/src/main.ts"], ...pages.map((path) => [basename(path, ".ts"), path])]);
  const out = join(here, "../static/build");
  // The worker is bundled first, by itself, so that the editor can be told its name.
  const worker = await build({ ...SCRIPTS, entryPoints: { vision: "editor/src/workers/vision.ts" }, outdir: out });
  const workerName = basename(worker.outputFiles.find(({ path }) => path.endsWith(".js")).path);
  const { metafile, outputFiles: pageFiles } = await build({
    define: { VISION_WORKER: JSON.stringify(workerName) },
    ...SCRIPTS,
    entryPoints,
    outdir: out,
    splitting: true,
    metafile: true,
  });
  const outputFiles = [...worker.outputFiles, ...pageFiles];
  const names = new Map(Object.entries(entryPoints).map(([name, path]) => [path, name]));
  const manifest = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    const name = output.entryPoint && names.get(output.entryPoint);
    if (name) manifest[name] = basename(path);
  }
  // Files appear under their final names only when complete, and old ones go last: a server that runs meanwhile never misses one.
  mkdirSync(out, { recursive: true });
  const fresh = new Set(["manifest.json"]);
  for (const file of outputFiles) {
    const name = basename(file.path);
    fresh.add(name);
    put(join(out, name), file.contents);
    if (/\.(js|css)$/.test(name)) {
      fresh.add(`${name}.br`);
      if (!existsSync(join(out, `${name}.br`))) put(join(out, `${name}.br`), compress(file.contents));
    }
  }
  put(join(out, "manifest.json"), `${JSON.stringify(manifest, Object.keys(manifest).sort(), 1)}\n`);
  for (const name of readdirSync(out)) {
    if (!fresh.has(name)) rmSync(join(out, name), { recursive: true });
  }
  if (process.argv.includes("--sizes")) {
    for (const name of [...fresh].sort()) console.log(`${String(statSync(join(out, name)).size).padStart(8)}  ${name}`);
  }
}

function put(path, contents) {
  writeFileSync(`${path}.part`, contents);
  renameSync(`${path}.part`, path);
}

function compress(contents) {
  return brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: contents.length } });
}

await (process.argv.includes("--tests") ? bundleTests() : bundlePages());
