// <pass-player src length [at] [autoplay] [growing]> around a <video>. Times are milliseconds of what plays.
//   .seek(ms)  .play({from, to})  .pause()  .ms  .length  .marks = [{ms, kind, text, resolved}]
//   event "pass-time": detail.ms, whenever the shown moment changes; event "pass-play", "pass-pause"
import { clock, spoken } from "./clock.js";
import { icon, redraw } from "./icon.js";
import { stream } from "./stream.js";

const SPEEDS = [1, 1.25, 1.5, 2, 0.75];
const SAID_OVER_MS = 6000; // how long a correction stays over the picture

const CONTROLS = `
  <p class="over" role="status" hidden></p>
  <button type="button" class="start" aria-label="Play">${icon("play")}</button>
  <button type="button" class="unmute" hidden>${icon("muted")}Sound on</button>
  <p class="trouble" role="status" hidden></p>
  <div class="bar" dir="ltr">
    <div class="scrub">
      <div class="track"><i class="loaded"></i><i class="played"></i><div class="marks" aria-hidden="true"></div></div>
      <input type="range" min="0" step="any" value="0" aria-label="Position">
    </div>
    <div class="controls">
      <button type="button" data-do="play" aria-label="Play">${icon("play")}</button>
      <span class="time figure"><span data-now>0:00</span> / <span data-length></span></span>
      <button type="button" data-do="speed" aria-label="Speed">1×</button>
      <button type="button" data-do="captions" aria-label="Captions" aria-pressed="true">${icon("captions")}</button>
      <button type="button" data-do="sound" aria-label="Mute">${icon("sound")}</button>
      <button type="button" data-do="grow" aria-label="Full screen">${icon("grow")}</button>
    </div>
  </div>`;

class PassPlayer extends HTMLElement {
  #until = null;
  #marks = [];
  #frame = 0;
  #shown = -1;

  connectedCallback() {
    if (this.video) return;
    this.video = this.querySelector("video");
    this.video.removeAttribute("controls");
    this.insertAdjacentHTML("beforeend", CONTROLS);
    this.range = this.querySelector("input");
    this.do = Object.fromEntries([...this.querySelectorAll("[data-do]")].map((b) => [b.dataset.do, b]));
    this.#listen();
    this.#choices();
    this.load(this.getAttribute("src"), Number(this.getAttribute("at") ?? 0));
    if (this.hasAttribute("autoplay")) this.#playAtOnce();
  }

