// <pass-recordings>: the list of recordings, asked for again while one of them is on its way.
import { piece } from "./api.js";
import { local } from "./site.js";

const EVERY_MS = 4000;
const TROUBLED_MS = 12_000;

class PassRecordings extends HTMLElement {
  connectedCallback() {
    document.addEventListener("visibilitychange", () => this.#soon(0));
    this.#soon(EVERY_MS);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  #soon(ms) {
    clearTimeout(this.timer);
    if (this.querySelector(".working") && !document.hidden) this.timer = setTimeout(() => this.#ask(), ms);
  }

  async #ask() {
    let wait = EVERY_MS;
    try {
      this.#merge((await piece(location.pathname + location.search)).querySelector("pass-recordings"));
    } catch {
      wait = TROUBLED_MS; // no signal: what is shown stays true enough
    }
    this.#soon(wait);
  }

  // What has come meanwhile is put in its place; what is the same, or has the focus, stays as it is.
  #merge(drawn) {
    if (!drawn) return;
    local(drawn);
    const list = this.querySelector("ul");
    [...drawn.querySelectorAll("li")].forEach((li, i) => {
      const old = document.getElementById(li.id);
      if (!old) list.insertBefore(li, list.children[i] ?? null);
      else if (!old.isEqualNode(li) && !old.contains(document.activeElement)) old.replaceWith(li);
    });
  }
}

customElements.define("pass-recordings", PassRecordings);
