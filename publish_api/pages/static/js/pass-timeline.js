// <pass-timeline>: the recording around a clip. Words are bars, pauses are gaps, the clip is what lies
// between two handles that stop at pauses.
//   .show({view: {from, to}, words, others, stops})  .clip = {start_ms, end_ms}  .ms = what is shown
//   event "pass-bound" detail {bound, ms, done};  event "pass-look" detail {ms}: somebody points at a moment
import { exact } from "./clock.js";
import { earlier, later, nearest } from "./bounds.js";

const SVG = "http://www.w3.org/2000/svg";

class PassTimeline extends HTMLElement {
  #data = { view: { from: 0, to: 1 }, words: [], others: [], stops: [0] };
  #clip = { start_ms: 0, end_ms: 1 };

  connectedCallback() {
    this.innerHTML = `<div class="strip-of-time" dir="ltr"><svg preserveAspectRatio="none" aria-hidden="true"></svg>
      <i class="kept"></i><i class="head-of-play"></i>
      <button type="button" role="slider" class="handle" data-bound="start" aria-label="Start"></button>
      <button type="button" role="slider" class="handle" data-bound="end" aria-label="End"></button></div>`;
    this.strip = this.firstElementChild;
    this.handles = Object.fromEntries([...this.querySelectorAll(".handle")].map((h) => [h.dataset.bound, h]));
    for (const handle of Object.values(this.handles)) {
      handle.addEventListener("pointerdown", (event) => this.#drag(event, handle));
      handle.addEventListener("keydown", (event) => this.#key(event, handle.dataset.bound));
    }
    this.strip.addEventListener("click", (event) => {
      if (!event.target.closest(".handle")) this.#tell("pass-look", { ms: this.#ms(event) });
    });
  }

  show(data) {
    this.#data = data;
    const { from, to } = data.view;
    const svg = this.querySelector("svg");
    svg.setAttribute("viewBox", `${from} 0 ${Math.max(to - from, 1)} 100`);
    const inside = (each) => each.end_ms > from && each.start_ms < to;
    svg.replaceChildren(
      ...data.others.filter(inside).map((o) => rect(o.start_ms, o.end_ms, 0, 100, "other")),
      ...data.words.filter(inside).map((w) => rect(w.start_ms, Math.max(w.end_ms, w.start_ms + 60), 34, 32, "word")),
    );
    this.#draw();
  }

  set clip(clip) {
    this.#clip = clip;
    this.#draw();
  }

  set ms(ms) {
    const at = this.#at(ms);
    this.querySelector(".head-of-play").style.insetInlineStart = `${at}%`;
    this.querySelector(".head-of-play").hidden = at < 0 || at > 100;
  }

  #draw() {
    const { start_ms, end_ms } = this.#clip;
    const kept = this.querySelector(".kept");
    kept.style.insetInlineStart = `${this.#at(start_ms)}%`;
    kept.style.inlineSize = `${this.#at(end_ms) - this.#at(start_ms)}%`;
    for (const [bound, handle] of Object.entries(this.handles)) {
      const ms = this.#clip[`${bound}_ms`];
      handle.style.insetInlineStart = `${this.#at(ms)}%`;
      handle.setAttribute("aria-valuemin", Math.round(this.#data.stops[0]));
      handle.setAttribute("aria-valuemax", Math.round(this.#data.stops.at(-1)));
      handle.setAttribute("aria-valuenow", Math.round(ms));
      handle.setAttribute("aria-valuetext", exact(ms));
    }
  }

  #key(event, bound) {
    const now = this.#clip[`${bound}_ms`];
    const { stops } = this.#data;
    const to = {
      ArrowLeft: () => earlier(stops, now),
      ArrowDown: () => earlier(stops, now),
      ArrowRight: () => later(stops, now),
      ArrowUp: () => later(stops, now),
    }[event.key]?.();
    if (to === undefined) return;
    event.preventDefault();
    this.#tell("pass-bound", { bound, ms: to, done: true });
  }

  #drag(event, handle) {
    const { bound } = handle.dataset;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    let last = this.#clip[`${bound}_ms`];
    const move = (moving) => {
      const ms = nearest(this.#data.stops, this.#ms(moving));
      if (ms !== last) this.#tell("pass-bound", { bound, ms: (last = ms), done: false });
    };
    const end = () => {
      handle.removeEventListener("pointermove", move);
      this.#tell("pass-bound", { bound, ms: last, done: true });
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", end, { once: true });
  }

  #at(ms) {
    const { from, to } = this.#data.view;
    return ((ms - from) / Math.max(to - from, 1)) * 100;
  }

  #ms(event) {
    const box = this.strip.getBoundingClientRect();
    const { from, to } = this.#data.view;
    return Math.round(from + Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * (to - from));
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}

function rect(start, end, y, height, kind) {
  const made = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x: start, y, width: end - start, height, class: kind })) made.setAttribute(name, value);
  return made;
}

customElements.define("pass-timeline", PassTimeline);
