// <pass-history clip>: what became of a clip, drawn by the server when somebody wants to know.
//   .read(): anew   event "pass-restore" detail {number}: somebody wants to go back to what it was after that change
import { piece } from "./api.js";

class PassHistory extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", ({ target }) => {
      const back = target.closest("[data-restore]");
      const older = target.closest("[data-older]");
      if (back) this.dispatchEvent(new CustomEvent("pass-restore", { bubbles: true, detail: { number: Number(back.dataset.restore) } }));
      if (older) this.#more(older);
    });
  }

  async read() {
    this.replaceChildren(await this.#fetch());
  }

  async #more(button) {
    const drawn = await this.#fetch(button.dataset.older).catch(() => null);
    if (!drawn) return;
    const items = drawn.querySelectorAll("li");
    this.querySelector("ol").append(...items);
    const next = drawn.querySelector("[data-older]");
    if (next) button.dataset.older = next.dataset.older;
    else button.remove();
    items[0]?.querySelector("button")?.focus();
  }

  async #fetch(cursor = "") {
    const drawn = await piece(`/review/${this.getAttribute("clip")}/history?cursor=${encodeURIComponent(cursor)}`);
    return drawn.querySelector(".history");
  }
}

customElements.define("pass-history", PassHistory);
