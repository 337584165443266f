// <pass-recorder most="bytes" most-ms>: camera or microphone to slices, which the queue keeps and sends as they come.
//
//   off --open--> opening --> ready --record--> recording --stop--> stopping --> off
//                    `--> trouble (said in words; another choice opens again)
//
// Says "recorded" {tip, why} at the end.
import { complete, said, watch } from "./about.js";
import { awake } from "./awake.js";
import * as camera from "./camera.js";
import { clock } from "./clock.js";
import { poor } from "./network.js";
import { supported } from "./opfs.js";
import "./pass-meter.js";
import "./pass-prompter.js";
import { format, Recorder } from "./recorder.js";
import { room } from "./shelf.js";
import { megabytes, part } from "./sizes.js";
import { clocked } from "./tip-words.js";
import { _, ngettext } from "./words.js";

const EVERY_MS = 250;
const ROOM_EVERY = 40; // of these
const MINUTE = 15.5e6; // bytes of a minute
const LITTLE = 10 * MINUTE;
const NOTHING = 30e6;
const LAST_MINUTE_MS = 60_000; // said before the longest that is let in
const SPARE = 0.995; // of that: what is decoded may be a little longer than what the clock showed
const LAST_WAY = "passiton-way";

class PassRecorder extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector("video");
    this.form = this.querySelector("form");
    this.meter = this.querySelector("pass-meter");
    watch(this.form);
    const way = localStorage.getItem(LAST_WAY);
    if (way in camera.WAYS) this.form.elements.way.value = way;
    this.form.elements.sparing.checked = poor();
    this.form.addEventListener("change", ({ target }) => {
      if (target.name === "way") this.#chosen();
      else if (["sparing", "streams"].includes(target.name) && this.dataset.state === "ready") this.#room();
    });
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.#press()));
    this.hides = () => this.#hidden();
    document.addEventListener("visibilitychange", this.hides);
    addEventListener("pagehide", this.hides);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.hides);
    removeEventListener("pagehide", this.hides);
    this.close();
  }

  get busy() {
    return ["recording", "stopping"].includes(this.dataset.state);
  }

  async open(queue) {
    this.queue = queue;
    this.wanted = true;
    const way = this.form.elements.way.value;
    this.#state("opening");
    this.#say("");
    this.#release();
    try {
      const stream = await camera.open(way);
      // Another way was chosen meanwhile, or the page was left.
      if (!this.wanted || this.form.elements.way.value !== way || this.dataset.state !== "opening") return camera.close(stream);
      this.stream = stream;
    } catch (problem) {
      if (this.form.elements.way.value !== way) return;
      this.#say(problem.message);
      return this.#state("trouble");
    }
    this.dataset.way = way;
    this.video.srcObject = camera.WAYS[way].picture ? this.stream : null;
    this.video.classList.toggle("mirrored", camera.WAYS[way].mirrored);
    this.meter.listen(this.stream);
    this.#state("ready");
    this.#room();
  }

  // Gives camera and microphone back.
  close() {
    this.wanted = false;
    if (this.busy) this.recorder.stop();
    else this.#release();
    if (!this.busy) this.#state("off");
  }

  #chosen() {
    localStorage.setItem(LAST_WAY, this.form.elements.way.value);
    if (!this.busy) this.open(this.queue);
  }

  #press() {
    if (this.dataset.state === "recording") return this.recorder.stop();
    if (this.dataset.state === "ready" && complete(this.form)) this.#record();
    else if (this.dataset.state === "trouble") this.open(this.queue);
  }

  async #record() {
    this.#state("starting");
    const pictures = Boolean(camera.WAYS[this.dataset.way].picture);
    const wanted = format(pictures);
    const type = kind(wanted, pictures ? "video/mp4" : "audio/mp4");
    const { way, ...metadata } = said(this.form);
    const { streams, sparing } = this.form.elements;
    const aside = pictures && sparing.checked ? format(false) : null;
    const sound = aside === null ? null : { type: kind(aside, "audio/mp4") };
    if (sound) sound.name = filename(sound.type);
    const { stream } = this;
    const tip = await this.queue.record({ name: filename(type), type, metadata, streams: streams.checked, sound });
    if (this.stream !== stream) return this.queue.remove(tip); // meanwhile the page was left, or went out of sight
    this.tip = tip;
    try {
      this.recorder = new Recorder(this.stream, {
        type: wanted,
        slice: (blob, ms) => this.#slice(blob, ms),
        over: (why) => this.#over(why),
        aside: sound && { type: aside, slice: (blob, ms) => this.queue.slice(this.tip, blob, ms, this.tip.sound) },
      });
      this.recorder.start();
    } catch {
      await this.queue.remove(this.tip);
      this.#say(_("This browser cannot record what this camera gives. Film with the phone’s own camera."));
      return this.#state("trouble");
    }
    this.querySelector("pass-prompter")?.reset();
    this.ticks = 0;
    this.timer = setInterval(() => this.#tick(), EVERY_MS);
    awake(true);
    this.#state("recording");
    this.#tick();
  }

  #slice(blob, ms) {
    this.queue.slice(this.tip, blob, ms);
    if (this.tip.source.size > 0.97 * Number(this.getAttribute("most"))) this.recorder.stop("long");
  }

  async #over(why) {
    clearInterval(this.timer);
    this.#state("stopping");
    const { tip } = this;
    this.#release();
    await this.queue.ended(tip);
    this.#state("off");
    if (tip.source.size) return this.dispatchEvent(new CustomEvent("recorded", { detail: { tip, why } }));
    await this.queue.remove(tip);
    this.#say(_("Nothing was recorded. Try again."));
    this.#state("trouble");
  }

  #tick() {
    this.#write("clock", clock(this.recorder.elapsed));
    const { sent, size } = this.tip;
    const { full } = this.tip.source;
    this.#write("up", part(Math.min(sent, size), size));
    this.#write("rest", megabytes(Math.max(0, size - sent)));
    const { words } = this.tip.going;
    const left_ms = SPARE * Number(this.getAttribute("most-ms")) - this.recorder.elapsed;
    if (left_ms < 0 && this.dataset.state === "recording") this.recorder.stop("long");
    const away = this.#away;
    if (full && away) this.#say(_("Neither this phone nor the server takes more at the moment. Stop soon, and keep this page open."));
    else if (away && words) this.#say(`${words} ${_("What you say is kept on this phone.")}`);
    else if (away) this.#say(navigator.onLine ? _("The server cannot be reached. What you say is kept on this phone.") : _("No signal. What you say is kept on this phone."));
    else if (full && !supported()) this.#say(_("This browser keeps no copy, in a private window perhaps: what you say goes to the server alone. Keep this page open."));
    else if (full) this.#say(_("There is no room on this phone: what you say goes to the server alone. Keep this page open."));
    else if (left_ms < LAST_MINUTE_MS) this.#say(_("A tip can be %(length)s longer at most.", { length: clocked(Math.max(left_ms, 0)) }));
    else this.#say(this.little ?? "");
    if (++this.ticks % ROOM_EVERY === 0) this.#room();
  }

  async #room() {
    const left = await room();
    this.little = this.#short(left);
    const flows = this.tip?.sending && !this.#away; // all of it, to the server
    if (this.dataset.state === "recording" && left < NOTHING && !flows) this.recorder.stop("full");
    else if (this.dataset.state === "ready") this.#say(this.little || this.#order());
  }

  #short(left) {
    const { streams, sparing } = this.form.elements;
    const goes = streams.checked && !(sparing.checked && camera.WAYS[this.dataset.way].picture);
    const more = Math.floor((left - NOTHING) / MINUTE);
    if (left >= LITTLE) return "";
    if (more > 0) return ngettext("There is room for about %(num)s more minute on this phone.", "There is room for about %(num)s more minutes on this phone.", more);
    if (goes) return _("There is hardly any room on this phone: what you say goes to the server alone, and recording stops when that cannot be reached.");
    return _("There is hardly any room on this phone, so recording soon stops. Make room first, or let it be sent while you speak, the picture with it.");
  }

  // Its way to the server is closed, for now.
  get #away() {
    return Boolean(this.tip.sending || this.tip.sound?.sending) && ["waiting", "failed"].includes(this.tip.going.state);
  }

  #order() {
    const first = camera.WAYS[this.dataset.way].picture && this.form.elements.sparing.checked;
    return first ? _("On this network the sound goes first, the picture after it.") : "";
  }

  // A page that is out of sight may be put to sleep at any moment: what is there is brought into safety first.
  #hidden() {
    if (!document.hidden && this.wanted && this.dataset.state === "asleep") this.open(this.queue);
    else if (!document.hidden) return;
    else if (this.dataset.state === "recording") this.recorder.stop("hidden");
    else if (["ready", "starting"].includes(this.dataset.state)) {
      this.#release();
      this.#state("asleep");
    }
  }

  #release() {
    this.meter.stop();
    this.video.srcObject = null;
    camera.close(this.stream);
    this.stream = null;
  }

  #state(state) {
    this.dataset.state = state;
    const recording = state === "recording";
    this.querySelector("[data-record-words]").textContent = recording ? _("Stop") : state === "trouble" ? _("Try again") : _("Record");
    const button = this.querySelector(".record");
    button.setAttribute("aria-pressed", String(recording));
    button.disabled = !["ready", "recording", "trouble"].includes(state);
  }

  #say(words) {
    this.#write("words", words);
  }

  #write(name, words) {
    const place = this.querySelector(`[data-${name}]`);
    if (place.textContent !== words) place.textContent = words;
  }
}

// Without its codecs.
const kind = (format, otherwise) => (format || otherwise).replace(/;.*/, "");

function filename(type) {
  const now = new Date();
  const two = (n) => String(n).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const ending = { "video/mp4": "mp4", "audio/mp4": "m4a" }[type] ?? "webm";
  return `Recorded ${day} ${two(now.getHours())}-${two(now.getMinutes())}.${ending}`;
}

customElements.define("pass-recorder", PassRecorder);
