// <pass-reactions clip>: what colleagues make of a clip, one press each; the numbers are live.
//   event "pass-ask" on the document: somebody has a question
import { api } from "./api.js";
import { listen } from "./listen.js";

const MAY_BE_OTHERS = ["reactions", "talk"]; // "talk": once it listens, and where it did not for a while

class PassReactions extends HTMLElement {
  #left = new AbortController();

  connectedCallback() {
    this.path = `clips/${this.getAttribute("clip")}/reactions`;
    this.addEventListener("click", (event) => this.#click(event.target.closest("[data-kind]")));
    const heard = (what) => MAY_BE_OTHERS.includes(what) && this.#look().catch(() => {});
    listen(this.getAttribute("clip"), heard, this.#left.signal);
  }

  disconnectedCallback() {
    this.#left.abort();
  }

  async #click(button) {
    if (!button) return;
    const trouble = this.querySelector(".trouble");
    const pressed = button.ariaPressed === "true";
    trouble.hidden = true;
    button.ariaPressed = String(!pressed);
    if (button.dataset.kind === "question" && !pressed) document.dispatchEvent(new CustomEvent("pass-ask"));
    try {
      await api(pressed ? "DELETE" : "PUT", `${this.path}/${button.dataset.kind}`);
      await this.#look();
    } catch (problem) {
      button.ariaPressed = String(pressed);
      trouble.textContent = problem.message;
      trouble.hidden = false;
    }
  }

  async #look() {
    const { items } = await api("GET", this.path);
    for (const { kind, count, mine } of items) {
      const button = this.querySelector(`[data-kind="${kind}"]`);
      button.ariaPressed = String(mine);
      button.querySelector("[data-count]").textContent = count || "";
    }
  }
}

customElements.define("pass-reactions", PassReactions);
