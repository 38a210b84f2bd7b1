// A stand-in for the server, to try the editor in a browser: node editor/dev/mock.mjs [port]
// Serves static/, the editor's page, and an API of a few tasks that forgets everything at the end.
import { createServer } from "node:http";
import { readFileSync, existsSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { extname, join, normalize } from "node:path";
import { drawNuclei, nuclei, outline } from "./picture.mjs";

const STATIC = join(import.meta.dirname, "../../../static");
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".json": "application/json", ".map": "application/json", ".png": "image/png" };
const CSP = "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; worker-src 'self' blob:";
const PROJECT = "018f0000-0000-7000-8000-000000000001";
const CLASSES = [
  { index: 1, name: "nucleus", color: "#4cc38a", kind: "thing" },
  { index: 2, name: "mitotic", color: "#e0a843", kind: "thing" },
  { index: 3, name: "debris", color: "#f07178", kind: "stuff" },
];
const GUIDE = "Draw every nucleus that lies in the image, also the ones cut by its border.\n\nA nucleus is mitotic when its chromatin is condensed: bright, with a rough outline.\n\nUse void for what can't be told apart, and debris for dirt.";

/** @param sizes [width, height, nuclei] of each image. */
export function startMock({ port = 0, sizes = [[1024, 1024, 34], [1024, 768, 24], [640, 480, 12]], leaseSeconds = 1800 } = {}) {
  const images = sizes.map(([width, height, count], i) => ({ id: randomUUID(), name: `field_${String(412 + i).padStart(4, "0")}.png`, width, height, cells: nuclei(7 + i, width, height, count), file: null }));
  const tasks = images.map((image) => ({ id: randomUUID(), image, state: "waiting", until: 0 }));
  const mock = { tasks, submits: [], skips: [], releases: [], heartbeats: 0, offline: false, answer: null, project: PROJECT };

  const bundle = (task) => {
    task.state = "leased";
    task.until = Date.now() + leaseSeconds * 1000;
    const { cells, file: _, ...image } = task.image;
    const shape = (cell, i, more) => ({ class: i % 7 === 3 ? 2 : 1, type: "polygon", parts: [{ outer: outline(cell, 14 + (i % 5), image.width, image.height, 0.08, i) }], ...more });
    const drawn = Math.floor(cells.length * 0.7);
    return {
      task: { id: task.id, kind: "label", image_id: image.id, lease_until_ms: task.until, lease_seconds: leaseSeconds, priority: 0, attempt: 1 },
      image: { ...image, url: `/images/${image.id}` },
      project: { id: PROJECT, name: "Nuclei, plate 7" },
      classes: CLASSES,
      instructions: GUIDE,
      shapes: cells.slice(0, drawn).map((cell, i) => shape(cell, i, { instance: i + 1 })),
      suggestions: cells.slice(drawn).map((cell, i) => shape(cell, i, { confidence: Math.round((0.97 - 0.06 * i) * 100) / 100 })),
      model: { version: 6, confidence: 0.87 },
      left: tasks.filter((t) => t.state !== "done").length,
    };
  };

  const api = async (method, path, read) => {
    if (mock.answer) return mock.answer;
    if (method === "POST" && path === `/projects/${PROJECT}/tasks/next`) {
      const { except = [] } = await read();
      const free = tasks.filter((t) => !except.includes(t.id));
      const task = free.find((t) => t.state === "leased") ?? free.find((t) => t.state === "waiting");
      return task ? [200, bundle(task)] : [204];
    }
    const [, id, deed] = /^\/tasks\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    const task = tasks.find((t) => t.id === id);
    if (!task) return [404, { title: "No such task", detail: "There is no task with this number." }];
    if (!deed) return [200, bundle(task)];
    if (deed === "heartbeat") {
      mock.heartbeats++;
      task.until = Date.now() + leaseSeconds * 1000;
      return [200, { lease_until_ms: task.until }];
    }
    if (deed === "release") {
      task.state = "waiting";
      mock.releases.push(id);
      return [204];
    }
    task.state = "done";
    (deed === "submit" ? mock.submits : mock.skips).push({ task: id, ...(await read()) });
    return [200, { annotation_id: randomUUID(), revision: 1, repaired: [] }];
  };

  const page = () => {
    const { editor } = JSON.parse(readFileSync(join(STATIC, "build/manifest.json"), "utf8"));
    return `<!doctype html><html lang="en" data-theme="dark"><head><meta charset="utf-8"><title>Label – Nuclei, plate 7</title><meta name="viewport" content="width=device-width,initial-scale=1"><link rel="stylesheet" href="/static/editor.css"></head>
<body class="editor"><div id="editor" data-project="${PROJECT}" data-project-name="Nuclei, plate 7" data-task="" data-back="/projects/${PROJECT}"></div><script type="module" src="/static/build/${editor}"></script></body></html>`;
  };

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://mock");
    const send = (status, type, body) => response.writeHead(status, { "content-type": type, "content-security-policy": CSP }).end(body);
    if (mock.offline && !pathname.startsWith("/static")) return request.socket.destroy();
    const read = async () => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      return JSON.parse(Buffer.concat(chunks).toString() || "{}");
    };
    if (pathname.startsWith("/api/v1/")) {
      const [status, body] = await api(request.method, pathname.slice("/api/v1".length), read);
      return body ? send(status, status < 400 ? "application/json" : "application/problem+json", JSON.stringify(body)) : send(status, "text/plain", "");
    }
    const image = images.find((i) => pathname === `/images/${i.id}`);
    if (image) return send(200, "image/png", (image.file ??= drawNuclei(image.cells, image.width, image.height, 3)));
    const file = normalize(join(STATIC, pathname.slice("/static".length)));
    if (pathname.startsWith("/static/") && file.startsWith(STATIC) && existsSync(file)) return send(200, TYPES[extname(file)] ?? "application/octet-stream", readFileSync(file));
    if (pathname === "/label") return send(200, "text/html; charset=utf-8", page());
    return send(404, "text/plain", "not found");
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(Object.assign(mock, { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }))));
}

if (process.argv[1] === import.meta.filename) {
  const mock = await startMock({ port: Number(process.argv[2] ?? 8099) });
  console.log(`${mock.url}/label`);
}
