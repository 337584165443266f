// <pass-screen reel>: its film on a screen that nobody operates, again and again. It asks now and then whether the film
// may still be shown, stops at once when it may not, and goes on with the newest.
import { api } from "./api.js";
import { awake } from "./awake.js";
import { _ } from "./words.js";

const EVERY_MS = 5000;

class PassScreen extends HTMLElement {
  #next = null; // the film to be shown when this one has ended

  connectedCallback() {
    this.video = this.querySelector("video");
    this.words = this.querySelector("p");
    this.video.addEventListener("ended", () => this.#again());
    this.video.addEventListener("error", () => this.#soon(EVERY_MS));
    document.addEventListener("click", () => document.documentElement.requestFullscreen?.().catch(() => {}));
    awake(true);
    this.#soon(EVERY_MS);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    awake(false);
  }

  #soon(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), ms);
  }

  async #ask() {
    try {
      const reel = await api("GET", `reels/${this.getAttribute("reel")}`);
      await this.#show(reel.film, reel.message);
    } catch (problem) {
      if (problem.status) await this.#show(null, problem.message); // without signal it plays what it has
    }
    this.#soon(EVERY_MS);
  }

  async #show(film, message) {
    const { video } = this;
    this.words.hidden = Boolean(film);
    if (!film) {
      this.#next = null;
      this.words.textContent = message || _("This reel is being made.");
      delete video.dataset.film;
      video.removeAttribute("src");
      return video.load();
    }
    if (film.id === video.dataset.film && !video.error) return;
    this.#next = film;
    if (!video.dataset.film || video.error || !(await this.#mayEnd())) this.#again();
  }

  // Whether the film that plays may be played to its end: it was replaced, not taken out of view.
  async #mayEnd() {
    const answer = await fetch(this.video.src, { method: "HEAD" }).catch(() => null);
    return !answer || answer.ok;
  }

  #again() {
    const { video } = this;
    if (this.#next) {
      video.dataset.film = this.#next.id;
      video.src = this.#next.url;
      this.#next = null;
    } else {
      video.currentTime = 0;
    }
    video.play().catch(() => {});
  }
}

customElements.define("pass-screen", PassScreen);
