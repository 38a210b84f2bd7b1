// The stand-in's API: tasks with leases, and everything of sync/contracts.ts. It forgets all of it at the end.
import { randomUUID } from "node:crypto";
import { nuclei, outline } from "../picture.mjs";
import { CLASSES, CLASSES_I18N, GUIDE, GUIDE_I18N, PERSON, PROJECT, someComments } from "./data.mjs";

const ALL = ["draft", "revisions", "comments", "keymap", "instructions", "uncertainty"];

/** @param sizes [width, height, nuclei] of each image; larger than 8192 across they come as tiles. */
export function makeApi({ sizes, leaseSeconds = 1800, offers = ALL, checks = null, i18n = false, manager = true }) {
  const images = sizes.map(([width, height, count], i) => ({ id: randomUUID(), name: `field_${String(412 + i).padStart(4, "0")}.png`, width, height, cells: nuclei(7 + i, width, height, count), file: null }));
  const tasks = images.map((image) => ({ id: randomUUID(), image, state: "waiting", until: 0, revision: 0, revisions: [], shapes: null, comments: someComments(image.width, image.height, Date.now()) }));
  const mock = {
    images, tasks, submits: [], skips: [], releases: [], drafts: [], heartbeats: 0, project: PROJECT,
    /** Tests cut the network, answer everything in one way, or end the sign-in. */
    offline: false, answer: null, signedIn: true, person: PERSON,
    keymap: {}, guide: { text: i18n ? GUIDE_I18N : GUIDE, version: 3 },
  };

  const pyramid = ({ width, height }) => {
    if (Math.max(width, height) <= 8192) return {};
    const side = 512;
    return { tiles: { side, levels: 1 + Math.ceil(Math.log2(Math.max(width, height) / side)) } };
  };
  const bundle = (task) => {
    task.state = "leased";
    task.until = Date.now() + leaseSeconds * 1000;
    const { cells, file: _, ...image } = task.image;
    const points = (i) => (cells.length > 1000 ? 40 : 14 + (i % 5));
    const shape = (cell, i, more) => ({ class: i % 7 === 3 ? 2 : 1, type: "polygon", parts: [{ outer: outline(cell, points(i), image.width, image.height, 0.08, i) }], ...more });
    const drawn = Math.floor(cells.length * 0.7);
    const newest = task.revisions.at(-1);
    return {
      task: { id: task.id, kind: "label", image_id: image.id, lease_until_ms: task.until, lease_seconds: leaseSeconds, priority: 0, attempt: 1 },
      image: { ...image, url: `/images/${image.id}` },
      project: { id: PROJECT, name: "Nuclei, plate 7" },
      classes: i18n ? CLASSES_I18N : CLASSES,
      instructions: mock.guide.text,
      instructions_version: mock.guide.version,
      shapes: newest?.shapes ?? cells.slice(0, drawn).map((cell, i) => shape(cell, i, { instance: i + 1 })),
      suggestions: cells.slice(drawn).map((cell, i) => shape(cell, i, { confidence: Math.round((0.97 - 0.06 * (i % 12)) * 100) / 100 })),
      model: { version: 6, confidence: 0.87 },
      left: tasks.filter((t) => t.state !== "done").length,
      offers,
      ...(checks ? { checks } : {}),
      ...(offers.includes("draft") ? { revision: task.revision, revision_ms: newest?.made_ms ?? Date.now(), revision_device: newest?.device ?? null } : {}),
      ...(offers.includes("uncertainty") ? { uncertainty_url: `/images/${image.id}/uncertainty.png` } : {}),
      can: { edit_instructions: manager },
      ...pyramid(image),
    };
  };

  /** Another device, or another person, made a revision. */
  mock.revise = (task, shapes, more = {}) => {
    task.revision++;
    task.revisions.push({ id: randomUUID(), revision: task.revision, made_ms: Date.now(), author: "Ada", source: "draft", device: "another device", seconds: 60, shapes, ...more });
    return task.revision;
  };
  const stale = (task, body) => {
    const newest = task.revisions.at(-1);
    if (body.base_revision === undefined || body.base_revision >= task.revision || newest?.device === body.device) return null;
    return [409, { type: "revision-conflict", title: "There is newer work", detail: "Another device has newer work on this image.", revision: task.revision, made_ms: newest.made_ms, shapes: newest.shapes }];
  };

  const onTask = async (method, task, deed, id, read) => {
    if (!deed) return [200, bundle(task)];
    if (deed === "heartbeat") {
      mock.heartbeats++;
      task.until = Date.now() + leaseSeconds * 1000;
      return [200, { lease_until_ms: task.until }];
    }
    if (deed === "release") {
      task.state = "waiting";
      mock.releases.push(task.id);
      return [204];
    }
    if (deed === "revisions") {
      const found = task.revisions.find((revision) => revision.id === id);
      if (id) return found ? [200, { shapes: found.shapes }] : [404, { title: "No such revision" }];
      return [200, { items: task.revisions.map(({ shapes, device: _, ...revision }) => ({ ...revision, shapes_count: shapes.length })).reverse() }];
    }
    const body = await read();
    if (deed === "draft") {
      if (!offers.includes("draft")) return [404, { title: "Not found" }];
      const conflict = stale(task, body);
      if (conflict) return conflict;
      mock.drafts.push({ task: task.id, ...body });
      return [200, { revision: mock.revise(task, body.shapes, { device: body.device ?? null, seconds: body.seconds }) }];
    }
    if (deed === "submit") {
      const conflict = stale(task, body);
      if (conflict) return conflict;
      mock.revise(task, body.shapes, { device: body.device ?? null, seconds: body.seconds, source: "submit" });
    }
    task.state = "done";
    (deed === "submit" ? mock.submits : mock.skips).push({ task: task.id, ...body });
    return [200, { annotation_id: randomUUID(), revision: task.revision, repaired: [] }];
  };

  const onComments = async (method, path, read) => {
    const [, image] = /^\/images\/([^/]+)\/comments$/.exec(path) ?? [];
    const task = tasks.find((t) => t.image.id === image);
    const base = () => ({ id: randomUUID(), author: mock.person.name, made_ms: Date.now() });
    if (task && method === "GET") return [200, { items: task.comments }];
    if (task) {
      const { key, at, text } = await read();
      const known = task.comments.find((comment) => comment.key === key);
      if (!known) task.comments.push({ ...base(), key, at, text, resolved: false, replies: [] });
      return [201, known ?? task.comments.at(-1)];
    }
    const [, id, deed] = /^\/comments\/([^/]+)(?:\/(replies))?$/.exec(path) ?? [];
    const comment = tasks.flatMap((t) => t.comments).find((other) => other.id === id);
    if (!comment) return [404, { title: "No such comment", detail: "It may have been taken away." }];
    const body = await read();
    if (deed) comment.replies.push({ ...base(), text: body.text });
    else comment.resolved = body.resolved;
    return [200, comment];
  };

  /** [status, JSON] of a call. */
  mock.call = async (method, path, read) => {
    if (method === "POST" && path === "/session") {
      mock.signedIn = true;
      return [200, mock.person];
    }
    if (mock.answer) return mock.answer;
    if (!mock.signedIn) return [401, { title: "Not signed in", detail: "Sign in first." }];
    if (path === "/me") return [200, mock.person];
    if (path === "/me/keymap") {
      if (method === "PUT") mock.keymap = (await read()).keys;
      return [200, { keys: mock.keymap }];
    }
    if (path === `/projects/${PROJECT}/instructions`) {
      if (method === "PUT") {
        const { text, version } = await read();
        if (version !== mock.guide.version) return [409, { title: "Changed meanwhile", detail: "Somebody changed it meanwhile." }];
        mock.guide = { text, version: version + 1 };
      }
      return [200, mock.guide];
    }
    if (/\/comments(\/|$)/.test(path)) return onComments(method, path, read);
    if (method === "POST" && path === `/projects/${PROJECT}/tasks/next`) {
      const { except = [] } = await read();
      const free = tasks.filter((t) => !except.includes(t.id));
      const task = free.find((t) => t.state === "leased") ?? free.find((t) => t.state === "waiting");
      return task ? [200, bundle(task)] : [204];
    }
    const [, id, deed, sub] = /^\/tasks\/([^/]+)(?:\/(\w+))?(?:\/([^/]+))?$/.exec(path) ?? [];
    const task = tasks.find((t) => t.id === id);
    return task ? onTask(method, task, deed, sub, read) : [404, { title: "No such task", detail: "There is no task with this number." }];
  };
  return mock;
}
