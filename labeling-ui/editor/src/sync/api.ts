/** Calls to the server's API, with errors told apart by what can be done about them. */
import type { LabelClass } from "../model/classes";
import type { WireShape } from "../model/shape";
import type { BundleMore, Conflict, SubmitMore } from "./contracts";

export interface TaskBundle extends BundleMore {
  readonly task: { id: string; kind: "label" | "adjust" | "verify" | "review"; image_id: string; lease_until_ms: number; lease_seconds: number; priority: number; attempt: number };
  readonly image: { id: string; name: string; width: number; height: number; url: string };
  readonly project: { id: string; name: string };
  readonly classes: readonly LabelClass[];
  readonly instructions: string | null;
  readonly shapes: readonly WireShape[];
  readonly suggestions: readonly WireShape[];
  readonly model: { version: number | string; confidence: number } | null;
  /** Tasks that wait for this person. */
  readonly left: number;
}

export interface SubmitBody extends SubmitMore {
  /** The same key for every try of the same work, so the server takes it once. */
  readonly key: string;
  readonly seconds: number;
  readonly shapes: readonly WireShape[];
}

/** The server answered, and said no. */
export class Refused extends Error {
  constructor(readonly status: number, readonly title: string, readonly detail: string, readonly kept: string | null, readonly conflict: Conflict | null = null) {
    super(detail || title);
  }
}

/** No answer: the server or the way to it is down. */
export class Unreachable extends Error {}

/** Sent to the window whenever the server refuses for want of a sign-in. */
export const SIGNED_OUT = "labelwright-signed-out";

export async function call(method: string, path: string, body?: unknown): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      headers: body === undefined ? {} : { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Unreachable("the server can't be reached");
  }
  if (response.ok) return response;
  // A gateway that answers for a server that is down is as good as no answer.
  if (response.status === 502 || response.status === 503 || response.status === 504) throw new Unreachable(`the server answered ${response.status}`);
  if (response.status === 401) window.dispatchEvent(new Event(SIGNED_OUT));
  const problem = (await response.json().catch(() => ({}))) as { type?: string; title?: string; detail?: string; kept?: string };
  const conflict = response.status === 409 && problem.type === "revision-conflict" ? (problem as Conflict) : null;
  throw new Refused(response.status, problem.title ?? `Error ${response.status}`, problem.detail ?? "", problem.kept ?? null, conflict);
}

/** The answer's JSON; undefined where there is none. */
export async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await call(method, path, body);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export interface Person {
  readonly id: string;
  readonly login: string;
  readonly name: string;
}

/** Who is signed in. */
export function whoAmI(): Promise<Person> {
  return json<Person>("GET", "/me");
}

/** The next task, one already held first; null when there is none now. */
export async function nextTask(project: string, except: readonly string[]): Promise<TaskBundle | null> {
  const response = await call("POST", `/projects/${project}/tasks/next`, { except });
  return response.status === 204 ? null : ((await response.json()) as TaskBundle);
}

export async function getTask(task: string): Promise<TaskBundle> {
  return (await (await call("GET", `/tasks/${task}`)).json()) as TaskBundle;
}

/** Renews the lease; returns until when. */
export async function heartbeat(task: string): Promise<number> {
  return ((await (await call("POST", `/tasks/${task}/heartbeat`)).json()) as { lease_until_ms: number }).lease_until_ms;
}

export async function submit(task: string, body: SubmitBody): Promise<{ repaired: readonly string[] }> {
  const answer = (await (await call("POST", `/tasks/${task}/submit`, body)).json()) as { repaired?: readonly string[] };
  return { repaired: answer.repaired ?? [] };
}

export async function skip(task: string, reason: string): Promise<void> {
  await call("POST", `/tasks/${task}/skip`, { reason });
}

/** Gives a task back; also while the page is going away. Nobody waits for the answer: a lease also ends by itself. */
export function release(task: string): void {
  void fetch(`/api/v1/tasks/${task}/release`, { method: "POST", credentials: "same-origin", keepalive: true }).catch(() => {});
}
