// The program under test: started on a port and a data folder of its own, and surely stopped again.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PATH = process.env.LABELWRIGHT_PROGRAM ?? join(import.meta.dirname, "../../../target/debug/labelwright-under-test");

/** One run of the server on a data folder; resolves once it serves. */
function serve(data, listen, worker) {
  // Settings of whoever runs the tests must not reach the program.
  const foreign = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LABELWRIGHT_")));
  const child = spawn(PATH, ["serve", "--listen", listen, ...(worker ? [] : ["--no-worker"])], {
    cwd: data,
    env: { ...foreign, LABELWRIGHT_DATA: data, LABELWRIGHT_LOG: "warn" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const run = { output: "", told: "", kill };
  child.stderr.on("data", (chunk) => (run.told += chunk));
  run.started = new Promise((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      run.output += chunk;
      const url = /serves on (http:\S+)/.exec(run.output)?.[1];
      if (url && run.output.includes("Stop: Ctrl-C")) resolve(url);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the program ended with ${code} before it served:\n${run.output}${run.told}`)));
  });
  run.stop = async () => {
    child.kill("SIGTERM");
    const late = setTimeout(kill, 10_000);
    await ended;
    clearTimeout(late);
    process.off("exit", kill);
  };
  return run;
}

/** Starts the server on an empty data folder; resolves once it serves and has printed the one-time link of the first account. A worker trains models. */
export async function startProgram({ worker = false } = {}) {
  if (!existsSync(PATH)) throw new Error(`${PATH} is missing: build it with 'cargo build -p labelwright-tests', or name another one in LABELWRIGHT_PROGRAM`);
  const data = mkdtempSync(join(tmpdir(), "labelwright-browser-"));
  let run = serve(data, "127.0.0.1:0", worker);
  try {
    const url = await run.started;
    const link = /(http:\S+\/welcome\/\S+)/.exec(run.output)?.[1];
    if (!link) throw new Error(`the program printed no link for the first account:\n${run.output}`);
    return {
      url,
      link,
      data,
      log: () => run.told,
      /** Stops it and keeps its data, for `resume` to start it at the same place again. */
      pause: () => run.stop(),
      async resume() {
        run = serve(data, new URL(url).host, worker);
        await run.started;
      },
      async stop() {
        await run.stop();
        rmSync(data, { recursive: true, force: true });
      },
    };
  } catch (error) {
    run.kill();
    rmSync(data, { recursive: true, force: true });
    throw error;
  }
}
