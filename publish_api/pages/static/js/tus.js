// The requests of tus 1.0 (https://tus.io) that this page makes. What goes wrong is a Refusal: status 0 when no
// answer came, else the server's own status, code and words.
// A page that stays open while somebody else signs in must not send as them.
const SPEAKS = { "Tus-Resumable": "1.0.0", ...(document.body.dataset.person ? { "Person-Id": document.body.dataset.person } : {}) };
const LONGEST = 300; // characters of one value
const ANSWERS = ["audience", "prerequisites", "kind", "level"];
const PATIENCE_MS = 30_000; // for an answer that has no bytes to wait for

export class Refusal extends Error {
  constructor(status, { message = "", code = null } = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

// Begins an upload; its address. `size` null: told later, with `append`.
export async function create(endpoint, { size, metadata, signal }) {
  const answer = await ask("POST", endpoint, signal, {
    ...(size === null ? { "Upload-Defer-Length": "1" } : { "Upload-Length": String(size) }),
    "Upload-Metadata": encoded(metadata),
  });
  const url = answer.headers.get("Location");
  if (!url) throw new Refusal(0);
  return new URL(url, new URL(endpoint, location.href)).pathname;
}

// {offset, length, recording, until}: `length` null while the server does not know it; `until` (ms since 1970) it keeps
// what is there, null once all is.
export async function standing(url, signal) {
  const { headers } = await ask("HEAD", url, signal);
  const length = headers.get("Upload-Length");
  return {
    offset: Number(headers.get("Upload-Offset")),
    length: length === null ? null : Number(length),
    recording: headers.get("Recording-Id"),
    until: kept(headers.get("Upload-Expires")),
  };
}

const kept = (expires) => (expires ? Date.parse(expires) : null);

// More bytes; {offset, recording, until}. `length`: how long the whole is, where the server does not know yet;
// `metadata`: what is said of it by now, with its last bytes. By XMLHttpRequest, since fetch does not say how far it has come. A request in which nothing moves for `stalled`
// milliseconds is given up: in a tunnel a connection can hang for many minutes.
export function append(url, body, { offset, length = null, metadata = null, signal, progress, stalled }) {
  const request = new XMLHttpRequest();
  const asked = new Promise((done, fail) => {
    let patience;
    const moved = () => {
      clearTimeout(patience);
      patience = setTimeout(() => request.abort(), stalled);
    };
    request.open("PATCH", url);
    const headers = { ...SPEAKS, "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
    if (length !== null) headers["Upload-Length"] = length;
    if (metadata) headers["Upload-Metadata"] = encoded(metadata);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, String(value));
    request.upload.onprogress = (event) => (moved(), progress?.(event.loaded));
    request.onload = () => {
      if (request.status !== 204) return fail(new Refusal(request.status, said(request.responseText)));
      const header = (name) => request.getResponseHeader(name);
      done({ offset: Number(header("Upload-Offset")), recording: header("Recording-Id"), until: kept(header("Upload-Expires")) });
    };
    request.onerror = request.onabort = () => fail(new Refusal(0));
    request.onloadend = () => clearTimeout(patience);
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    if (signal?.aborted) return fail(new Refusal(0));
    moved();
    request.send(body);
  });
  return asked;
}

// Takes what has been sent off the server.
export async function terminate(url) {
  await ask("DELETE", url);
}

async function ask(method, url, signal, headers = {}) {
  const limit = new AbortController();
  const stop = () => limit.abort();
  const patience = setTimeout(stop, PATIENCE_MS);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  try {
    const answer = await fetch(url, { method, headers: { ...SPEAKS, ...headers }, signal: limit.signal });
    if (answer.ok) return answer;
    throw new Refusal(answer.status, method === "HEAD" ? headed(answer.headers) : said(await answer.text()));
  } catch (problem) {
    throw problem instanceof Refusal ? problem : new Refusal(0);
  } finally {
    clearTimeout(patience);
    signal?.removeEventListener("abort", stop);
  }
}

function said(text) {
  try {
    return JSON.parse(text).error;
  } catch {
    return {};
  }
}

// An answer to HEAD has no body.
function headed(headers) {
  try {
    return { code: headers.get("Problem-Code"), message: decodeURIComponent(headers.get("Problem-Message") ?? "") };
  } catch {
    return {};
  }
}

// Pairs of a key and its value in base64 of UTF-8, without those that are empty, but for answers: what the brief says
// does not hold then. Cut where they are long: a file's name can be anything, and the header has an end.
function encoded(metadata) {
  return Object.entries(metadata)
    .filter(([key, value]) => value || ANSWERS.includes(key))
    .map(([key, value]) => `${key} ${base64([...value].slice(0, LONGEST).join(""))}`)
    .join(",");
}

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
