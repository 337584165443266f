// The bar under a player's picture: how far it is, what has come, what is marked, where clips begin and end; and while
// somebody moves along it, the still of that moment. Times are milliseconds of what plays.
import { clock, spoken } from "./clock.js";
import { Storyboard } from "./storyboard.js";
import { _ } from "./words.js";

const LOOKED_MS = 1500; // how long the still stays after the last key

export const SCRUBBER = `
  <div class="scrub">
    <div class="track"><i class="loaded"></i><i class="played"></i><div class="spans" aria-hidden="true"></div><div class="joins" aria-hidden="true"></div><div class="marks" aria-hidden="true"></div></div>
    <input type="range" min="0" step="any" value="0" aria-label="${_("Position")}">
    <div class="still" aria-hidden="true" hidden><img alt="" draggable="false"><span class="figure"></span></div>
  </div>`;

export class Scrubber {
  #length = 0;
  #marks = [];
  #spans = [];
  #joins = [];
  #looked = null; // the moment whose still is asked for
  #leaves = 0;

  // `seek(ms)`: somebody wants to be there.
  constructor(root, { storyboard, seek }) {
    const of = (selector) => root.querySelector(selector);
    this.range = of("input");
    this.parts = { track: of(".track"), loaded: of(".loaded"), played: of(".played"), still: of(".still"), image: of("img"), time: of(".still span") };
    this.drawn = { marks: of(".marks"), spans: of(".spans"), joins: of(".joins") };
    this.storyboard = new Storyboard(storyboard);
    this.#listen(seek);
  }

  set marks(marks) {
    this.#marks = marks;
    this.#place();
  }

  // [{from, to}]: the clips of a recording.
  set spans(spans) {
    this.#spans = spans;
    this.#place();
  }

  // Where a clip's parts meet.
  set joins(joins) {
    this.#joins = joins;
    this.#place();
  }

  draw(ms, length) {
    if (length !== this.#length) {
      this.#length = length;
      this.#place();
    }
    this.range.max = length;
    this.range.value = ms;
    this.range.setAttribute("aria-valuetext", `${spoken(ms)} of ${spoken(length)}`);
    this.parts.played.style.inlineSize = this.#at(ms);
  }

  loaded(ms) {
    this.parts.loaded.style.inlineSize = this.#at(ms);
  }

  // What plays is another now: the still may be of what was taken out.
  renew() {
    this.storyboard.renew();
    this.parts.image.removeAttribute("src");
    this.#leave();
  }

  // After a key has moved it.
  looked(ms) {
    this.#look(ms);
    this.#leaveSoon();
  }

  #listen(seek) {
    const { range } = this;
    range.addEventListener("pointermove", (event) => this.#look(this.#under(event.clientX)));
    range.addEventListener("input", () => {
      const ms = Number(range.value);
      seek(ms);
      this.looked(ms);
    });
    for (const event of ["pointerleave", "pointercancel", "blur"]) range.addEventListener(event, () => this.#leave());
    range.addEventListener("keydown", (event) => event.key === "Escape" && this.#leave());
    this.parts.image.addEventListener("error", () => {
      this.storyboard.forget();
      this.#leave();
    });
  }

  #under(x) {
    const { left, width } = this.parts.track.getBoundingClientRect();
    return Math.min(Math.max((x - left) / width, 0), 1) * this.#length;
  }

  #look(ms) {
    clearTimeout(this.#leaves);
    this.#looked = ms;
    this.storyboard.ask().then((news) => news && this.#looked !== null && this.#still());
    this.#still();
  }

  #leaveSoon() {
    clearTimeout(this.#leaves);
    this.#leaves = setTimeout(() => this.#leave(), LOOKED_MS);
  }

  #leave() {
    this.#looked = null;
    this.parts.still.hidden = true;
  }

  #still() {
    const { still, image, time } = this.parts;
    const address = this.storyboard.at(Math.min(this.#looked, this.#length - 1));
    still.hidden = !address;
    if (!address) return;
    if (image.getAttribute("src") !== address) image.src = address; // until it has come, the one before stays
    time.textContent = clock(this.#looked);
    still.style.setProperty("--at", this.#looked / this.#length);
  }

  #at(ms) {
    return `${this.#length ? Math.min(ms / this.#length, 1) * 100 : 0}%`;
  }

  #place() {
    this.drawn.marks.replaceChildren(
      ...this.#marks.map((mark) => {
        const i = this.#tick(mark.ms);
        i.dataset.kind = mark.kind;
        i.toggleAttribute("data-resolved", Boolean(mark.resolved));
        return i;
      }),
    );
    this.drawn.joins.replaceChildren(...this.#joins.map((ms) => this.#tick(ms)));
    this.drawn.spans.replaceChildren(
      ...this.#spans.map(({ from, to }) => {
        const i = this.#tick(from);
        i.style.inlineSize = this.#at(to - from);
        return i;
      }),
    );
  }

  #tick(ms) {
    const i = document.createElement("i");
    i.style.insetInlineStart = this.#at(ms);
    return i;
  }
}
