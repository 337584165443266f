// <pass-cutter player recording name length others>: what a clip shows, cut at pauses or by the frame, in one part or
// several, of one recording or several. Nothing is saved here.
//   .value = [{recording, start_ms, end_ms}]   .do(act) from KEYS: true when it knows it
//   event "pass-cut" detail {parts, words}: cut anew;  event "pass-cutter-trouble" detail {words}
import { around, earlier, later, near, step } from "./bounds.js";
import { clock, toFrame } from "./clock.js";
import * as cutting from "./cutting.js";
import { madeOf, said } from "./made-of.js";
import { playerOf } from "./player-of.js";
import { Relay } from "./relay.js";
import * as script from "./script.js";
import { between, read, retake, unread } from "./source.js";
import { _ } from "./words.js";

export const KEYS = {
  "[": "start-earlier", "]": "start-later", "{": "end-earlier", "}": "end-later",
  e: "start-earlier", r: "start-later", f: "end-earlier", g: "end-later", // no keyboard hides these behind AltGr
  ",": "frame-back", ".": "frame-on",
  "<": "second-back", ">": "second-on", b: "by-frame", i: "hear-start", o: "hear-end", a: "hear-all", x: "split", m: "join", l: "leave-out",
};
const LAST_MS = 3000; // what "play the last seconds" plays
const RUN_MS = 2000; // on both sides of where two parts meet

class PassCutter extends HTMLElement {
  #parts = [];
  #at = 0; // the part that is worked on
  #bound = "start"; // and which of its bounds
  #held = null; // the parts as they were when a bound was taken hold of
  #sources = new Map();
  #free = false;

