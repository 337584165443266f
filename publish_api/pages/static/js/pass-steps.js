// <pass-steps src recording>: how a recording is doing, asked for again while something moves.
// Drawn by the server; only the parts that differ are replaced, and what has come to play is played.
import { piece } from "./api.js";

const EVERY_MS = 1500;
const TROUBLED_MS = 6000;

class PassSteps extends HTMLElement {
  connectedCallback() {
    this.#player();
    this.news = document.createElement("p");
    this.news.setAttribute("role", "status");
    this.news.className = "out-of-sight";
    this.after(this.news);
    document.addEventListener("visibilitychange", () => !document.hidden && this.#soon(0));
    this.#soon(EVERY_MS);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  get standing() {
    return this.querySelector(".standing");
  }

  #soon(ms) {
    clearTimeout(this.timer);
    if (this.standing.dataset.status === "working" && !document.hidden) this.timer = setTimeout(() => this.#ask(), ms);
  }

  async #ask() {
    let wait = EVERY_MS;
    try {
      this.#merge((await piece(this.getAttribute("src"))).querySelector(".standing"));
    } catch {
      wait = TROUBLED_MS; // no signal: what is shown stays true enough
    }
    this.#soon(wait);
  }

  #merge(drawn) {
    const { standing } = this;
    const headline = drawn.querySelector("h2").textContent.trim();
    if (headline !== standing.querySelector("h2").textContent.trim()) this.news.textContent = headline;
    for (const { name, value } of drawn.attributes) standing.setAttribute(name, value);
    for (const part of drawn.querySelectorAll("[data-part]")) {
      const old = standing.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!old) standing.append(part);
      else if (!old.isEqualNode(part)) old.replaceWith(part);
    }
    this.#player();
  }

  // As soon as the first seconds are there, while the rest is still being made.
  #player() {
    if (document.getElementById("player") || !this.standing.hasAttribute("data-plays")) return;
    const made = document.getElementById("player-template").content.cloneNode(true);
    made.firstElementChild.className = this.standing.dataset.shape;
    this.before(made);
    this.closest("main").classList.add("plays", this.standing.dataset.shape);
  }
}

customElements.define("pass-steps", PassSteps);
