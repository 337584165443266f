// <pass-covers recording player>: what is muted of a recording in every clip, and what is covered of its picture; each can
// be taken back. A form draws a box over the player, for as long as it says.
//   .mute({start_ms, end_ms})  .remove(id): both throw what api.js does; `mute` answers {id, still_called}
//   event "pass-covered": something else is heard, seen or said from now on; the words are to be read again
import { api } from "./api.js";
import { exact } from "./clock.js";
import { CoverBox, inWords } from "./cover-box.js";
import { playerOf } from "./player-of.js";
import { _ } from "./words.js";

const LOOK_MS = 1000; // while it is being made
const USUAL_MS = 2000; // that a box is there, until somebody says otherwise
const SIDES = ["left", "top", "right", "bottom"];

class PassCovers extends HTMLElement {
  #timer = null;
  #waits = false;
  #spans = [];
  #drawn = null; // {start_ms, end_ms} of the box that is being drawn

  async connectedCallback() {
    if (this.list) return;
    this.list = this.querySelector("ul");
    this.form = this.querySelector("form");
    this.path = `recordings/${this.getAttribute("recording")}/covers`;
    this.player = await playerOf(this);
    this.addEventListener("click", ({ target }) => this.#click(target.closest("button")));
    this.form?.addEventListener("submit", (event) => (event.preventDefault(), event.stopPropagation(), this.#cover()));
    this.form?.addEventListener("input", () => this.#typed());
    this.form?.addEventListener("click", (event) => (event.stopPropagation(), this.#click(event.target.closest("button"))));
    this.#look();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.box?.close();
  }

  async mute(span) {
    const made = await api("POST", this.path, { body: span });
    this.#changed();
    return made;
  }

  async remove(id) {
    await api("DELETE", `covers/${id}`);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("pass-covered", { bubbles: true }));
    this.#waits = true;
    this.#look();
  }

  #click(button) {
    const act = button?.dataset.cover;
    const acts = { remove: () => this.#remove(button), open: () => this.#open(), close: () => this.#close(), from: () => this.#at("start_ms"), to: () => this.#at("end_ms") };
    acts[act]?.();
  }

  async #remove(button) {
    button.disabled = true;
    try {
      await this.remove(button.dataset.id);
      this.#tell(_("Taken back."));
    } catch (problem) {
      button.disabled = false;
      this.#tell(problem.message);
    }
  }

  // What stands, and again in a moment while something of it is being made.
  async #look() {
    clearTimeout(this.#timer);
    const { items } = await api("GET", this.path).catch(() => ({ items: null }));
    if (items) this.#draw(items.filter((each) => !each.removed_at));
    const waits = !items || items.some((each) => !each.removed_at && !each.ready);
    if (waits) this.#timer = setTimeout(() => this.#look(), LOOK_MS);
    else if (this.#waits) this.#renew();
    if (items) this.#waits = waits;
  }

  // What the player has loaded is what was heard and seen before.
  #renew() {
    if (this.#plays) this.player.source?.renew(this.player.ms);
  }

  // Whether the player has this recording: the editor gives it others, too.
  get #plays() {
    const { recording = this.getAttribute("recording") } = this.player.dataset; // see relay.js
    return recording === this.getAttribute("recording");
  }

  #draw(items) {
    const focused = this.list.contains(document.activeElement);
    this.list.replaceChildren(...items.map((each) => this.#line(each)));
    this.list.hidden = !items.length;
    this.querySelector("[data-none]").hidden = items.length > 0;
    if (focused) (this.list.querySelector("button") ?? this.closest("details")?.querySelector("summary"))?.focus();
    this.#spans = items.map(({ start_ms: from, end_ms: to }) => ({ from, to }));
    this.#mark();
  }

  #line({ id, start_ms: start, end_ms: end, box, made_by: by, ready }) {
    const line = this.querySelector("template").content.cloneNode(true).firstElementChild;
    const span = `${exact(start)}–${exact(end)}`;
    const button = line.querySelector("button");
    line.querySelector("[data-at]").textContent = span;
    line.querySelector("[data-what]").textContent = box ? _("Picture") : _("Sound");
    line.querySelector("[data-what]").title = box ? inWords(box) : "";
    line.querySelector("[data-by]").textContent = by;
    line.querySelector("[data-waits]").hidden = ready;
    button.dataset.id = id;
    button.setAttribute("aria-label", `${button.textContent.trim()}: ${span}`);
    return line;
  }

  // The box

  #open() {
    if (!this.#plays) return this.#tell(_("The player shows another recording. Choose a part of this one first."));
    this.player.pause();
    const start_ms = this.player.ms;
    this.#drawn = { start_ms, end_ms: Math.min(start_ms + USUAL_MS, this.player.length) };
    this.box ??= new CoverBox(this.player, () => this.#numbers());
    this.form.hidden = false;
    // Where the player would scroll away the form goes along with it, and comes back when it is closed.
    const stage = this.player.closest(".stage");
    const inView = !stage || getComputedStyle(stage).position === "sticky";
    if (!inView) stage.append(this.form);
    this.box.open({ inView });
    this.#numbers();
    this.#times();
  }

  #close() {
    this.#drawn = null;
    this.box.close();
    this.form.hidden = true;
    this.querySelector('[data-cover="open"]').after(this.form);
    this.#mark();
    this.querySelector('[data-cover="open"]').focus();
  }

  // From the player's moment on, or up to it: always forward.
  #at(bound) {
    const { ms } = this.player;
    if (bound === "start_ms") this.#drawn = { start_ms: ms, end_ms: Math.max(this.#drawn.end_ms, Math.min(ms + USUAL_MS, this.player.length)) };
    else if (ms > this.#drawn.start_ms) this.#drawn = { ...this.#drawn, end_ms: ms };
    else return this.#tell(_("Play on to where the box is to go away again."));
    this.#times();
  }

  #times() {
    this.form.querySelector("[data-from]").textContent = exact(this.#drawn.start_ms);
    this.form.querySelector("[data-to]").textContent = exact(this.#drawn.end_ms);
    this.#mark();
  }

  #numbers() {
    for (const side of SIDES) this.form.elements[side].value = this.box.box[side] / 10;
  }

  #typed() {
    const typed = Object.fromEntries(SIDES.map((side) => [side, Math.round(this.form.elements[side].valueAsNumber * 10)]));
    if (SIDES.every((side) => typed[side] >= 0 && typed[side] <= 1000) && typed.left < typed.right && typed.top < typed.bottom) this.box.box = typed;
  }

  async #cover() {
    try {
      await api("POST", this.path, { body: { ...this.#drawn, box: this.box.box } });
      this.#close();
      this.#tell(_("Covered in every clip."));
      this.#changed();
    } catch (problem) {
      this.#tell(problem.message);
    }
  }

  // On the player's line.
  #mark() {
    if (!this.#plays) return;
    const { start_ms: from, end_ms: to } = this.#drawn ?? {};
    this.player.spans = [...this.#spans, ...(this.#drawn ? [{ from, to }] : [])];
  }

  #tell(words) {
    this.querySelector("[data-told]").textContent = words;
  }
}

customElements.define("pass-covers", PassCovers);
