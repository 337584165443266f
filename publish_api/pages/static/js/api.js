// The JSON API, and its errors as sentences.
import { _ } from "./words.js";

export class Trouble extends Error {
  constructor(message, code, status) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export async function api(method, path, { body, bytes, version, once } = {}) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  if (once !== undefined) headers["Idempotency-Key"] = once;
  const correction = new URLSearchParams(location.search).get("correction"); // that this page was opened to mend
  if (correction) headers.Correction = correction;
  const answer = await ask(`/api/v1/${path}`, {
    method,
    headers,
    body: bytes ?? (body === undefined ? undefined : JSON.stringify(body)),
  });
  return answer.status === 204 ? null : answer.json();
}

// A piece of a page, drawn by the server.
export async function piece(path) {
  const answer = await ask(path, { headers: { Accept: "text/html" } });
  // Signed out meanwhile: the server leads to the sign-in page, which is not what was asked for.
  if (answer.redirected) throw new Trouble(_("You were signed out. Sign in again in another tab; this page stays."), "unauthenticated", 401);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.body;
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Trouble(_("No signal. Nothing you typed is lost; try again when it is back."), "offline", 0);
  }
  if (answer.ok) return answer;
  const { error } = await answer.json().catch(() => ({}));
  throw new Trouble(
    error?.message ?? _("The server did not answer as it should. Nothing you typed is lost; try again in a moment."),
    error?.code ?? "internal",
    answer.status,
  );
}
