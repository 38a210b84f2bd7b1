// Calls to /api/v1, with errors told the way the server tells them.

/** What went wrong: what happened, what was kept, what to do. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(`${title} ${detail}`.trim());
  }
}

/** Sends JSON and returns the answer's JSON (`null` for none). Throws a `Problem` for everything that is not a success. */
export async function call(method: string, url: string, body?: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem(0, "The server cannot be reached.", "Nothing was changed. Check the connection and try again.");
  }
  const text = await response.text();
  if (!response.ok) throw problem(response.status, text);
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** The problem an answer describes; plain words for its status if it describes none. */
export function problem(status: number, text: string): Problem {
  if (status === 401) return new Problem(401, "You are signed out.", "Nothing was changed. Sign in again, then repeat this.");
  try {
    const { title, detail, kept, action } = JSON.parse(text) as Record<string, unknown>;
    const rest = [detail, kept, action].filter((part) => typeof part === "string" && part !== title).join(" ");
    if (typeof title === "string" && title) return new Problem(status, title, rest);
  } catch {
    // Not JSON: a proxy's page, for example.
  }
  if (status === 413) return new Problem(413, "That is too large for the server.", "Nothing was changed. Send less at once.");
  return new Problem(status, `The server answered with status ${status}.`, "Try again in a moment; if it stays, tell whoever runs the server.");
}

/** Any thrown value as a problem. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, "This page made a mistake.", error instanceof Error ? error.message : String(error));
}
