// <pass-words player recording space="between words">: what is said in a recording, to be corrected word by word. Enter
// or a tap opens a word, Tab goes on to the next that the engine was not sure of, Space plays from it.
//   .parts = [{recording, start_ms, end_ms}]: only what is said in these;  event "pass-words": something was corrected
//   event "pass-mended", detail {act, words, back}: what was done here last;  "pass-unmended", {act}: it was taken back
import { api } from "./api.js";
import { Called } from "./called.js";
import { clock } from "./clock.js";
import * as mending from "./mending.js";
import { Past } from "./past.js";
import { playerOf } from "./player-of.js";
import * as script from "./script.js";
import { Silent } from "./silent.js";
import { Wider } from "./wider.js";
import { tools, word, written } from "./word-tools.js";
import { _, ngettext } from "./words.js";

const MUTED = "[…]"; // as the server writes a word that nobody hears
const TRIES = 3; // of laying an edit over what others write meanwhile

class PassWords extends HTMLElement {
  #text = null;
  #parts = null;
  #open = null; // {first, count}: the words that are being written
  #mine = []; // what undo goes back to: versions, and {muted: id}

  async connectedCallback() {
    if (this.box) return;
    this.box = this.querySelector("[data-words]");
    this.path = `recordings/${this.getAttribute("recording")}/transcript`;
    this.past = new Past(this.querySelector("[data-past]"), this.querySelector("[data-unplaced]"), this.path, (version) => (this.#dirty ? this.#save(() => this.#takeBack(version)) : this.#takeBack(version)));
    const wider = this.querySelector("[data-wider]"); // for those who curate
    this.wider = wider && new Wider(wider, this.getAttribute("recording"));
    this.player = await playerOf(this);
    this.covers = document.querySelector(`pass-covers[recording="${this.getAttribute("recording")}"]`);
    this.called = new Called(this.querySelector("[data-called]"), () => this.#corrected(), (words) => this.#trouble(words));
    this.silent = new Silent(this.querySelector("[data-silent]"), this.player, (typed) => this.#change([], [typed]), () => this.#toWrite());
    this.#listen();
    const closed = this.closest("details:not([open])"); // nobody looks yet
    if (closed) closed.addEventListener("toggle", () => this.#begin(), { once: true });
    else await this.#begin();
  }

  // To the first word in doubt, or the first of all.
  async look() {
    const closed = this.closest("details:not([open])");
    if (closed) closed.open = true;
    await this.#begin();
    this.#next(-1);
  }

  set parts(parts) {
    const own = parts.filter((each) => each.recording === this.getAttribute("recording"));
    if (JSON.stringify(own) === JSON.stringify(this.#parts)) return; // and whoever stands in the words stays there
    this.#parts = own;
    if (this.#text && !this.#open) this.#draw();
  }

  #listen() {
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    this.covers.addEventListener("pass-covered", () => this.#dirty || this.#again());
    this.addEventListener("submit", (event) => (event.preventDefault(), this.#save()));
    this.box.addEventListener("focusin", (event) => event.target.matches(".word") && this.#stand(event.target));
    this.player.addEventListener("pass-time", ({ detail }) => this.#text && script.light(this.box, detail.ms));
    addEventListener("beforeunload", (event) => this.#dirty && event.preventDefault());
  }

  get #dirty() {
    return this.#open && this.#field.value.trim() !== this.#said(this.#open);
  }

  get #field() {
    return this.box.querySelector("input");
  }

  #begin() {
    return (this.begun ??= this.#fetch());
  }

  async #fetch() {
    try {
      this.#read(await api("GET", this.path));
    } catch (problem) {
      this.#tell(problem.status === 404 ? _("The words are not written down yet. Load this page again in a minute.") : problem.message);
    }
  }

  #read(text) {
    this.#text = text;
    this.#open = null;
    this.#draw();
  }

  // Drawing

  #draw() {
    const { words, unsure, by_hand: byHand } = this.#text;
    const marked = new Set(unsure);
    const written = new Set(byHand);
    const lines = mending.sentences(this.#text).flatMap(({ from, to }) => {
      const p = document.createElement("p");
      p.className = "line";
      for (let at = from; at < to; at += 1) if (this.#shows(words[at])) p.append(word(words[at], at, marked.has(at), written.has(at)), this.getAttribute("space"));
      if (!p.firstChild) return [];
      const time = document.createElement("span");
      time.className = "at soft small figure";
      time.textContent = clock(words[from].start_ms);
      p.prepend(time, " ");
      return [p];
    });
    this.box.replaceChildren(...lines);
    const drawn = [...this.box.querySelectorAll(".word")];
    if (drawn.length && !drawn.some((each) => each.tabIndex === 0)) drawn[0].tabIndex = 0;
    script.know(this.box, drawn, drawn.map((each) => words[each.dataset.n].start_ms));
    this.#tally(drawn);
    this.past.show(this.#text);
    this.querySelector('[data-mend="undo"]').hidden = !this.#mine.length;
  }

  #tally(drawn) {
    const left = drawn.filter((each) => each.matches(".unsure")).length;
    this.querySelector('[data-mend="unsure"]').hidden = !left;
    this.querySelector('[data-mend="write"]').classList.toggle("quiet", drawn.length > 0);
    if (!drawn.length) this.#tell(_("Nobody speaks here, as far as we heard. Play to a moment, and write what is to be read there."));
    else this.#tell(left ? ngettext("%(num)s word to look at", "%(num)s words to look at", left) : _("No word here is in doubt."));
  }

  #shows(each) {
    return !this.#parts || this.#parts.some(({ start_ms, end_ms }) => mending.middle(each) >= start_ms && mending.middle(each) < end_ms);
  }

  // What is typed stands in the words' place, what else can be done with them under their sentence.
  #edit(first, count = 1, { typed = null, note = "" } = {}) {
    if (this.#open) this.#draw();
    this.#open = { first, count };
    const [button, ...more] = Array.from({ length: count }, (_, i) => this.#at(first + i)).filter(Boolean);
    if (!button) return void (this.#open = null);
    const starts = mending.sentences(this.#text);
    const begins = starts.some(({ from }) => from === first);
    const ends = starts.some(({ to }) => to === first + count) || !this.#at(first + count);
    const muted = this.#text.words.slice(first, first + count).every(({ text }) => text === MUTED);
    const form = tools(this.querySelector("[data-tools]"), { begins, first: first === 0, ends, muted, note });
    const field = written(form, this.#said(this.#open), typed);
    button.closest(".line").after(form);
    button.replaceWith(field);
    for (const each of more) (each.nextSibling.textContent = ""), each.remove();
    field.focus();
    field.select();
  }

  // Keys and pointers

  #click(event) {
    const act = event.target.closest("[data-mend]")?.dataset.mend;
    const button = event.target.closest(".word");
    if (button && !this.#dirty) this.#edit(Number(button.dataset.n));
    else if (button) this.#save(() => this.#edit(this.#text.words.findIndex((each) => each.start_ms >= button.dataset.ms)));
    else if (act) this.#do(act);
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.target === this.#field) return event.key === "Escape" && (event.preventDefault(), this.#do("close"));
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && this.#mine.length) return event.preventDefault(), this.#do("undo");
    if (event.key === "Escape" && this.box.contains(event.target) && !event.target.matches(".word")) return this.#do("close");
    if (!event.target.matches(".word") || event.ctrlKey || event.metaKey || event.altKey) return;
    const line = event.target.closest(".line");
    const onward = getComputedStyle(this.box).direction === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    const to = {
      [onward[0]]: () => this.#beside(event.target, 1),
      [onward[1]]: () => this.#beside(event.target, -1),
      ArrowDown: () => line.nextElementSibling?.querySelector(".word"),
      ArrowUp: () => line.previousElementSibling?.querySelector(".word"),
      Home: () => line.querySelector(".word"),
      End: () => [...line.querySelectorAll(".word")].at(-1),
    }[event.key];
    if (!to && ![" ", "m"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const number = Number(event.target.dataset.n);
    if (to) to()?.focus();
    else if (event.key === "m") this.#mute({ first: number, count: 1 });
    else this.#play(number);
  }

  #do(act) {
    const open = this.#open;
    const acts = {
      close: () => (this.#read(this.#text), open ? this.#focus(open.first) : this.#next(this.offered)),
      play: () => this.#play(open.first),
      more: () => this.#edit(open.first, open.count + 1, { typed: `${this.#field.value}${this.getAttribute("space")}${this.#text.words[open.first + open.count].text}` }),
      split: () => this.#save(null, true),
      join: () => this.#save(null, false),
      out: () => ((this.#field.value = ""), this.#save()),
      mute: () => this.#mute(open),
      unsure: () => this.#next(-1),
      undo: () => (this.#dirty ? (this.#field.value = this.#said(this.#open)) : this.#takeBack(this.#mine.at(-1))), // the last thing done is what is typed
      everywhere: () => this.#everywhere(),
      write: () => this.#plays && this.silent.open(this.#text.words),
      hush: () => (this.silent.close(), this.#toWrite()),
    };
    acts[act]?.();
  }

  // A word is reached by Tab while it is the one that one stands on, or in doubt.
  #stand(button) {
    if (this.stands?.isConnected && !this.stands.matches(".unsure")) this.stands.tabIndex = -1;
    this.stands = button;
    button.tabIndex = 0;
  }

  #at(number) {
    return this.box.querySelector(`.word[data-n="${number}"]`);
  }

  #beside(button, by) {
    const all = [...this.box.querySelectorAll(".word")];
    return all[all.indexOf(button) + by];
  }

  #focus(number) {
    (this.#at(number) ?? this.box.querySelector(".word"))?.focus();
  }

  // The next word in doubt, else the one after `number`.
  #next(number) {
    const next = [...this.box.querySelectorAll(".unsure")].find((each) => Number(each.dataset.n) > number);
    if (next) next.focus();
    else this.#focus(Math.max(number, 0));
  }

  // Whether the player has this recording: the editor gives it others, too.
  get #plays() {
    const { recording = this.getAttribute("recording") } = this.player.dataset; // see relay.js
    return recording === this.getAttribute("recording") || this.#trouble(_("The player shows another recording. Choose a part of this one first."));
  }

  #play(number) {
    if (this.#plays) this.player.play({ from: this.#text.words[number].start_ms });
  }

  // One line after the other is written from the same place.
  #toWrite() {
    this.querySelector('[data-mend="write"]').focus();
  }

  // Saving

  #said({ first, count }) {
    return this.#text.words.slice(first, first + count).map((each) => each.text).join(this.getAttribute("space"));
  }

  // `begins`: whether a sentence begins there, where that was asked for.
  async #save(then = null, begins = null) {
    if (!this.#open || this.saving) return; // Enter twice
    const { first, count } = this.#open;
    const said = this.#said(this.#open);
    const typed = this.#field.value.trim().replace(/\s+/g, " ");
    if (typed === said && begins === null) return this.#read(this.#text), then ? then() : this.#next(first);
    const { start_ms } = this.#text.words[first];
    const old = this.#text.words.slice(first, first + count).map((each) => each.text);
    const edit = { first, count, ...(typed !== said && { text: typed }), ...(begins !== null && { begins }) };
    this.saving = true;
    const kept = await this.#change([edit]).finally(() => (this.saving = false));
    if (!kept) return;
    const at = this.#text.words.findLastIndex((each) => each.start_ms <= start_ms);
    if (then) then();
    else if (typed === said) this.#focus(at);
    else if (!this.#offer(mending.phrase(old), mending.phrase(typed.split(" ")), at)) this.#next(at);
  }

  // Whether it was kept. What others have written meanwhile is read first, and never written over unseen.
  async #change(edits, typed = []) {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const was = this.#text;
      try {
        const text = await api("PATCH", this.path, { body: { edits, typed }, version: was.version });
        this.#did(text.version, _("Corrected the words"));
        return this.#kept(text);
      } catch (problem) {
        if (problem.status !== 412) return this.#trouble(problem.message);
        const typed = this.#field?.value;
        try {
          this.#text = await api("GET", this.path);
        } catch (unread) {
          return this.#trouble(unread.message);
        }
        const moved = mending.again(edits, was, this.#text);
        if (!moved) return this.#clash(edits[0], was, typed);
        edits = moved;
      }
    }
    return this.#trouble(_("Others are writing here at this moment. Save once more."));
  }

  async #clash({ first, count }, was, typed) {
    const gone = was.words.slice(first, first + count);
    const span = { start_ms: gone[0].start_ms, end_ms: gone.at(-1).end_ms };
    const { items } = await api("GET", `${this.path}/changes`).catch(() => ({ items: [] }));
    const theirs = items.find((each) => each.version > was.version && each.edits.some(({ at_ms: at }) => at >= span.start_ms - 1 && at <= span.end_ms));
    this.#read(this.#text);
    const now = mending.heard(this.#text, span);
    const note = _("%(name)s wrote “%(words)s” here meanwhile. Save yours over it, or keep theirs.", { name: theirs?.by.name ?? _("Somebody"), words: this.#said(now) });
    this.#edit(now.first, now.count, { typed, note });
    return false;
  }

  #kept(text) {
    this.#trouble("");
    this.#read(text);
    this.#still(text.still_called);
    this.#corrected();
    return true;
  }

  #corrected() {
    this.dispatchEvent(new CustomEvent("pass-words", { bubbles: true }));
  }

  // Titles that people wrote stay as they are: whoever corrects a name is told where it still stands.
  #still(clips) {
    const note = this.querySelector("[data-still]");
    note.hidden = !clips.length;
    note.textContent = _("Still called so by a person:");
    for (const { clip, title } of clips) {
      const link = Object.assign(document.createElement("a"), { href: `/clips/${clip}`, textContent: title, dir: "auto" });
      note.append(" ", link);
    }
  }

  // Nobody hears these words any more, in any clip, and "[…]" is read in their place.
  async #mute({ first, count }) {
    const words = this.#text.words.slice(first, first + count);
    const [{ start_ms }] = words;
    const end_ms = Math.max(...words.map((each) => each.end_ms), start_ms + 1);
    try {
      const made = await this.covers.mute({ start_ms, end_ms });
      this.#did({ muted: made.id }, _("Muted in every clip"));
      await this.#again();
      this.#tell(_("Muted in every clip. Titles, tags and comments stay as people wrote them."));
      if (!this.called.ask(made.still_called)) this.#focus(first);
    } catch (problem) {
      this.#trouble(problem.message);
    }
  }

  // What is heard is another.
  async #again() {
    this.again ??= api("GET", this.path).finally(() => (this.again = null));
    this.#kept(await this.again);
  }

  #did(act, words) {
    this.#mine.push(act);
    this.dispatchEvent(new CustomEvent("pass-mended", { bubbles: true, detail: { act, words, back: () => this.#takeBack(act) } }));
  }

  #undid(act) {
    this.#mine = this.#mine.filter((each) => each !== act);
    this.dispatchEvent(new CustomEvent("pass-unmended", { bubbles: true, detail: { act } }));
  }

  // Whether it could be.
  async #takeBack(act) {
    const within = this.contains(document.activeElement);
    try {
      if (act.muted) await this.covers.remove(act.muted), this.called.ask([]);
      const text = act.muted ? null : await api("DELETE", `${this.path}/changes/${act}`);
      this.#undid(act);
      if (text) this.#kept(text);
      else await this.#again();
      this.#tell(_("Taken back."));
      if (within && !this.contains(document.activeElement)) this.#focus(Number(this.stands?.dataset.n ?? 0)); // what had it is gone
      return true;
    } catch (problem) {
      this.#undid(act);
      return this.#trouble(problem.message);
    }
  }

  // The same word elsewhere: is it misheard there, too? Short everyday words are not asked about.
  #offer(said, instead, at) {
    if (!said || !instead || said === instead || (said.length < 4 && !/[\p{Lu}\d]/u.test(said))) return false;
    this.wider?.ask(said, instead);
    const many = mending.elsewhere(this.#text, said, instead);
    if (!many) return false;
    const offer = this.querySelector("[data-offer]").content.cloneNode(true).firstElementChild;
    offer.querySelector("[data-said]").textContent = ngettext("“%(said)s” is said once more in this recording.", "“%(said)s” is said %(num)s times more in this recording.", many, { said });
    offer.querySelector('[data-mend="everywhere"]').textContent = _("Write “%(instead)s” there, too", { instead });
    this.#at(at)?.closest(".line").after(offer);
    this.offered = at;
    this.asked = { find: said, instead };
    offer.querySelector('[data-mend="everywhere"]').focus();
    return true;
  }

  // Wherever it is said by now, whoever else writes.
  async #everywhere() {
    try {
      const { version } = await api("GET", this.path);
      const text = await api("POST", `${this.path}/replacements`, { body: this.asked, version });
      this.#did(text.version, _("Corrected the words"));
      this.#kept(text);
      this.#next(this.offered);
    } catch (problem) {
      this.#trouble(problem.message);
    }
  }

  #tell(words) {
    this.querySelector("[data-tell]").textContent = words;
  }

  #trouble(words) {
    const trouble = this.querySelector("[data-problem]");
    trouble.textContent = words;
    trouble.hidden = !words;
    return false;
  }
}

customElements.define("pass-words", PassWords);
