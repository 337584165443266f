// <pass-lengths recording>: how long clips should be. What would become of the recording is drawn by the server, again
// after each change; the form itself works without this.
import { piece } from "./api.js";

const PATIENCE_MS = 400; // one digit after another is one question

class PassLengths extends HTMLElement {
  #asked = null;
  #timer;

  connectedCallback() {
    this.form = this.querySelector("form");
    this.toggleAttribute("ready", true);
    this.form.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), PATIENCE_MS);
    });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  async #ask() {
    const asked = (this.#asked = {});
    const box = this.querySelector("[data-pieces]");
    if (!this.form.checkValidity()) return;
    const { shortest, usual, longest } = this.form.elements;
    const query = new URLSearchParams([shortest, usual, longest].map((field) => [field.name, field.value]));
    box.setAttribute("aria-busy", "true");
    try {
      const drawn = await piece(`/recordings/${this.getAttribute("recording")}/cut/pieces?${query}`);
      if (asked === this.#asked) box.replaceChildren(...drawn.childNodes);
    } catch (problem) {
      if (asked === this.#asked) box.textContent = problem.message;
    }
    if (asked === this.#asked) box.removeAttribute("aria-busy");
  }
}

customElements.define("pass-lengths", PassLengths);
