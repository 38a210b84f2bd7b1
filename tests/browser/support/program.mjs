// The program under test: started on a port and a data folder of its own, and surely stopped again.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PATH = process.env.LABELWRIGHT_PROGRAM ?? join(import.meta.dirname, "../../../target/debug/labelwright-under-test");

/** Starts the server on an empty data folder; resolves once it serves and has printed the one-time link of the first account. */
export async function startProgram() {
  if (!existsSync(PATH)) throw new Error(`${PATH} is missing: build it with 'cargo build -p labelwright-tests', or name another one in LABELWRIGHT_PROGRAM`);
  const data = mkdtempSync(join(tmpdir(), "labelwright-browser-"));
  // Settings of whoever runs the tests must not reach the program.
  const foreign = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LABELWRIGHT_")));
  const child = spawn(PATH, ["serve", "--listen", "127.0.0.1:0", "--no-worker"], {
    cwd: data,
    env: { ...foreign, LABELWRIGHT_DATA: data, LABELWRIGHT_LOG: "warn" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let output = "";
  let told = "";
  child.stderr.on("data", (chunk) => (told += chunk));
  const started = new Promise((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      output += chunk;
      const url = /serves on (http:\S+)/.exec(output)?.[1];
      const link = /(http:\S+\/welcome\/\S+)/.exec(output)?.[1];
      if (url && link && output.includes("Stop: Ctrl-C")) resolve({ url, link });
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the program ended with ${code} before it served:\n${output}${told}`)));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    const late = setTimeout(kill, 10_000);
    await ended;
    clearTimeout(late);
    process.off("exit", kill);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    return { ...(await started), data, stop, log: () => told };
  } catch (error) {
    kill();
    rmSync(data, { recursive: true, force: true });
    throw error;
  }
}
