// One tip on its way to the server, over whatever network there is: in pieces, with pauses, again and again.
// Its source may still grow: what is there is sent, and its length told when the source is whole.
// `tell` hears {state, sent, given, noted, size, left_s, words, code, recording, until} with state
// "sending" | "level" (all there is has been sent, more may come) | "paused" | "waiting" | "failed" | "done".
// `sent`: bytes that the server has said it has; `given`: these, and what the network has taken since.
import { measured } from "./network.js";
import { append, create, standing, terminate } from "./tus.js";
import { _ } from "./words.js";

const PIECE = 8 * 1024 * 1024; // bytes a request
const AGAIN_MS = [0, 1000, 3000, 5000, 10_000, 15_000];
const CROWDED_MS = 60_000;
const STALLED_MS = 45_000; // without a byte
const MEMORY_MS = 20_000; // how far back the speed is measured
const PASSES = new Set([0, 408, 409, 423, 425, 429, 460]); // what time may mend, beside 5xx
export const SOUND_DELETED = "sound_deleted"; // the sound of a film, after it had come

export class Sending {
  #url;
  #known = false; // whether `sent` is the server's own number
  #length = null; // as the server knows it
  #run = null; // an object while it runs
  #cut = new AbortController();
  #wake = () => {};
  #seen = [];
  #now;

  // `metadata()` is asked when the upload begins, and with its last bytes: it was sent while it was made, and is spoken
  // of afterwards. `began(url)` is told where it goes on after a reload; `came({sent,
  // until})` how far it has come; `wanted()` says whether it is still to be sent. `sent`: what the server had when it was
  // last heard of. `guest`: by somebody whom a brief's link has let in.
  constructor(source, { endpoint, url = null, sent = 0, metadata, guest = false, tell, began, came, wanted }) {
    Object.assign(this, { source, endpoint, metadata, guest, tell, began, came, wanted });
    this.#url = url;
    this.#now = { state: "sending", sent, given: sent, noted: sent > 0, size: source.size, left_s: null, words: "", code: null, recording: null, until: null, failures: 0 };
    this.back = () => navigator.onLine && !document.hidden && this.#wake();
    this.away = () => this.#cut.abort();
  }

