// One file on its way to the server by tus: in pieces, with pauses, over whatever network there is.
// `tell` hears {state: "sending" | "paused" | "waiting" | "failed" | "done", sent, size, left_s, words, recording}.
const PIECE = 8 * 1024 * 1024;
const RETRIES_MS = [0, 1000, 3000, 5000, 10_000];
const AGAIN_MS = 15_000;
const STALLED_MS = 45_000; // without a byte: in a tunnel a connection can hang for many minutes
const MEMORY_MS = 20_000; // how far back the speed is measured

export class Sending {
  #upload;
  #timer;
  #stalled;
  #seen = [];
  #now;

  constructor(file, { endpoint, person, title, tell }) {
    this.file = file;
    this.tell = tell;
    this.#now = { state: "sending", sent: 0, size: file.size, left_s: null, words: "" };
    this.#upload = new globalThis.tus.Upload(file, {
      endpoint,
      chunkSize: PIECE,
      retryDelays: RETRIES_MS,
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, filetype: file.type, ...(title ? { title } : {}) },
      fingerprint: async () => fingerprint(person, file),
      onProgress: (sent) => this.#progress(sent),
      onError: (problem) => this.#failed(problem),
      onSuccess: ({ lastResponse }) => this.#done(lastResponse),
    });
    this.again = () => this.#now.state === "waiting" && this.start();
    this.wait = () => this.#now.state === "sending" && this.#wait();
    addEventListener("online", this.again);
    addEventListener("offline", this.wait);
    document.addEventListener("visibilitychange", this.again);
  }

  async start() {
    this.#rest();
    this.#seen = [];
    this.#say({ state: "sending", words: "" });
    this.#watch();
    const [before] = await this.#upload.findPreviousUploads();
    if (this.#now.state !== "sending") return; // paused or dropped meanwhile
    if (before && !this.#upload.url) this.#upload.resumeFromPreviousUpload(before);
    this.#upload.start();
  }

  pause() {
    this.#rest();
    this.#upload.abort();
    this.#say({ state: "paused", left_s: null, words: "" });
  }

  // Gives up, and takes what has been sent off the server, as far as it can be reached.
  async drop() {
    this.#end();
    this.#now.state = "dropped";
    await this.#upload.abort(true).catch(() => {});
  }

  #progress(sent) {
    this.#watch();
    const now = performance.now();
    this.#seen = [...this.#seen.filter(([then]) => now - then < MEMORY_MS), [now, sent]];
    const [then, before] = this.#seen[0];
    const speed = now - then > 1500 ? (sent - before) / (now - then) : 0;
    this.#say({ state: "sending", sent, left_s: speed > 0 ? (this.file.size - sent) / speed / 1000 : null });
  }

  #done(answer) {
    this.#end();
    this.#say({ state: "done", sent: this.file.size, recording: answer?.getHeader("Recording-Id") ?? null });
  }

  // What time may mend is tried again for ever; the rest is said.
  #failed(problem) {
    const answer = problem.originalResponse;
    const status = answer?.getStatus() ?? 0;
    if (!status || status >= 500 || [409, 423, 429, 460].includes(status)) {
      return this.#wait(status === 429 ? 4 * AGAIN_MS : AGAIN_MS);
    }
    this.#rest();
    this.#say({ state: "failed", words: words(status, answer), code: code(answer), left_s: null });
  }

  #wait(ms = AGAIN_MS) {
    this.#rest();
    this.#upload.abort();
    this.#say({ state: "waiting", left_s: null });
    this.#timer = setTimeout(() => navigator.onLine && this.start(), ms);
  }

  #watch() {
    clearTimeout(this.#stalled);
    this.#stalled = setTimeout(() => this.#wait(0), STALLED_MS);
  }

  #rest() {
    clearTimeout(this.#timer);
    clearTimeout(this.#stalled);
  }

  #end() {
    this.#rest();
    removeEventListener("online", this.again);
    removeEventListener("offline", this.wait);
    document.removeEventListener("visibilitychange", this.again);
  }

  #say(changes) {
    this.#now = { ...this.#now, ...changes };
    this.tell(this.#now);
  }
}

// The same for the same file of the same person, also after a reload.
export const fingerprint = (person, file) =>
  ["passiton", person, file.name, file.type, file.size, file.lastModified].join("-");

// What this browser remembers of uploads that this person has not finished: [{name, size}].
export async function unfinished(person) {
  const all = await globalThis.tus.defaultOptions.urlStorage.findAllUploads();
  return all
    .filter((each) => each.urlStorageKey.startsWith(`tus::passiton-${person}-`))
    .map((each) => ({ name: each.metadata.filename, size: each.size, key: each.urlStorageKey }));
}

function words(status, answer) {
  if (status === 401) return "You were signed out. Sign in again and come back here: it goes on where it stopped.";
  try {
    return JSON.parse(answer.getBody()).error.message;
  } catch {
    return "The server did not take this file. Take another, or ask whoever looks after Pass It On.";
  }
}

function code(answer) {
  try {
    return JSON.parse(answer.getBody()).error.code;
  } catch {
    return null;
  }
}
