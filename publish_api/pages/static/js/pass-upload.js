// <pass-upload endpoint most>: from the phone's camera, or a file, to the server. One thing at a time:
// choose, name it, send, hear what becomes of it.
import { icon } from "./icon.js";
import { forget, keep, kept } from "./keep.js";
import { looked } from "./looked.js";
import { Sending, unfinished } from "./sending.js";

class PassUpload extends HTMLElement {
  async connectedCallback() {
    this.person = document.body.dataset.person;
    for (const input of this.querySelectorAll("input[type=file]"))
      input.addEventListener("change", () => {
        const [file] = input.files;
        input.value = ""; // picking the same file again is a change, too
        if (file) this.#chosen(file);
      });
    this.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(this.file, event.target.elements.title.value.trim());
    });
    this.addEventListener("click", (event) => this.#click(event.target.closest("[data-do]")?.dataset.do));
    addEventListener("beforeunload", (event) => this.busy && event.preventDefault());
    document.addEventListener("visibilitychange", () => this.#awake());
    await this.#unfinished();
  }

  get busy() {
    return ["sending", "waiting", "paused"].includes(this.state);
  }

  // After a reload, a dead tab, an empty battery: it goes on by itself, or says how.
  async #unfinished() {
    const copy = await kept(this.person);
    if (copy) return this.#send(copy.file, copy.title, { again: true });
    const [left] = await unfinished(this.person);
    if (left) this.#say(`“${left.name}” (${megabytes(left.size)}) was not sent to its end. Pick the same file, and it goes on from where it stopped.`, "waits");
  }

  #chosen(file) {
    this.#say("");
    const most = Number(this.getAttribute("most"));
    if (!file.size) return this.#say("This file is empty. Take another one, or film again.");
    if (file.size > most) return this.#say(`This file has ${megabytes(file.size)}; at most ${megabytes(most)} can be sent. Film a shorter tip, or in a lower quality.`);
    this.file = file;
    this.querySelector("[data-name]").textContent = file.name;
    this.querySelector("[data-size]").textContent = megabytes(file.size);
    this.#view("title");
  }

  // Two tabs must not send the same copy at once: the one that came first has the lock.
  async #send(file, title, { again = false } = {}) {
    const send = () => this.#sending(file, title, again);
    if (!navigator.locks) return send();
    await navigator.locks.request(`passiton-${this.person}`, { ifAvailable: true }, (lock) => {
      if (lock) return send();
      if (!again) return send(); // another file than the one on its way elsewhere
      this.#say("A tip of yours is being sent in another tab. You can send one more from here.", "waits");
    });
  }

  #sending(file, title, again) {
    this.#view("sending");
    if (!again) this.copy = keep(this.person, file, title).catch(() => false);
    return new Promise((ended) => {
      this.sending = new Sending(file, {
        endpoint: this.getAttribute("endpoint"),
        person: this.person,
        title,
        tell: (news) => {
          this.#tell(news);
          if (news.state === "done") this.#done(news.recording).then(ended);
          if (news.state === "dropped") ended();
        },
      });
      this.ended = ended;
      this.sending.start();
    });
  }

  async #done(recording) {
    await this.copy;
    await forget(this.person);
    this.querySelector("[data-recording]").href = recording ? `/recordings/${recording}` : "/recordings";
    this.#outcome("It is on the server", "We are looking at it now. You can close this page: nothing is lost.");
    this.#view("done");
    if (recording) this.#looked(recording);
  }

  // Until it has been looked at nobody can promise that it becomes clips. Nothing waits for this.
  async #looked(id) {
    const asked = (this.asked = {});
    const recording = await looked(id, () => this.isConnected && this.asked === asked && this.dataset.now === "done");
    if (!recording) return;
    if (recording.refusal) this.#outcome("This file could not be used", recording.refusal.message, { another: true });
    else if (recording.status === "failed") this.#outcome("It stopped on the way", "The recording itself is safe. See how it goes, and try again there.");
    else this.#outcome("Your tip is safe here", "You can close this page and put the phone away. It is being cut into clips now.");
  }

  #outcome(headline, advice, { another = false } = {}) {
    const done = this.querySelector('[data-view="done"]');
    const [link, button] = [done.querySelector("[data-recording]"), done.querySelector('[data-do="again"]')];
    done.querySelector("[data-outcome]").textContent = headline;
    done.querySelector("[data-advice]").textContent = advice;
    document.title = `${headline} · Pass It On`;
    button.textContent = another ? "Send another file" : "Record another";
    link.textContent = another ? "About this file" : "See how it goes";
    link.className = another ? "button quiet" : "button main-action large";
    button.className = another ? "main-action large" : "quiet";
    // The main action comes first; what has the focus stays where it is.
    if (another) link.before(button);
    else if (link.previousElementSibling) button.before(link);
  }

  async #click(act) {
    const acts = {
      other: () => this.#view("choose"),
      again: () => this.#view("choose"),
      pause: () => (this.state === "paused" || this.state === "failed" ? this.sending.start() : this.sending.pause()),
      drop: () => confirm("Stop sending, and take what was sent off the server? The video stays on this phone.") && this.#drop(),
    };
    await acts[act]?.();
  }

  async #drop() {
    this.state = "dropped";
    await this.sending.drop();
    await this.copy;
    await forget(this.person);
    this.ended();
    this.#view("choose");
  }

  #tell({ state, sent, size, left_s, words }) {
    if (this.state === "dropped") return;
    const changed = state !== this.state;
    this.state = state;
    const of = (name) => this.querySelector(`[data-${name}]`);
    const bar = this.querySelector("progress");
    bar.value = size ? sent / size : 0;
    of("sent").textContent = `${megabytes(sent).replace(size < 1e9 ? " MB" : "", "")} of ${megabytes(size)}`;
    of("left").textContent = megabytes(size - sent);
    of("headline").textContent = { sending: "Sending", paused: "Paused", waiting: "Waiting for signal", failed: "Not sent", done: "Sent" }[state];
    document.title = state === "sending" ? `${Math.floor((sent / size) * 100)} % sent · Pass It On` : `${of("headline").textContent} · Pass It On`;
    this.dataset.state = state;
    const said = words || about(state, sent, left_s);
    if (of("words").textContent !== said) of("words").textContent = said;
    if (changed) {
      const button = this.querySelector('[data-do="pause"]');
      const rests = state === "paused" || state === "failed";
      button.innerHTML = `${icon(rests ? "play" : "pause")}<span>${rests ? (state === "failed" ? "Try again" : "Go on") : "Pause"}</span>`;
      button.hidden = state === "done";
      this.#awake();
    }
  }

  // A phone that falls asleep stops sending.
  async #awake() {
    if (this.state === "sending" && !document.hidden) this.lock ??= await navigator.wakeLock?.request("screen").catch(() => null);
    else {
      this.lock?.release();
      this.lock = null;
    }
    if (document.hidden) this.lock = null;
  }

  #view(name) {
    const focus = this.querySelector("[data-view]:not([hidden])")?.dataset.view !== name;
    for (const view of this.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== name;
    this.dataset.now = name;
    if (focus) this.querySelector(`[data-view="${name}"] h1`).focus({ preventScroll: true });
  }

  #say(words, kind = "bad") {
    const trouble = this.querySelector(".trouble");
    trouble.textContent = words;
    trouble.className = `trouble note ${kind}`;
    trouble.hidden = !words;
  }
}

function about(state, sent, left_s) {
  if (state === "done") return "All of it is on the server.";
  if (state === "paused") return `Nothing is lost: what is on the server stays there, the rest stays on this phone.`;
  if (state === "waiting" && !navigator.onLine) return `No signal. ${megabytes(sent)} are safe on the server. It goes on by itself when the signal is back.`;
  if (state === "waiting") return "The server cannot be reached at the moment. It is tried again every few seconds; nothing is lost.";
  return left_s === null ? "Keep this page open." : `${minutes(left_s)} left. Keep this page open.`;
}

function minutes(seconds) {
  if (seconds < 10) return "A few seconds";
  if (seconds < 90) return `About ${Math.ceil(seconds / 10) * 10} seconds`;
  if (seconds < 5400) return `About ${Math.round(seconds / 60)} minutes`;
  return `About ${Math.round(seconds / 3600)} hours`;
}

// As phones show them: decimal.
function megabytes(bytes) {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e7 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

customElements.define("pass-upload", PassUpload);
