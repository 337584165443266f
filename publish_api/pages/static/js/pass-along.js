// <pass-along src>: what of a clip can be taken along. Whether it still is so is asked before a file is fetched, since
// a browser shows a refusal as a broken download; and again until what is being made is there.
import { piece } from "./api.js";

const EVERY_MS = 2000;

class PassAlong extends HTMLElement {
  #timer;

  connectedCallback() {
    this.details = this.querySelector("details");
    this.details.addEventListener("toggle", () => this.#wait());
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a[download]");
      if (!link) return;
      event.preventDefault();
      this.#fetch(link.getAttribute("href"));
    });
    this.#wait();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #wait() {
    clearTimeout(this.#timer);
    if (this.details.open && this.querySelector("[data-waits]")) this.#timer = setTimeout(() => this.#look().then(() => this.#wait()), EVERY_MS);
  }

  async #fetch(href) {
    await this.#look();
    if (this.querySelector(`a[href="${CSS.escape(href)}"]`)) location.assign(href);
    this.#wait();
  }

  async #look() {
    const trouble = this.querySelector(".trouble");
    try {
      const drawn = (await piece(this.getAttribute("src"))).querySelector(".along-what");
      const old = this.querySelector(".along-what");
      if (!old.isEqualNode(drawn)) old.replaceWith(drawn);
      trouble.hidden = true;
    } catch (problem) {
      trouble.textContent = problem.message;
      trouble.hidden = false;
    }
  }
}

customElements.define("pass-along", PassAlong);
