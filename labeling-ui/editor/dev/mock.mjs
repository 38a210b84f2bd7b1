// A stand-in for the server, to try the editor in a browser: node editor/dev/mock.mjs [port]
// Serves static/, the editor's page, pictures drawn on the spot, and the API of mock/api.mjs.
import { createServer } from "node:http";
import { readFileSync, existsSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { makeApi } from "./mock/api.mjs";
import { drawDoubt, drawNuclei, drawTile } from "./picture.mjs";

const STATIC = join(import.meta.dirname, "../../../static");
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".json": "application/json", ".map": "application/json", ".png": "image/png" };
const CSP = "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; worker-src 'self' blob:";
const SIGN_IN = `<!doctype html><html lang="en"><title>Sign in</title><main><h1>Sign in</h1><button>Sign in</button></main><script src="/sign-in.js"></script></html>`;
const SIGN_IN_SCRIPT = `document.querySelector("button").onclick = () => fetch("/api/v1/session", { method: "POST" }).then(() => document.querySelector("h1").textContent = "Signed in");`;

export function startMock({ port = 0, sizes = [[1024, 1024, 34], [1024, 768, 24], [640, 480, 12]], ...options } = {}) {
  const mock = makeApi({ sizes, ...options });

  const page = (theme) => {
    const { editor } = JSON.parse(readFileSync(join(STATIC, "build/manifest.json"), "utf8"));
    return `<!doctype html><html lang="en" data-theme="${theme}"><head><meta charset="utf-8"><title>Label – Nuclei, plate 7</title><meta name="viewport" content="width=device-width,initial-scale=1"><link rel="stylesheet" href="/static/editor.css"></head>
<body class="editor"><div id="editor" data-project="${mock.project}" data-project-name="Nuclei, plate 7" data-task="" data-back="/projects/${mock.project}"></div><script type="module" src="/static/build/${editor}"></script></body></html>`;
  };

  const picture = (pathname) => {
    const image = mock.images.find(({ id }) => pathname.startsWith(`/images/${id}`) || pathname.startsWith(`/api/v1/images/${id}/tiles/`));
    if (!image) return null;
    const [level, x, y] = (/\/tiles\/(\d+)\/(\d+)\/(\d+)$/.exec(pathname) ?? []).slice(1).map(Number);
    if (level !== undefined) return drawTile(image, 512, level, x, y);
    if (pathname.endsWith("/uncertainty.png")) return (image.doubt ??= drawDoubt(image.cells, image.width, image.height));
    return (image.file ??= drawNuclei(image.cells, image.width, image.height, 3));
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
    const image = picture(pathname);
    if (image) return send(200, "image/png", image);
    if (pathname.startsWith("/api/v1/")) {
      const [status, body] = await mock.call(request.method, pathname.slice("/api/v1".length), read);
      return body ? send(status, status < 400 ? "application/json" : "application/problem+json", JSON.stringify(body)) : send(status, "text/plain", "");
    }
    const file = normalize(join(STATIC, pathname.slice("/static".length)));
    if (pathname.startsWith("/static/") && file.startsWith(STATIC) && existsSync(file)) return send(200, TYPES[extname(file)] ?? "application/octet-stream", readFileSync(file));
    if (pathname === "/label") return send(200, "text/html; charset=utf-8", page("dark"));
    if (pathname === "/sign-in") return send(200, "text/html; charset=utf-8", SIGN_IN);
    if (pathname === "/sign-in.js") return send(200, "text/javascript", SIGN_IN_SCRIPT);
    return send(404, "text/plain", "not found");
  });
  const listen = (at) => new Promise((resolve) => server.listen(at, "127.0.0.1", resolve));
  const started = () => Object.assign(mock, {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
    /** Stops as a server does that is shut down, and starts again at the same place. */
    stop: () => new Promise((resolve) => {
      mock.port = server.address().port;
      server.close(resolve);
      server.closeAllConnections();
    }),
    restart: () => listen(mock.port),
  });
  return listen(port).then(started);
}

if (process.argv[1] === import.meta.filename) {
  const mock = await startMock({ port: Number(process.argv[2] ?? 8099) });
  console.log(`${mock.url}/label`);
}
