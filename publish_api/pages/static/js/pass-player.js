// <pass-player src length [at] [autoplay] [growing] [storyboard] [clip parts version [kept]] [spans]> around a <video>, and
// perhaps a link to what comes next. Times are milliseconds of what plays.
//   clip, parts, version: which clip it is and of what it is made (parts.js): it goes on where this person stopped, and
//     becomes what the clip becomes while it is open (live.js); kept: where they stopped, as the server has it
//   spans: "0-8000 9000-12000", where the clips of a whole recording lie
//   .seek(ms)  .play({from, to})  .pause()  .ms  .length  .marks = [{id, ms, kind, by, text, resolved}]  .amends (over.js)  .spans = [{from, to}]
//   event "pass-time": detail.ms, whenever the shown moment changes; event "pass-play", "pass-pause"
//   event "pass-changed": the clip is another; "pass-gone": it cannot be seen any more
import * as captions from "./captions.js";
import { clock } from "./clock.js";
import { icon, redraw } from "./icon.js";
import { Over } from "./over.js";
import * as made from "./parts.js";
import { Quality } from "./quality.js";
import { Reading } from "./reading.js";
import * as resume from "./resume.js";
import { SCRUBBER, Scrubber } from "./scrubber.js";
import { stream } from "./stream.js";
import { _ } from "./words.js";

const SPEEDS = [1, 1.25, 1.5, 2, 0.75];
const MOVES = { ArrowLeft: -5000, ArrowRight: 5000, PageDown: -15_000, PageUp: 15_000 };
const OFFERED_MS = 8000; // how long one is asked whether to begin at the beginning

const CONTROLS = `
  <p class="over" role="status" hidden></p>
  <button type="button" class="start" aria-label="${_("Play")}">${icon("play")}</button>
  <button type="button" class="unmute" hidden>${icon("muted")}${_("Sound on")}</button>
  <button type="button" class="anew" hidden>${_("From the beginning")}</button>
  <p class="trouble" role="status" hidden></p>
  <p class="told out-of-sight" role="status"></p>
  <div class="bar" dir="ltr">
    ${SCRUBBER}
    <div class="controls">
      <button type="button" data-do="play" aria-label="${_("Play")}">${icon("play")}</button>
      <span class="time figure"><span data-now>0:00</span><span>&nbsp;/ <span data-length></span></span></span>
      <button type="button" data-do="speed" aria-label="${_("Speed")}">1×</button>
      <button type="button" data-do="quality" aria-haspopup="menu" aria-expanded="false" hidden></button>
      <button type="button" data-do="captions" aria-label="${_("Captions")}" aria-pressed="true">${icon("captions")}</button>
      <button type="button" data-do="sound" aria-label="${_("Mute")}">${icon("sound")}</button>
      <button type="button" data-do="grow" aria-label="${_("Full screen")}">${icon("grow")}</button>
    </div>
  </div>
  <div class="menu" role="menu" aria-label="${_("Quality")}" hidden></div>
  <div class="menu" role="menu" aria-label="${_("Captions")}" hidden></div>`;

class PassPlayer extends HTMLElement {
  static observedAttributes = ["spans"];

  #until = null;
  #frame = 0;
  #shown = -1;
  #onto = null; // where it goes on as soon as that has come
  #sought = null; // gone to before anything had come
  #left = new AbortController();

  connectedCallback() {
    if (this.video) return;
    this.video = this.querySelector("video");
    this.video.removeAttribute("controls");
    this.insertAdjacentHTML("beforeend", CONTROLS);
    this.do = Object.fromEntries([...this.querySelectorAll("[data-do]")].map((b) => [b.dataset.do, b]));
    this.bar = new Scrubber(this.querySelector(".scrub"), { storyboard: this.getAttribute("storyboard"), seek: (ms) => this.seek(ms) });
    this.over = new Over(this.querySelector(".over"));
    const [qualities, readings] = this.querySelectorAll(".menu");
    this.quality = new Quality(this.do.quality, qualities);
    this.reading = new Reading(this.video, this.do.captions, readings);
    this.parts = made.read(this.getAttribute("parts"));
    this.bar.joins = made.joins(this.parts);
    this.attributeChangedCallback();
    this.#listen();
    this.#choices();
    const place = this.#place();
    this.load(this.getAttribute("src"), place ?? Number(this.getAttribute("at") ?? 0));
    if (place) this.#offer(place);
    if (this.hasAttribute("autoplay")) this.#playAtOnce();
  }

