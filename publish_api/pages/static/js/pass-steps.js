// <pass-steps src recording>: how a recording is doing, and what is said about it, asked for again: often while
// something moves, now and then once it is ready.
// Drawn by the server; only the parts that differ are replaced, and what has come to play is played.
import { piece } from "./api.js";
import { local } from "./site.js";

const EVERY_MS = 1500;
const READY_MS = 30_000;
const TROUBLED_MS = 6000;

class PassSteps extends HTMLElement {
  connectedCallback() {
    this.#player();
    this.news = document.createElement("p");
    this.news.setAttribute("role", "status");
    this.news.className = "out-of-sight";
    this.after(this.news);
    document.addEventListener("visibilitychange", () => !document.hidden && this.#soon(0));
    this.#soon(this.every);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  get standing() {
    return this.querySelector(".standing");
  }

  // Milliseconds; null: nothing changes by itself any more.
  get every() {
    return { working: EVERY_MS, ready: READY_MS }[this.standing.dataset.status] ?? null;
  }

  #soon(ms) {
    clearTimeout(this.timer);
    if (this.every && !document.hidden) this.timer = setTimeout(() => this.#ask(), ms);
  }

  async #ask() {
    let troubled = 0;
    try {
      const drawn = (await piece(this.getAttribute("src"))).querySelector(".standing");
      local(drawn);
      this.#merge(drawn);
    } catch {
      troubled = TROUBLED_MS; // no signal: what is shown stays true enough
    }
    this.#soon(Math.max(this.every ?? 0, troubled));
  }

  #merge(drawn) {
    const { standing } = this;
    const headline = drawn.querySelector("h2").textContent.trim();
    if (headline !== standing.querySelector("h2").textContent.trim()) this.news.textContent = headline;
    for (const { name, value } of drawn.attributes) standing.setAttribute(name, value);
    const kept = new Set([...drawn.querySelectorAll("[data-part]")].map((part) => part.dataset.part));
    let before = null;
    for (const part of drawn.querySelectorAll("[data-part]")) {
      const old = standing.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!old) before ? before.after(part) : standing.prepend(part);
      else if (!old.isEqualNode(part) && !old.contains(document.activeElement)) old.replaceWith(part);
      before = part.isConnected ? part : old;
    }
    for (const old of standing.querySelectorAll("[data-part]"))
      if (!kept.has(old.dataset.part)) old.remove();
    this.#player();
  }

  // As soon as the first seconds are there, while the rest is still being made.
  #player() {
    const { plays, shape, spans, poster } = this.standing.dataset;
    const old = document.getElementById("player");
    if (spans && old?.getAttribute("spans") !== spans) old?.setAttribute("spans", spans);
    if (poster && old && !old.querySelector("video").poster) old.querySelector("video").poster = poster;
    // A film takes the place of the sound that came first, once there is something of it to see.
    if (!plays || old?.dataset.plays === plays) return;
    const made = document.getElementById("player-template").content.cloneNode(true);
    made.firstElementChild.className = shape;
    made.firstElementChild.dataset.plays = plays;
    if (spans) made.firstElementChild.setAttribute("spans", spans);
    if (poster) made.querySelector("video").poster = old ? `${poster}?film` : poster; // else it would show the one it has
    old ? old.replaceWith(made) : this.before(made);
    const { classList } = this.closest("main");
    classList.remove("sound", "landscape", "portrait");
    classList.add("plays", shape);
  }
}

customElements.define("pass-steps", PassSteps);
