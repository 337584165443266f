// <pass-composer player clip>: a comment at the second that is shown, or over a range that ends at another.
//   event "pass-said" on the document, detail.id: something new was said
import { clock, read } from "./clock.js";
import { later } from "./later.js";
import { once } from "./once.js";
import * as made from "./parts.js";
import { toast } from "./pass-toast.js";
import { playerOf } from "./player-of.js";
import { _ } from "./words.js";

const naming = later(() => import("./mention.js"));
// Shown where a browser can record, and nowhere else: `speaks`, in css/talk.css.
const records = Boolean(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder);
// The end of a question, in whatever script; an Armenian one has its mark within the last word.
const ASKS = /(?:[?？؟;⸮፧⁇⁈⁉]|՞\p{L}*)["'”’»)\]\s]*$/u;
const speaking = records ? later(() => import("./speak.js")) : null;

class PassComposer extends HTMLElement {
  #ms = null; // of the clip, to the millisecond: where typing began, or what was written instead
  #moment = null; // the same in its recording's time: the clip may be cut anew meanwhile
  #until = null; // of a range: where it ends, to the millisecond

  async connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.form.elements.text;
    this.at = this.form.elements.at;
    this.until = this.form.elements.until;
    this.asks = this.querySelector("[data-asks]");
    this.text.addEventListener("focus", () => naming().then(({ offer }) => offer(this.text, this.getAttribute("clip")), () => {}));
    this.draft = `said:${document.body.dataset.person}:${this.getAttribute("clip")}`;
    // For this tab only: on a shared device the next person finds nothing of it.
    if (!this.text.value) this.text.value = sessionStorage.getItem(this.draft) ?? "";
    this.toggleAttribute("typed", Boolean(this.text.value));
    this.toggleAttribute("held", Boolean(this.until.value));
    this.#offer();

    this.text.addEventListener("input", () => this.#typing());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) this.form.requestSubmit();
    });
    this.addEventListener("focusin", () => this.toggleAttribute("open", true));
    this.addEventListener("focusout", (event) => {
      if (!this.contains(event.relatedTarget) && !this.text.value && !this.#stuck) this.removeAttribute("open");
    });
    this.at.addEventListener("change", () => this.#written());
    this.until.addEventListener("input", () => (this.#until = null));
    this.querySelector("[data-range]").addEventListener("click", () => this.#range());
    this.querySelector("[data-until]").addEventListener("click", () => this.#ends());
    this.querySelector("[data-no-range]").addEventListener("click", () => this.#noRange());
    this.asks.addEventListener("click", () => this.#ask());
    this.form.addEventListener("change", () => this.#offer());
    document.documentElement.classList.toggle("speaks", records);
    this.speak = this.querySelector(".speak");
    this.speak.addEventListener("click", () => this.#speak());
    document.addEventListener("pass-ask", () => this.#ask());
    // On a phone it covers what lies below: the page ends above it, and so does what is scrolled to.
    new ResizeObserver(() => document.documentElement.style.setProperty("--composer", `${this.offsetHeight}px`)).observe(this);
    this.form.addEventListener("submit", (event) => this.#send(event));
    this.player = await playerOf(this);
    this.player.addEventListener("pass-time", (event) => this.#follow(event.detail.ms));
    this.player.addEventListener("pass-changed", () => this.#moved());
    if (this.#stuck) this.#stick(read(this.at.value)); // some time ago
  }

  get #stuck() {
    return ["typed", "held", "speaking"].some((each) => this.hasAttribute(each));
  }

  // It begins where the comment does. Where the video has gone on since, it ends there until somebody says otherwise.
  #range() {
    if (!this.player) return;
    if (!this.#stuck) this.#stick(this.player.ms);
    this.toggleAttribute("held", true);
    if (this.#later(this.player.ms)) this.#ends();
    this.querySelector("[data-until]").focus();
  }

  #ends() {
    const trouble = this.querySelector(".trouble");
    const { ms } = this.player;
    trouble.hidden = this.#later(ms);
    if (!trouble.hidden) return this.#fail(trouble, _("A range ends after it begins. Play on to where it ends, and press again."));
    this.#until = ms;
    this.until.value = clock(ms);
  }

  #noRange() {
    this.#until = null;
    this.until.value = "";
    this.toggleAttribute("held", false);
    this.text.focus();
  }

  #ask() {
    this.form.elements.kind.value = "question";
    this.toggleAttribute("open", true);
    this.#offer();
    this.text.focus();
  }

  // A comment that ends in a question mark may be a question: whoever writes it says so.
  #offer() {
    this.asks.hidden = this.form.elements.kind.value !== "comment" || !ASKS.test(this.text.value);
  }

  // The second moves with the video until something is typed: then it stays where the thought came.
  #follow(ms) {
    if (!this.#stuck && document.activeElement !== this.at) this.at.value = clock(ms);
    this.toggleAttribute("here", Math.abs((read(this.at.value) ?? 0) - ms) < 1500);
  }

  #typing() {
    const typed = Boolean(this.text.value.trim());
    if (typed && !this.#stuck) this.#stick(this.player?.ms ?? null);
    if (typed && !this.hasAttribute("typed")) this.player?.pause();
    this.toggleAttribute("typed", typed);
    this.#offer();
    if (typed) sessionStorage.setItem(this.draft, this.text.value);
    else sessionStorage.removeItem(this.draft);
  }

  #written() {
    const ms = read(this.at.value);
    this.#stick(ms);
    if (ms !== null) this.player?.seek(ms);
  }

  #stick(ms) {
    this.#ms = ms;
    const parts = this.player?.parts;
    this.#moment = ms !== null && parts?.length ? made.inRecording(parts, Math.min(ms, made.length(parts) - 1)) : null;
  }

  // The clip was cut anew: the thought stays where it came, or as near as what is left.
  #moved() {
    if (!this.#stuck || !this.#moment) return;
    this.#ms = made.nearest(this.player.parts, this.#moment);
    this.at.value = clock(this.#ms);
    this.#follow(this.player.ms);
  }

  async #send(event) {
    event.preventDefault();
    const trouble = this.querySelector(".trouble");
    const button = this.form.querySelector("button");
    trouble.hidden = true;
    button.disabled = true;
    try {
      const kind = this.form.elements.kind.value;
      const said = await once(`clips/${this.getAttribute("clip")}/comments`, {
        clip_at_ms: this.#place(),
        clip_end_ms: this.#end(),
        kind,
        masked: kind === "question" && this.form.elements.masked.checked,
        text: this.text.value,
      });
      sessionStorage.removeItem(this.draft);
      this.#over();
      document.dispatchEvent(new CustomEvent("pass-said", { detail: { id: said.id } }));
    } catch (problem) {
      this.#fail(trouble, problem.message);
    }
    button.disabled = false;
  }

  // In the place of writing. Of a question without a name there is no voice.
  async #speak() {
    const trouble = this.querySelector(".trouble");
    const what = () => {
      const kind = this.form.elements.kind.value;
      return { clip_at_ms: this.#place(), clip_end_ms: this.#end(), kind, masked: kind === "question" && this.form.elements.masked.checked };
    };
    trouble.hidden = true;
    if (what().masked) return this.#fail(trouble, _("A voice is a name: colleagues would hear who asks. Write this one, or ask it with your name."));
    if (!this.#stuck) this.#stick(this.player?.ms ?? null);
    for (const each of ["open", "speaking"]) this.toggleAttribute(each, true);
    this.player?.pause();
    try {
      await (await speaking()).speak(this.form, { clip: this.getAttribute("clip"), what, over: (said) => this.#spoken(said) });
    } catch (problem) {
      this.toggleAttribute("speaking", false);
      this.#fail(trouble, problem.message);
    }
  }

  #spoken(said) {
    this.toggleAttribute("speaking", false);
    if (!said) return this.speak.focus();
    this.#over();
    document.dispatchEvent(new CustomEvent("pass-said", { detail: { id: said.id } }));
  }

  // It was said: empty again. (A draft that the server drew would come back with a reset alone.)
  #over() {
    if (this.hasAttribute("held") && this.#end() === null) toast(_("Sent about %(time)s alone: the range had no end.", { time: this.at.value }));
    this.form.reset();
    for (const each of [this.text, this.until]) each.value = "";
    for (const each of ["typed", "open", "held"]) this.toggleAttribute(each, false);
    this.#until = null;
    this.#offer();
  }

  #fail(trouble, words) {
    trouble.textContent = words;
    trouble.hidden = false;
  }

  // A video that pauses goes on for a moment: within one second nobody has marked a range.
  #later(ms) {
    return clock(ms) !== clock(this.#place()) && ms > this.#place();
  }

  // Of a range; null where it has none yet, or none that is told from where it begins.
  #end() {
    const shown = this.until.value.trim() ? read(this.until.value) : null;
    if (shown === null || clock(shown) === clock(this.#place())) return null;
    return this.#until !== null && Math.floor(this.#until / 1000) * 1000 === shown ? this.#until : shown;
  }

  // Exact to the millisecond when the second shown is the one where typing began.
  #place() {
    const shown = read(this.at.value) ?? 0;
    return this.#ms !== null && Math.floor(this.#ms / 1000) * 1000 === shown ? this.#ms : shown;
  }
}

customElements.define("pass-composer", PassComposer);