  disconnectedCallback() {
    cancelAnimationFrame(this.#frame);
    this.source?.stop();
    this.source = null;
  }

  load(src, startMs = 0) {
    this.source?.stop();
    this.source = stream(this.video, src, {
      startMs,
      growing: this.hasAttribute("growing"),
      trouble: (words) => this.#say(words),
    });
    this.#tell();
  }

  get ms() {
    return Math.round(this.video.currentTime * 1000);
  }

  // As the server said it, until the browser knows better; a growing one keeps the server's word.
  get length() {
    const said = Number(this.getAttribute("length"));
    const known = Number.isFinite(this.video.duration) ? Math.round(this.video.duration * 1000) : 0;
    return this.hasAttribute("growing") ? Math.max(said, known) : known || said;
  }

  seek(ms) {
    this.#until = null;
    this.video.currentTime = Math.min(Math.max(ms, 0), Math.max(this.length - 50, 0)) / 1000;
    this.#tell();
  }

  play({ from, to } = {}) {
    if (from !== undefined) this.seek(from);
    this.#until = to ?? null;
    return this.video.play().catch(() => {});
  }

  pause() {
    this.video.pause();
  }

  toggle() {
    if (this.video.paused) this.play();
    else this.pause();
  }

  set marks(marks) {
    this.#marks = marks;
    this.#place();
  }

  #listen() {
    const { video } = this;
    for (const event of ["play", "pause", "seeking", "timeupdate", "ended"]) video.addEventListener(event, () => this.#tell());
    for (const event of ["play", "pause"])
      video.addEventListener(event, () => {
        this.toggleAttribute("playing", !video.paused);
        redraw(this.do.play, video.paused ? "play" : "pause", video.paused ? "Play" : "Pause");
        this.dispatchEvent(new CustomEvent(`pass-${event}`, { bubbles: true }));
      });
    video.addEventListener("durationchange", () => (this.#place(), this.#tell()));
    video.addEventListener("progress", () => this.#loaded());
    video.addEventListener("volumechange", () => this.#sound());
    video.addEventListener("click", () => this.toggle());
    video.addEventListener("playing", () => this.toggleAttribute("begun", true));
    this.range.addEventListener("input", () => this.seek(Number(this.range.value)));
    this.querySelector(".start").addEventListener("click", () => this.play());
    this.querySelector(".unmute").addEventListener("click", () => {
      video.muted = false;
      this.do.play.focus();
    });
    this.addEventListener("keydown", (event) => this.#key(event));
    this.do.play.addEventListener("click", () => this.toggle());
    this.do.speed.addEventListener("click", () => {
      this.#speed(SPEEDS[(SPEEDS.indexOf(video.playbackRate) + 1) % SPEEDS.length]);
      localStorage.setItem("speed", video.playbackRate);
    });
    this.do.captions.addEventListener("click", () => {
      this.#captions(this.do.captions.ariaPressed !== "true");
      localStorage.setItem("captions", this.do.captions.ariaPressed === "true" ? "on" : "off");
    });
    this.do.sound.addEventListener("click", () => (video.muted = !video.muted));
    this.do.grow.addEventListener("click", () => this.#grow());
    document.addEventListener("fullscreenchange", () => {
      const full = document.fullscreenElement === this;
      redraw(this.do.grow, full ? "shrink" : "grow", full ? "Leave full screen" : "Full screen");
    });
  }

  // What this person chose last time.
  #choices() {
    this.do.captions.hidden = !this.video.querySelector("track");
    this.#captions(localStorage.getItem("captions") !== "off");
    this.#speed(this.hasAttribute("growing") ? 1 : Number(localStorage.getItem("speed")) || 1);
  }

  #speed(rate) {
    this.video.playbackRate = this.video.defaultPlaybackRate = SPEEDS.includes(rate) ? rate : 1;
    this.do.speed.textContent = `${this.video.playbackRate}×`;
    this.do.speed.setAttribute("aria-label", `Speed ${this.video.playbackRate}`);
  }

  #captions(on) {
    for (const track of this.video.textTracks) track.mode = on ? "showing" : "hidden";
    this.do.captions.ariaPressed = String(on);
  }

  #sound() {
    const { muted } = this.video;
    redraw(this.do.sound, muted ? "muted" : "sound", muted ? "Sound on" : "Mute");
    if (!muted) this.querySelector(".unmute").hidden = true;
  }

  #grow() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.requestFullscreen) this.requestFullscreen();
    else this.video.webkitEnterFullscreen?.(); // iPhones grow the video alone
  }

  // Muted only where the browser insists, and then with a way out that is hard to miss.
  async #playAtOnce() {
    const { video } = this;
    try {
      await video.play();
    } catch (reason) {
      if (reason.name !== "NotAllowedError") return;
      video.muted = true;
      const plays = await video.play().then(() => true, () => false);
      if (plays) this.querySelector(".unmute").hidden = false;
      else video.muted = false;
    }
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = event.target.closest("button");
    const acts = {
      ArrowLeft: () => this.seek(this.ms - 5000),
      ArrowRight: () => this.seek(this.ms + 5000),
      PageDown: () => this.seek(this.ms - 15000),
      PageUp: () => this.seek(this.ms + 15000),
      c: () => this.do.captions.click(),
      m: () => this.do.sound.click(),
      f: () => this.do.grow.click(),
      k: () => this.toggle(),
      " ": onButton ? null : () => this.toggle(),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  // Sixty times a second while it plays: the spoken word is lit when it is spoken.
  #tell() {
    cancelAnimationFrame(this.#frame);
    const { ms } = this;
    if (this.#until !== null && ms >= this.#until) {
      this.#until = null;
      this.pause();
    }
    if (ms !== this.#shown) {
      this.#shown = ms;
      this.#draw(ms);
      this.dispatchEvent(new CustomEvent("pass-time", { bubbles: true, detail: { ms } }));
    }
    if (!this.video.paused && !this.video.ended) this.#frame = requestAnimationFrame(() => this.#tell());
  }

  #draw(ms) {
    const { length } = this;
    this.range.max = length;
    this.range.value = ms;
    this.range.setAttribute("aria-valuetext", `${spoken(ms)} of ${spoken(length)}`);
    this.querySelector("[data-now]").textContent = clock(ms);
    this.querySelector("[data-length]").textContent = clock(length);
    this.querySelector(".played").style.inlineSize = `${length ? (ms / length) * 100 : 0}%`;
    const said = this.#marks.find((m) => m.kind === "correction" && !m.resolved && ms >= m.ms && ms < m.ms + SAID_OVER_MS);
    const over = this.querySelector(".over");
    if (over.textContent !== (said?.text ?? "")) over.textContent = said?.text ?? "";
    over.hidden = !said;
  }

  #loaded() {
    const { buffered } = this.video;
    const end = buffered.length ? buffered.end(buffered.length - 1) * 1000 : 0;
    this.querySelector(".loaded").style.inlineSize = `${this.length ? Math.min(end / this.length, 1) * 100 : 0}%`;
  }

  #place() {
    const { length } = this;
    const marks = this.#marks.map((mark) => {
      const i = document.createElement("i");
      i.dataset.kind = mark.kind;
      i.toggleAttribute("data-resolved", Boolean(mark.resolved));
      i.style.insetInlineStart = `${length ? Math.min(mark.ms / length, 1) * 100 : 0}%`;
      return i;
    });
    this.querySelector(".marks").replaceChildren(...marks);
    this.#shown = -1;
    this.#tell();
  }

  #say(words) {
    const trouble = this.querySelector(":scope > .trouble");
    if (trouble.textContent !== (words ?? "")) trouble.textContent = words ?? "";
    trouble.hidden = !words;
  }
}

customElements.define("pass-player", PassPlayer);