  attributeChangedCallback() {
    if (!this.bar || !this.hasAttribute("spans")) return;
    this.spans = this.getAttribute("spans").split(" ").filter(Boolean).map((span) => {
      const [from, to] = span.split("-").map(Number);
      return { from, to };
    });
  }

  disconnectedCallback() {
    cancelAnimationFrame(this.#frame);
    this.#left.abort();
    this.source?.stop();
    this.source = null;
  }

  load(src, startMs = 0) {
    this.source?.stop();
    this.#onto = this.#sought = null;
    this.source = stream(this.video, src, {
      startMs,
      growing: this.hasAttribute("growing"),
      trouble: (words) => this.#say(words),
      renewed: (ms) => {
        this.#onto = Math.round(ms); // until then the browser says 0
        this.#sought = null;
        this.bar.renew();
      },
    });
    this.quality.of(this.source.hls);
    this.#tell();
  }

  get ms() {
    return this.#onto ?? Math.round(this.video.currentTime * 1000);
  }

  // As the server said it, until the browser knows better; a growing one keeps the server's word.
  get length() {
    const said = Number(this.getAttribute("length"));
    const known = Number.isFinite(this.video.duration) ? Math.round(this.video.duration * 1000) : 0;
    return this.hasAttribute("growing") ? Math.max(said, known) : known || said;
  }

  seek(ms) {
    const to = Math.min(Math.max(made.offJoins(this.parts, ms), 0), Math.max(this.length - 50, 0));
    this.#until = null;
    this.#onto = this.#sought = this.video.readyState ? null : to;
    this.video.currentTime = to / 1000;
    this.#tell();
  }

  // The first picture is there. A stream begins where it was told to, whatever has been asked of the player meanwhile.
  #come() {
    const sought = this.#sought;
    this.#onto = this.#sought = null;
    if (sought !== null && Math.abs(this.video.currentTime * 1000 - sought) > 1) this.video.currentTime = sought / 1000;
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
    this.over.marks = this.bar.marks = marks;
    this.#tellAgain();
  }

  set amends(amends) {
    this.over.amends = amends;
    this.#tellAgain();
  }

  set spans(spans) {
    this.bar.spans = spans;
  }