  async connectedCallback() {
    if (this.timeline) return;
    this.timeline = this.querySelector("pass-timeline");
    this.script = this.querySelector("[data-script]");
    this.retakes = this.querySelector("pass-retakes");
    await Promise.all(["pass-timeline", "pass-retakes"].map((name) => customElements.whenDefined(name)));
    this.player = await playerOf(this);
    this.#listen();
    this.relay = new Relay(this.player, this.getAttribute("recording"));
    const known = { title: this.getAttribute("name"), length: Number(this.getAttribute("length")), others: JSON.parse(this.getAttribute("others")) };
    this.#ask(this.relay.playing, known);
    this.ready = true;
    if (this.#part) this.#look();
  }

  set value(parts) {
    if (parts === this.#parts) return;
    this.made ??= new Set(parts.flatMap(bounds));
    this.#parts = parts;
    this.#at = Math.min(this.#at, parts.length - 1);
    this.relay?.stop();
    if (this.ready) this.#look();
  }

  // The words of a recording were corrected.
  async reread(id) {
    this.#sources.set(id, await read(id, this.#sources.get(id)));
    if (this.#part.recording === id) this.#look();
  }

  // Where the player stands in the clip; null when it is elsewhere.
  get moment() {
    const here = this.#here();
    return here && { recording: this.#part.recording, at_ms: here.ms };
  }

  // Another clip of the recording that the page is about.
  beside(parts) {
    const source = this.#sources.get(this.getAttribute("recording"));
    source.others = [...source.others, ...parts.filter(({ recording }) => recording === source.id)];
    this.#look();
  }

  // The clip has these parts now, and what they show is no other's beside it.
  took(parts) {
    const source = this.#sources.get(this.getAttribute("recording"));
    const taken = (o) => parts.some((p) => p.recording === source.id && p.start_ms <= o.start_ms && o.end_ms <= p.end_ms);
    source.others = source.others.filter((other) => !taken(other));
  }

  get #part() {
    return this.#parts[this.#at];
  }

  get #source() {
    return this.#sources.get(this.#part.recording) ?? this.#ask(this.#part.recording);
  }

  // The words and pauses of a recording: empty at first, then drawn.
  #ask(id, known) {
    this.#sources.set(id, unread(id, known));
    const loading = this.querySelector("[data-loading]");
    loading.hidden = false;
    loading.textContent = _("Fetching words and pauses");
    read(id, known).then(
      (source) => {
        this.#sources.set(id, source);
        loading.hidden = true;
        if (this.#part.recording === id) this.#look();
        else this.#show();
      },
      (problem) => {
        loading.hidden = false;
        loading.textContent = problem.status === 404 ? _("The words have not been written down yet. Bounds can be moved when they are.") : problem.message;
      },
    );
    return this.#sources.get(id);
  }

  #listen() {
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("change", (event) => event.target.name === "stops" && this.#freed(event.target.value === "frame"));
    this.addEventListener("focusin", (event) => this.#take(event.target.closest("[data-bound]")?.dataset.bound));
    this.addEventListener("pass-bound", ({ detail }) => this.#move(detail.bound, detail.ms, detail.done));
    this.addEventListener("pass-look", ({ detail }) => this.#pointed(detail.ms));
    this.addEventListener("pass-retake", ({ detail }) => this.#retake(detail.id));
    this.player.addEventListener("pass-time", ({ detail }) => this.#time(detail.ms));
  }

  do(act) {
    if (!this.ready) return false;
    const part = this.#part;
    const { stops, fps } = this.#source;
    const frames = (many) => fps && this.#move(this.#bound, step(part[`${this.#bound}_ms`], many, fps), true);
    const stop = (bound, to) => this.#move(bound, to(stops, part[`${bound}_ms`]), true);
    const nudge = (bound, by) => {
      this.#take(bound);
      if (this.#free) frames(by);
      else stop(bound, by < 0 ? earlier : later);
    };
    const acts = {
      "start-earlier": () => stop("start", earlier),
      "start-later": () => stop("start", later),
      "end-earlier": () => stop("end", earlier),
      "end-later": () => stop("end", later),
      "start-back": () => nudge("start", -1),
      "start-on": () => nudge("start", 1),
      "end-back": () => nudge("end", -1),
      "end-on": () => nudge("end", 1),
      "frame-back": () => frames(-1),
      "frame-on": () => frames(1),
      "second-back": () => frames(-Math.round(fps)),
      "second-on": () => frames(Math.round(fps)),
      "by-frame": () => this.#freed(!this.#free),
      "hear-start": () => this.relay.play([part]),
      "hear-end": () => this.relay.play(this.#ending()),
      "hear-all": () => this.relay.play(this.#parts),
      "leave-out": () => this.#leaveOut(),
      retake: () => this.retakes.open(part.recording),
      split: () => this.#split(),
      join: () => this.#cut(cutting.join(this.#parts, this.#at), _("Joined")),
      remove: () => this.#cut(cutting.remove(this.#parts, this.#at), _("Took part %(number)s out", { number: this.#at + 1 })),
    };
    if (!Object.hasOwn(acts, act)) return false;
    acts[act]();
    return true;
  }

  #click(event) {
    const chosen = event.target.closest("[data-part]");
    if (chosen) return this.#choose(Number(chosen.dataset.part));
    const word = event.target.closest("[data-script] [data-ms]");
    if (!word) return;
    const ms = Number(word.dataset.ms);
    if (word.matches(".gap")) this.#move(script.nearerBound(this.#part, ms), ms, true);
    else if (getSelection().type !== "Range") this.player.play({ from: ms });
  }

  #choose(at) {
    this.#at = at;
    this.#look();
    this.player.seek(this.#part.start_ms);
  }

  #pointed(ms) {
    this.relay.stop();
    const at = cutting.showing(this.#parts, this.#part.recording, ms);
    if (at >= 0 && at !== this.#at) {
      this.#at = at;
      this.#look();
    }
    this.player.seek(ms);
  }

  #freed(free) {
    this.#free = this.timeline.free = free;
    for (const radio of this.querySelectorAll("[name=stops]")) radio.checked = (radio.value === "frame") === free;
    this.#look();
  }

  #take(bound) {
    if (!bound || bound === this.#bound) return;
    this.#bound = bound;
    const ms = this.#part[`${bound}_ms`];
    if (this.#free && (ms < this.view.from || ms > this.view.to)) this.#look(); // else it stays under the finger
    else this.#show();
  }

  // While it is dragged only what is drawn moves.
  #move(bound, ms, done) {
    const before = (this.#held ??= this.#parts);
    const { from, to } = cutting.room(before, this.#at, this.#source.length);
    const moved = cutting.move(this.#parts, this.#at, bound, Math.min(Math.max(ms, from), to));
    if (moved) this.#parts = moved.parts;
    this.#bound = bound;
    if (!done) return this.#show();
    this.#held = null;
    const now = this.#part[`${bound}_ms`];
    if (now === before[this.#at][`${bound}_ms`]) return this.#show();
    this.#tell(`${bound === "start" ? "Start" : "End"} at ${toFrame(now)}`);
    this.#followed();
    const half = 500 / (this.#source.fps ?? 25); // of a frame: its picture is the one that is shown
    this.player.seek(bound === "start" ? now + half : now - half);
  }

  // Draws the surroundings anew when a bound has come near their edge.
  #followed() {
    const { from, to } = this.#surroundings();
    const nearly = this.#free ? 1500 : 5000;
    if (Math.abs(from - this.view.from) > nearly || Math.abs(to - this.view.to) > nearly) this.#look();
    else this.#show();
  }

  #surroundings() {
    const { length } = this.#source;
    return this.#free ? near(this.#part[`${this.#bound}_ms`], length) : around(this.#part, length);
  }

  // Where the player stands, if that is in the clip: the part is then the one worked on.
  #here() {
    const { recording } = this.#part;
    const { stops, fps } = this.#source;
    const { ms } = this.player;
    const at = cutting.showing(this.#parts, recording, ms);
    if (at < 0 || !stops.length || this.relay.playing !== recording) return null;
    return { at, ms: fps ? step(ms, 0, fps) : ms, from: earlier(stops, ms + 1), to: later(stops, ms) };
  }

  #leaveOut(instead = null, words = _("Left out")) {
    const here = this.#here();
    if (!here) return;
    const passage = { from: here.from, to: here.to };
    this.#cut(cutting.leaveOut(this.#parts, here.at, passage, instead), `${words} ${clock(here.from)} to ${clock(here.to)}`);
  }

  #split() {
    const here = this.#here();
    if (here) this.#cut(cutting.split(this.#parts, here.at, here.ms), _("Split at %(time)s", { time: toFrame(here.ms) }));
  }

  async #retake(id) {
    try {
      const known = this.#sources.get(id);
      const source = known?.words.length ? known : await read(id);
      if (!known) this.#sources.set(id, source);
      this.#leaveOut({ recording: id, ...retake(source) }, _("A retake instead of"));
    } catch (problem) {
      this.#trouble(problem.message);
    }
  }

  #cut(made, words) {
    if (!made) return this.#trouble(_("That would leave nothing, or less than half a second. Move to another place first."));
    this.#parts = made.parts;
    this.#at = made.at;
    this.#tell(words);
    this.#look();
    if (!document.activeElement.checkVisibility()) this.querySelector("[data-several] summary").focus(); // its button went
  }

  // How a part ends, and how it goes on from there.
  #ending() {
    const part = this.#part;
    const next = this.#parts[this.#at + 1];
    const last = { ...part, start_ms: Math.max(part.start_ms, part.end_ms - (next ? RUN_MS : LAST_MS)) };
    return next ? [last, { ...next, end_ms: Math.min(next.end_ms, next.start_ms + RUN_MS) }] : [last];
  }

  #time(ms) {
    if (this.relay.playing !== this.#part.recording) return; // another part's, which is only heard
    this.timeline.ms = ms;
    script.light(this.script, ms);
    this.#passage();
  }

  #tell(words) {
    this.dispatchEvent(new CustomEvent("pass-cut", { bubbles: true, detail: { parts: this.#parts, words } }));
  }

  #trouble(words) {
    this.dispatchEvent(new CustomEvent("pass-cutter-trouble", { bubbles: true, detail: { words } }));
  }

  // The recording of the part that is worked on, and what of it is around.
  #look() {
    const part = this.#part;
    const source = this.#source;
    this.relay.open(part.recording, part.start_ms);
    const view = (this.view = this.#surroundings());
    const { words, others, stops, fps, wave } = source;
    const storyboard = `/api/v1/recordings/${source.id}/storyboard.vtt`;
    if (this.shown !== source.id) this.timeline.storyboard = storyboard;
    this.shown = source.id;
    this.timeline.show({ view, words, others, stops: stops.length ? stops : [part.start_ms, part.end_ms], fps, wave });
    script.draw(this.script, { view: around(part, source.length), words, stops });
    this.#show();
  }

  #show() {
    const part = this.#part;
    const source = this.#source;
    const of = (selector) => this.querySelector(selector);
    const own = this.#parts.filter((each) => each.recording === part.recording);
    this.timeline.clip = part;
    this.timeline.rest = own.filter((each) => each !== part);
    this.timeline.ms = this.player.ms;
    this.player.spans = [...source.others, ...own].map((span) => ({ from: span.start_ms, to: span.end_ms }));
    script.mark(this.script, ...own);
    for (const bound of ["start", "end"]) {
      const group = of(`[data-bound="${bound}"].bound`);
      group.querySelector("[data-at]").textContent = toFrame(part[`${bound}_ms`]);
      group.toggleAttribute("held", this.#free && bound === this.#bound);
    }
    for (const [act, words] of Object.entries(this.#free ? BY_FRAME : BY_PAUSE)) of(`[data-do="${act}"]`).setAttribute("aria-label", words);
    of("[data-long]").textContent = (this.#free ? toFrame : clock)(this.#parts.reduce((sum, each) => sum + cutting.length(each), 0));
    of("[data-between]").hidden = !this.#parts.flatMap(bounds).some((each) => !this.made.has(each) && this.#between(each));
    this.#list();
    this.#passage();
  }

  #between(bound) {
    const [recording, ms] = bound.split(" ");
    const source = this.#sources.get(recording);
    return source && between(source, Number(ms));
  }

  #list() {
    const several = this.#parts.length > 1;
    const list = this.querySelector("[data-parts]");
    list.hidden = !several;
    const title = ({ recording }) => (recording === this.getAttribute("recording") ? "" : (this.#sources.get(recording)?.title ?? ""));
    madeOf(list, several ? this.#parts : [], this.#at, title);
    for (const act of ["remove", "hear-all"]) this.querySelector(`[data-do="${act}"]`).hidden = !several;
    this.querySelector('[data-do="join"]').hidden = !cutting.join(this.#parts, this.#at);
    if (several) this.querySelector("[data-several]").open = true;
  }

  // What "here" means: the words between the pauses around what the player shows.
  #passage() {
    const here = this.#here();
    const key = here ? `${here.from}-${here.to}` : "";
    if (this.passage === key) return;
    this.passage = key;
    for (const act of ["leave-out", "retake", "split"]) this.querySelector(`[data-do="${act}"]`).disabled = !here;
    const box = this.querySelector("[data-here]");
    box.textContent = here ? `${clock(here.from)} to ${clock(here.to)}${said(this.#source.words, here)}` : _("Play to a place in the clip first.");
  }
}

const bounds = ({ recording, start_ms, end_ms }) => [`${recording} ${start_ms}`, `${recording} ${end_ms}`];

const BY_PAUSE = {
  "start-back": _("Start at the earlier pause"), "start-on": _("Start at the later pause"),
  "end-back": _("End at the earlier pause"), "end-on": _("End at the later pause"),
};
const BY_FRAME = { "start-back": _("Start a frame earlier"), "start-on": _("Start a frame later"), "end-back": _("End a frame earlier"), "end-on": _("End a frame later") };

customElements.define("pass-cutter", PassCutter);
