// <pass-reels>: reels, or one of them, asked for again: often while a film is being made, and now and then besides, for
// a film that may not be shown any more leaves the page that plays it.
// Drawn by the server; of what has an id, only the parts that differ are replaced.
import { piece } from "./api.js";
import { local } from "./site.js";

const MOVING_MS = 1500;
const SHOWN_MS = 5000;
const STILL_MS = 30_000;

class PassReels extends HTMLElement {
  connectedCallback() {
    this.news = document.createElement("p");
    this.news.setAttribute("role", "status");
    this.news.className = "out-of-sight";
    this.after(this.news);
    document.addEventListener("visibilitychange", () => this.#soon(0));
    this.#soon();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  get every() {
    if (this.querySelector(".working")) return MOVING_MS;
    return this.querySelector("[data-film]") ? SHOWN_MS : STILL_MS;
  }

  #soon(ms = this.every) {
    clearTimeout(this.timer);
    if (!document.hidden && this.isConnected) this.timer = setTimeout(() => this.#ask(), ms);
  }

  async #ask() {
    try {
      this.#merge((await piece(location.pathname + location.search)).querySelector("pass-reels"));
    } catch (problem) {
      // Deleted, or not theirs any more: the page says so. Without signal what is shown stays true enough.
      if (problem.status === 404) return location.reload();
      return this.#soon(STILL_MS);
    }
    this.#soon();
  }

  #merge(drawn) {
    if (!drawn) return;
    local(drawn);
    const before = this.querySelector("[data-news]")?.textContent.trim();
    const parts = [...drawn.querySelectorAll("[data-part]")];
    const kept = new Set(parts.map((part) => part.id));
    for (const old of this.querySelectorAll("[data-part]")) if (!kept.has(old.id)) old.remove();
    let last = null;
    for (const part of parts) {
      const old = document.getElementById(part.id);
      if (!old) last ? last.after(part) : (this.querySelector("ul") ?? this).prepend(part);
      else if (this.#differs(old, part)) old.replaceWith(part);
      last = part.isConnected ? part : old;
    }
    const now = this.querySelector("[data-news]")?.textContent.trim();
    if (now && now !== before) this.news.textContent = now;
  }

  // What somebody is at stays as it is, but for a film that is another by now.
  #differs(old, part) {
    if (old.dataset.film !== part.dataset.film) return true;
    return !old.dataset.film && !old.isEqualNode(part) && !old.contains(document.activeElement);
  }
}

customElements.define("pass-reels", PassReels);