  #listen() {
    const { video } = this;
    for (const event of ["play", "pause", "seeking", "timeupdate", "ended"]) video.addEventListener(event, () => this.#tell());
    for (const event of ["play", "pause"])
      video.addEventListener(event, () => {
        this.toggleAttribute("playing", !video.paused);
        redraw(this.do.play, video.paused ? "play" : "pause", video.paused ? _("Play") : _("Pause"));
        this.dispatchEvent(new CustomEvent(`pass-${event}`, { bubbles: true }));
      });
    video.addEventListener("loadeddata", () => this.#come());
    video.addEventListener("durationchange", () => this.#tellAgain());
    video.addEventListener("progress", () => {
      const { buffered } = video;
      this.bar.loaded(buffered.length ? buffered.end(buffered.length - 1) * 1000 : 0);
    });
    video.addEventListener("volumechange", () => this.#sound());
    video.addEventListener("click", () => this.toggle());
    video.addEventListener("playing", () => this.toggleAttribute("begun", true));
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
    this.do.sound.addEventListener("click", () => (video.muted = !video.muted));
    this.do.grow.addEventListener("click", () => this.#grow());
    document.addEventListener("fullscreenchange", () => {
      const full = document.fullscreenElement === this;
      redraw(this.do.grow, full ? "shrink" : "grow", full ? _("Leave full screen") : _("Full screen"));
    }, { signal: this.#left.signal });
    if (!this.hasAttribute("clip")) return;
    video.addEventListener("loadeddata", () => this.#follow(), { once: true }); // the first picture comes first
    resume.follow(this, this.#left.signal);
  }

  // No signal just now: it plays as it is, and listens once there is some.
  async #follow() {
    const { signal } = this.#left;
    try {
      const [{ follow }, { upNext }] = await Promise.all([import("./live.js"), import("./up-next.js")]);
      follow(this, signal);
      const next = this.querySelector(":scope > .next");
      if (next) upNext(this.video, next, (words) => this.#told(words));
    } catch {
      addEventListener("online", () => this.#follow(), { once: true, signal });
    }
  }

  // Its clip is made of other parts now, and goes on at a moment of them. Nothing stays of what it showed.
  recut(parts, ms) {
    this.#until = null;
    this.parts = parts;
    this.setAttribute("length", made.length(parts));
    this.bar.joins = made.joins(parts);
    this.source.renew(ms);
  }

  // Nothing of it is shown any more; the words say why.
  end(words) {
    this.source?.stop();
    this.source = null;
    this.quality.of(null);
    this.bar.renew();
    this.video.removeAttribute("poster");
    captions.end(this.video);
    this.toggleAttribute("gone", true);
    this.#say(words);
  }

  // Where this person stopped, unless a link names a second.
  #place() {
    const clip = this.getAttribute("clip");
    if (!clip || this.hasAttribute("at") || new URLSearchParams(location.search).has("t")) return null;
    return resume.place(this);
  }

  #offer(ms) {
    const anew = this.querySelector(".anew");
    const away = () => {
      if (anew === document.activeElement) this.do.play.focus();
      anew.hidden = true;
    };
    const begun = () => {
      this.#told(_("Goes on from %(time)s.", { time: clock(ms) }));
      this.video.addEventListener("seeking", away, { once: true });
      setTimeout(() => (anew === document.activeElement ? anew.addEventListener("blur", away) : away()), OFFERED_MS);
    };
    anew.hidden = false;
    anew.addEventListener("click", () => (away(), this.play({ from: 0 })));
    this.video.addEventListener("playing", begun, { once: true });
  }

  // What this person chose last time.
  #choices() {
    this.#speed(this.hasAttribute("growing") ? 1 : Number(localStorage.getItem("speed")) || 1);
  }

  #speed(rate) {
    this.video.playbackRate = this.video.defaultPlaybackRate = SPEEDS.includes(rate) ? rate : 1;
    this.do.speed.textContent = `${this.video.playbackRate}×`;
    this.do.speed.setAttribute("aria-label", _("Speed %(speed)s", { speed: this.video.playbackRate }));
  }

  #sound() {
    const { muted } = this.video;
    redraw(this.do.sound, muted ? "muted" : "sound", muted ? _("Sound on") : _("Mute"));
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
      c: () => this.reading.toggle(),
      m: () => this.do.sound.click(),
      f: () => this.do.grow.click(),
      k: () => this.toggle(),
      " ": onButton ? null : () => this.toggle(),
    };
    const act = event.key in MOVES ? () => this.#move(event) : acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #move({ key, target }) {
    this.seek(this.ms + MOVES[key]);
    if (target === this.bar.range) this.bar.looked(this.ms);
  }

  #tellAgain() {
    this.#shown = -1;
    this.#tell();
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
    this.bar.draw(ms, length);
    this.querySelector("[data-now]").textContent = clock(ms);
    this.querySelector("[data-length]").textContent = clock(length);
    this.over.draw(ms);
  }

  #say(words) {
    const trouble = this.querySelector(":scope > .trouble");
    if (trouble.textContent !== (words ?? "")) trouble.textContent = words ?? "";
    trouble.hidden = !words;
  }

  #told(words) {
    this.querySelector(".told").textContent = words;
  }
}

customElements.define("pass-player", PassPlayer);
