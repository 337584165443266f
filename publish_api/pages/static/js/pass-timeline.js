// <pass-timeline [storyboard]>: a recording, or what of it is looked at. Its stills, its words as bars, its pauses as the
// gaps between them; what is kept lies between two handles, which stop at pauses, or at every frame.
//   .show({view: {from, to}, words, others, stops, [fps], [wave]})  .clip = {start_ms, end_ms}  .rest = [{start_ms, end_ms}]
//   .ms = what is shown  .free: handles stop at frames  .storyboard = the address of what stills there are
//   event "pass-bound" detail {bound, ms, done};  event "pass-look" detail {ms}: somebody points at a moment
// Keys on a handle: left and right a frame, with Shift a second, up and down the next pause; without frames, pauses alone.
import { exact, toFrame } from "./clock.js";
import { earlier, frameAt, later, msOf, nearest, step } from "./bounds.js";
import { Storyboard } from "./storyboard.js";
import { draw } from "./wave.js";
import { _ } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const STILL_HEIGHT = 48;

class PassTimeline extends HTMLElement {
  #data = { view: { from: 0, to: 1 }, words: [], others: [], stops: [0] };
  #clip = { start_ms: 0, end_ms: 1 };
  #rest = [];
  #board = null;
  #ratio = 16 / 9; // of a still's sides, until one has come
  #resized = new ResizeObserver(() => (this.#stills(), this.#wave()));
  free = false;

  connectedCallback() {
    if (this.strip) return;
    this.innerHTML = `<div class="strip-of-time" dir="ltr"><div class="stills" aria-hidden="true"></div><svg preserveAspectRatio="none" aria-hidden="true"></svg><canvas class="wave" aria-hidden="true" hidden></canvas>
      <i class="kept"></i><i class="head-of-play"></i>
      <button type="button" role="slider" class="handle" data-bound="start" aria-label="${_("Start")}"></button>
      <button type="button" role="slider" class="handle" data-bound="end" aria-label="${_("End")}"></button></div>`;
    this.strip = this.firstElementChild;
    this.handles = Object.fromEntries([...this.querySelectorAll(".handle")].map((h) => [h.dataset.bound, h]));
    for (const handle of Object.values(this.handles)) {
      handle.addEventListener("pointerdown", (event) => this.#drag(event, handle));
      handle.addEventListener("keydown", (event) => this.#key(event, handle.dataset.bound));
    }
    this.strip.addEventListener("click", (event) => {
      if (!event.target.closest(".handle")) this.#tell("pass-look", { ms: this.#ms(event) });
    });
    this.storyboard = this.getAttribute("storyboard");
    this.#resized.observe(this.strip);
  }

  disconnectedCallback() {
    this.#resized.disconnect();
  }

  set storyboard(src) {
    this.#board = src ? new Storyboard(src) : null;
    this.toggleAttribute("pictured", false);
    this.querySelector(".stills").replaceChildren();
    this.#stills();
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
    this.#stills();
    this.#wave();
    this.#draw();
  }

  set clip(clip) {
    this.#clip = clip;
    this.#draw();
  }

  set rest(spans) {
    this.#rest = spans;
    this.#draw();
  }

  set ms(ms) {
    const at = this.#at(ms);
    this.querySelector(".head-of-play").style.insetInlineStart = `${at}%`;
    this.querySelector(".head-of-play").hidden = at < 0 || at > 100;
  }

  #draw() {
    const { start_ms, end_ms } = this.#clip;
    this.#lay(this.querySelector(".kept"), start_ms, end_ms);
    for (const each of this.querySelectorAll(".kept-too")) each.remove();
    for (const span of this.#rest.filter((each) => this.#at(each.end_ms) > 0 && this.#at(each.start_ms) < 100)) {
      const i = document.createElement("i");
      i.className = "kept-too";
      this.#lay(i, span.start_ms, span.end_ms);
      this.querySelector(".kept").before(i);
    }
    const { stops, fps } = this.#data;
    for (const [bound, handle] of Object.entries(this.handles)) {
      const ms = this.#clip[`${bound}_ms`];
      const at = this.#at(ms);
      handle.style.insetInlineStart = `${at}%`;
      handle.hidden = at < -0.01 || at > 100.01;
      handle.setAttribute("aria-valuemin", Math.round(stops[0]));
      handle.setAttribute("aria-valuemax", Math.round(stops.at(-1)));
      handle.setAttribute("aria-valuenow", Math.round(ms));
      handle.setAttribute("aria-valuetext", fps ? toFrame(ms) : exact(ms));
    }
  }

  #lay(element, start, end) {
    const [from, to] = [this.#at(start), this.#at(end)].map((at) => Math.min(Math.max(at, 0), 100));
    element.style.insetInlineStart = `${from}%`;
    element.style.inlineSize = `${to - from}%`;
    element.hidden = to <= from;
  }

  // As many stills as stand side by side, each of the moment in its middle.
  async #stills() {
    const board = this.#board;
    if (!board) return;
    await board.ask();
    const width = this.strip.clientWidth;
    if (board !== this.#board || !width) return;
    const { from, to } = this.#data.view;
    const many = Math.max(1, Math.round(width / (STILL_HEIGHT * this.#ratio)));
    const addresses = Array.from({ length: many }, (_, i) => board.at(from + ((i + 0.5) / many) * (to - from)));
    const drawn = addresses.map((address) => {
      const img = document.createElement(address ? "img" : "i");
      if (!address) return img;
      Object.assign(img, { alt: "", height: STILL_HEIGHT, decoding: "async", draggable: false });
      img.addEventListener("load", () => this.#shaped(img.naturalWidth / img.naturalHeight), { once: true });
      img.addEventListener("error", () => img.replaceWith(document.createElement("i")), { once: true });
      img.src = address;
      return img;
    });
    this.toggleAttribute("pictured", addresses.some(Boolean));
    this.#wave(); // which stands below them
    this.querySelector(".stills").replaceChildren(...drawn);
  }

  #wave() {
    const { wave = null, view } = this.#data;
    draw(this.querySelector(".wave"), wave, view);
  }

  #shaped(ratio) {
    if (Math.abs(ratio / this.#ratio - 1) < 0.05) return;
    this.#ratio = ratio;
    this.#stills();
  }

  #key(event, bound) {
    const now = this.#clip[`${bound}_ms`];
    const { stops, fps } = this.#data;
    const frames = event.shiftKey ? Math.round(fps) : 1;
    const to = {
      ArrowLeft: () => (fps ? step(now, -frames, fps) : earlier(stops, now)),
      ArrowRight: () => (fps ? step(now, frames, fps) : later(stops, now)),
      ArrowDown: () => earlier(stops, now),
      ArrowUp: () => later(stops, now),
    }[event.key]?.();
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
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
      const ms = this.#stop(moving);
      if (ms !== last) this.#tell("pass-bound", { bound, ms: (last = ms), done: false });
    };
    const end = () => {
      handle.removeEventListener("pointermove", move);
      this.#tell("pass-bound", { bound, ms: last, done: true });
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", end, { once: true });
  }

  #stop(event) {
    const { stops, fps } = this.#data;
    const ms = this.#ms(event);
    return fps && (this.free || event.altKey) ? msOf(frameAt(ms, fps), fps) : nearest(stops, ms);
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
