// <pass-recall player recording length taken>: the seconds that have to go, chosen by words, on the timeline or by the
// clock; those that are taken out already are struck. What they touch is drawn by the server, again after each change;
// the form itself works without this.
import { api, piece } from "./api.js";
import { around } from "./bounds.js";
import { exact } from "./clock.js";
import { playerOf } from "./player-of.js";
import * as script from "./script.js";
import { _ } from "./words.js";

const TENTH_MS = 100;
const PATIENCE_MS = 250; // one word after another is one question

class PassRecall extends HTMLElement {
  #words = [];
  #first = null; // the word that was pressed, until the last one is
  #view = null;
  #at = null; // what was taken out just now is shown first, until something is played
  #asked = null;
  #timer;

  async connectedCallback() {
    this.form = this.querySelector("form");
    this.timeline = this.querySelector("pass-timeline");
    this.script = this.querySelector("[data-script]");
    this.length = Number(this.getAttribute("length"));
    this.taken = JSON.parse(this.getAttribute("taken"));
    this.#at = this.taken.find((each) => location.hash === `#r-${each.id}`)?.start_ms ?? null;
    await customElements.whenDefined("pass-timeline");
    this.player = await playerOf(this);
    for (const each of this.querySelectorAll("[data-choosing]")) each.hidden = false;
    this.toggleAttribute("ready", true);
    this.querySelector(".by-hand").open = false;
    this.#drawWords();
    this.#listen();
    this.#look();
    await this.#fetch();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  // What is chosen, as the form has it; null while that is nothing.
  get span() {
    const [start_ms, end_ms] = ["start", "end"].map((name) => read(this.form.elements[name].value));
    return start_ms !== null && end_ms !== null && start_ms < end_ms ? { start_ms, end_ms } : null;
  }

  async #fetch() {
    try {
      this.#words = (await api("GET", `recordings/${this.getAttribute("recording")}/transcript`)).words;
    } catch (problem) {
      this.querySelector("[data-hint]").textContent =
        problem.status === 404 ? _("The words are not written down yet. Play to the place, or write the times.") : problem.message;
      this.querySelector(".by-hand").open = true;
      return;
    }
    this.#drawWords();
    this.#look();
    const from = this.span?.start_ms ?? this.#at ?? this.player.ms;
    this.#follow([...this.script.children].find((word) => word.dataset.middle >= from));
  }

  // All of them, in a box of their own: a place is found by reading, too.
  #drawWords() {
    script.draw(this.script, { view: { from: 0, to: Infinity }, words: this.#words, stops: [] });
    for (const word of this.script.children) {
      const middle = Number(word.dataset.middle);
      word.classList.toggle("taken", this.taken.some((each) => middle >= each.start_ms && middle < each.end_ms));
    }
  }

  #listen() {
    this.form.addEventListener("invalid", () => (this.querySelector(".by-hand").open = true), true); // to be seen
    this.form.addEventListener("input", (event) => event.target.name !== "reason" && this.#changed());
    this.script.addEventListener("click", (event) => this.#press(event.target.closest("[data-ms]")));
    this.addEventListener("click", (event) => this.#do(event.target.closest("[data-do]")?.dataset.do));
    this.addEventListener("pass-look", ({ detail }) => this.player.seek(detail.ms));
    this.addEventListener("pass-bound", ({ detail }) => this.#bound(detail.bound, detail.ms));
    this.player.addEventListener("pass-time", ({ detail }) => this.#time(detail.ms));
  }

  #do(act) {
    const span = this.span;
    if (act === "start" || act === "end") this.#bound(act, this.player.ms);
    if (act === "hear" && span) this.player.play({ from: span.start_ms, to: span.end_ms });
  }

  #press(pressed) {
    const word = pressed && this.#words.find((w) => w.start_ms === Number(pressed.dataset.ms));
    if (!word) return;
    const first = this.#first ?? word;
    this.#first = this.#first ? null : word;
    this.#choose(Math.min(first.start_ms, word.start_ms), Math.max(first.end_ms, word.end_ms));
  }

  #bound(bound, ms) {
    const { start_ms, end_ms } = { ...(this.span ?? { start_ms: ms, end_ms: ms }), [`${bound}_ms`]: ms };
    this.#first = null;
    if (start_ms < end_ms) this.#choose(start_ms, end_ms);
    else if (bound === "start") this.#choose(start_ms, Math.min(start_ms + 1000, this.length));
    else this.#choose(Math.max(end_ms - 1000, 0), end_ms);
  }

  // To whole tenths, outwards: nothing of what was chosen stays.
  #choose(start, end) {
    const { elements } = this.form;
    elements.start.value = exact(down(start));
    elements.end.value = exact(up(end));
    this.#changed();
  }

  #changed() {
    this.#show();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#reach(), PATIENCE_MS);
  }

  async #reach() {
    const asked = (this.#asked = {});
    const box = this.querySelector("[data-reach]");
    if (!this.span) return box.replaceChildren();
    const { start, end } = this.form.elements;
    const query = new URLSearchParams({ start: start.value, end: end.value });
    try {
      const drawn = await piece(`/recordings/${this.getAttribute("recording")}/recalls/reach?${query}`);
      if (asked === this.#asked) box.replaceChildren(...drawn.childNodes);
    } catch (problem) {
      if (asked === this.#asked) box.textContent = problem.message;
    }
  }

  // The words follow the player until some are chosen.
  #time(ms) {
    if (ms) this.#at = null;
    this.timeline.ms = ms;
    const lit = script.light(this.script, ms);
    if (this.span) return;
    this.#follow(lit);
    const { from, to } = this.#view;
    if (this.#at === null && (ms < from || ms >= to)) this.#look();
  }

  // Scrolls their box alone, never the page.
  #follow(word) {
    if (!word) return;
    const { scrollTop, clientHeight } = this.script;
    const seen = word.offsetTop >= scrollTop && word.offsetTop + word.offsetHeight <= scrollTop + clientHeight;
    if (!seen) this.script.scrollTop = word.offsetTop - clientHeight / 3;
  }

  #look() {
    const at = this.#at ?? this.player.ms;
    const view = (this.#view = around(this.span ?? { start_ms: at, end_ms: at }, this.length));
    const stops = [...new Set(this.#words.flatMap((w) => [down(w.start_ms), up(w.end_ms)]))].sort((a, b) => a - b);
    this.timeline.show({ view, words: this.#words, others: this.taken, stops: stops.length ? stops : [0, this.length] });
    this.#show();
  }

  #show() {
    const span = this.span;
    this.toggleAttribute("empty", !span);
    this.querySelector("[data-chosen]").textContent = span ? _("From %(start)s to %(end)s", { start: exact(span.start_ms), end: exact(span.end_ms) }) : _("Or write the times");
    const { from, to } = this.#view;
    if (span && (span.start_ms < from || Math.min(span.end_ms, this.length) > to)) return this.#look();
    this.timeline.clip = span ?? { start_ms: from, end_ms: from };
    script.mark(this.script, span ?? { start_ms: 0, end_ms: 0 });
  }
}

const down = (ms) => Math.floor(ms / TENTH_MS) * TENTH_MS;

const up = (ms) => Math.ceil(ms / TENTH_MS) * TENTH_MS;

// "0:12.5" or "12" as milliseconds; null when it is neither.
function read(text) {
  if (!/^\d+(:\d{1,2}){0,2}(\.\d)?$/.test(text.trim())) return null;
  return Math.round(text.trim().split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000);
}

customElements.define("pass-recall", PassRecall);
