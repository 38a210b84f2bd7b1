// Chromium, and what the tests do in it again and again.
import { once } from "node:events";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../../labeling-ui/package.json", import.meta.url));
const { chromium } = require("playwright-core");

export const axe = () => require.resolve("axe-core/axe.min.js");
export const esbuild = () => require("esbuild");

/** Milliseconds that anything may take before a test fails; generous, for slow machines with other work to do. */
const PATIENCE = 30_000;
export const PASSWORD = "correct horse battery";

/** Software rendering, because WebGL2 is needed and there may be no graphics card. */
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--force-color-profile=srgb"];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** A person's own browser: cookies and storage of nobody else. `faults` collects what the console complains about. */
export async function visitor(browser, { url }, options = {}) {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(PATIENCE);
  const faults = [];
  context.on("console", (message) => {
    // The software renderer warns about its own slowness.
    if (message.type() === "error" || (message.type() === "warning" && !/GPU stall|WebGL/.test(message.text()))) faults.push(`${message.page()?.url()}: ${message.text()}`);
  });
  context.on("weberror", (error) => faults.push(`${error.page()?.url()}: ${error.error().stack}`));
  const page = await context.newPage();
  return { context, page, faults };
}

/** Opens the one-time link and chooses a password with it. */
export async function welcome(page, link) {
  await page.goto(link);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await page.waitForURL("**/projects");
}

export async function signIn(page, login, password = PASSWORD) {
  await page.goto("/sign-in");
  await page.getByLabel("Login").fill(login);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Somebody signed in, in a browser of their own that is closed after the test. */
export async function signedIn(t, browser, program, login) {
  const person = await visitor(browser, program);
  t.after(() => person.context.close());
  await signIn(person.page, login);
  await person.page.waitForURL("**/projects");
  return person;
}

/** Calls the API as the page does, with its session; returns status and JSON. */
export function api(page, method, path, body) {
  return page.evaluate(async ([method, path, body]) => {
    const response = await fetch(`/api/v1${path}`, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text };
  }, [method, path, body]);
}

/** The same, where anything but success is a mistake of the test. */
export async function must(page, method, path, body) {
  const answer = await api(page, method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The sample project, once all its images are in it. */
export async function sampleProject(page) {
  return until("the sample project has its images", async () => {
    const projects = await must(page, "GET", "/projects");
    return (projects.items ?? projects).find((project) => project.images === 24);
  });
}

/** Asks again and again until the answer is something. */
export async function until(what, ask, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await once(AbortSignal.timeout(50), "abort");
  }
}

/** A person with a password, and a role in a project. */
export async function addPerson(manager, project, login, name, role = "annotator") {
  const user = await must(manager, "POST", "/users", { login, name, password: PASSWORD });
  if (project) await must(manager, "PUT", `/projects/${project}/members/${user.id}`, { role });
  return user;
}