  start() {
    if (this.#run) return;
    this.#run = {};
    this.#seen = [];
    addEventListener("online", this.back);
    addEventListener("offline", this.away);
    document.addEventListener("visibilitychange", this.back);
    this.#say({ state: "sending", words: "", code: null });
    this.#carry(this.#run);
  }

  pause() {
    if (!this.#run) return;
    this.#end();
    this.#say({ state: "paused", given: this.#now.sent, left_s: null, words: "" });
  }

  // There is more to send, or something else has changed.
  nudge() {
    this.#wake();
  }

  async #carry(run) {
    let failures = 0;
    while (this.#run === run) {
      this.#cut = new AbortController();
      try {
        if (!this.#known) await this.#ask();
        if (this.#length !== null && this.#now.sent >= this.#length) return this.#done(run);
        if (this.#short()) {
          await terminate(this.#url).catch(() => {}); // else it is cleared away in time
          this.#anew();
        } else if (this.#behind()) {
          await this.#append();
          failures = 0;
          const { sent, until, recording } = this.#now;
          if (!recording) await this.came({ sent, until });
        } else {
          this.#say({ state: "level", size: this.source.size, left_s: null, words: "" });
          await this.#rest();
        }
      } catch (problem) {
        if (this.#run !== run) return;
        this.#known = false;
        const wait = await this.#failed(problem, ++failures);
        if (wait === null) return;
        if (this.#run === run) await this.#rest(wait);
      }
    }
  }

  #behind() {
    return this.#now.sent < this.source.size || (this.source.whole && this.#length === null);
  }

  // The server waits for more than there is: what it was told was lost here with a tab that died.
  #short() {
    return this.source.whole && this.#now.sent >= this.source.size && this.#length > this.source.size;
  }

  // All of it again, from here.
  #anew() {
    this.#url = this.#length = null;
    this.#known = this.#now.noted = false;
    this.#now.sent = this.#now.given = 0;
    this.#now.until = null;
  }

  // Where the server is; begins the upload if there is none.
  async #ask() {
    const signal = this.#cut.signal;
    if (!this.#url) {
      const size = this.source.whole ? this.source.size : null;
      this.#url = await create(this.endpoint, { size, metadata: this.metadata(), signal });
      await this.began(this.#url);
      this.#length = size;
      this.#now.sent = 0;
    } else {
      const { offset, length, recording, until } = await standing(this.#url, signal);
      this.#now.until = until;
      this.#length = length;
      this.#now.recording = recording;
      this.#now.sent = offset;
    }
    this.#known = true;
    this.#now.noted = false;
  }

  async #append() {
    const from = this.#now.sent;
    const end = Math.max(this.source.size, from); // after a crash the server may have a slice that the shelf has not
    const to = Math.min(end, from + PIECE);
    const body = this.source.slice(from, to);
    await body.slice(0, 1).arrayBuffer().catch(() => { throw new Unreadable(); });
    const tells = this.#tells(from, to, end); // asked once: Send may be pressed while this piece is on its way
    const answer = await append(this.#url, body, {
      offset: from,
      length: tells ? end : null,
      metadata: this.source.whole && to === end ? this.metadata() : null,
      signal: this.#cut.signal,
      stalled: STALLED_MS,
      progress: (bytes) => this.#progress(from + Math.min(bytes, to - from)),
    });
    if (tells) this.#length ??= end;
    this.#now.until = answer.until;
    this.#now.sent = answer.offset;
    this.#progress(answer.offset);
    this.#now.recording = answer.recording;
    // All of it, by what is reckoned here: the phone's copy goes only once the server says so, too.
    if (this.#length !== null && answer.offset >= this.#length && !answer.recording) this.#known = false;
    if (this.source.whole && this.#speed()) measured(this.#speed()); // a recording comes no faster than it is made
  }

  // Whether the server hears with this piece how long the whole is. What is in memory alone has come before that is
  // said: if this tab dies on the way, what has come is a whole, too.
  #tells(from, to, end) {
    return this.source.whole && this.#length === null && to === end && (from === end || !this.source.full);
  }

  #progress(given) {
    const now = performance.now();
    this.#seen = [...this.#seen.filter(([then]) => now - then < MEMORY_MS), [now, given]];
    const size = Math.max(this.source.size, given);
    const speed = this.#speed();
    this.#say({ state: "sending", given, size, left_s: speed ? (size - given) / speed : null, words: "", failures: 0 });
  }

  // Bytes a second; 0 while that cannot be said.
  #speed() {
    const [[then, before], [now, given]] = [this.#seen[0], this.#seen.at(-1)];
    return now - then > 1500 ? ((given - before) / (now - then)) * 1000 : 0;
  }

  #done(run) {
    if (this.#run !== run) return;
    this.#end();
    this.#say({ state: "done", sent: this.#length, size: this.#length, left_s: null, words: "" });
  }

  // How long to wait before the next try; null when a person has to do something first.
  async #failed(problem, failures) {
    const { status, code } = problem;
    this.#seen = [];
    this.#now.given = this.#now.sent; // what was on its way may be lost
    if ((status === 404 || status === 410) && code !== SOUND_DELETED && this.#url && this.source.size) {
      if (!(await this.wanted())) {
        this.#end();
        return null;
      }
      this.#anew(); // the server has forgotten it
      return failures > 3 ? AGAIN_MS.at(-1) : 0;
    }
    const unforeseen = status === undefined && !(problem instanceof Unreadable);
    if (unforeseen) reportError(problem);
    if (unforeseen || PASSES.has(status) || status >= 500) {
      const quiet = failures === 1 && navigator.onLine; // a broken connection is mended before anybody has to know
      if (!quiet) this.#say({ state: "waiting", left_s: null, words: status ? problem.message : "", failures });
      return status === 429 ? CROWDED_MS : AGAIN_MS[Math.min(failures, AGAIN_MS.length) - 1];
    }
    this.#end();
    this.#say({ state: "failed", words: words(problem, this), code: code ?? null, left_s: null });
    return null;
  }

  #rest(ms) {
    return new Promise((rested) => {
      const timer = ms === undefined ? null : setTimeout(rested, ms);
      this.#wake = () => (clearTimeout(timer), rested());
    });
  }

  #end() {
    this.#run = null;
    this.#known = false;
    this.#cut.abort();
    this.#wake();
    removeEventListener("online", this.back);
    removeEventListener("offline", this.away);
    document.removeEventListener("visibilitychange", this.back);
  }

  #say(changes) {
    this.#now = { ...this.#now, ...changes };
    this.tell(this.#now);
  }
}

class Unreadable extends Error {}

// `source.full`: there is no copy of all of it on this phone.
function words(problem, { guest, source }) {
  if (problem instanceof Unreadable) return _("This browser can no longer read the file. Pick it again, and it goes on from where it stopped.");
  if (problem.status === 401 && guest) return `${problem.code === "link_ended" ? LINK_OVER : DEVICE_OUT} ${source.full ? NO_COPY : KEPT}`;
  if (problem.status === 401) return source.full ? SIGNED_OUT_HERE : _("You were signed out. Sign in again and come back here: it goes on where it stopped.");
  if (problem.code === SOUND_DELETED) return problem.message;
  if (problem.status === 410 && !source.size) return _("What the server had of this recording was cleared away, as nothing more came for seven days, and it could not be kept on this phone. Throw it away, and record it again.");
  if (problem.status === 404 && !source.size) return _("The server has nothing of this recording any more, and it could not be kept on this phone. Throw it away, and record it again.");
  return problem.message || _("The server did not take this file. Take another, or ask whoever looks after Pass It On.");
}

const LINK_OVER = _("Nothing more can be sent by the link you came by: it has ended, or this device was signed out.");
const DEVICE_OUT = _("This device was signed out.");
const KEPT = _("Open your link again on this phone, or ask for a new one where it no longer works: your tip is kept here.");
const NO_COPY = _("This phone has no copy of all of your tip, so keep this page open: open your link again in another tab, then come back and try again. Where that does not help, tell whoever gave you the link before you close this page.");
const SIGNED_OUT_HERE = _("You were signed out, and this phone has no copy of all of it. Keep this page open, sign in again in another tab, then come back and try again.");
