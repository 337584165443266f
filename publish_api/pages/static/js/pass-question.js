// <pass-question clip> around a textarea: what is asked when the clip ends. A question that yes or no would answer is
// pointed out as one, and the same is offered asked openly.
//   .look(text): the text is this now   event "pass-question" detail {question}: somebody takes what is offered
import { api } from "./api.js";
import { _ } from "./words.js";

const PAUSE_MS = 400; // of somebody who types

class PassQuestion extends HTMLElement {
  #looked = null;

  look(text) {
    if (text === this.#looked) return;
    this.#looked = text;
    clearTimeout(this.waiting);
    if (!text.trim()) return this.#say(null);
    this.waiting = setTimeout(() => this.#ask(text), PAUSE_MS);
  }

  async #ask(question) {
    const found = await api("POST", `clips/${this.getAttribute("clip")}/suggestions/question`, { body: { question } }).catch(() => null);
    if (found && question === this.#looked) this.#say(found);
  }

  #say(found) {
    const note = this.querySelector("[data-closed]");
    note.hidden = !found || found.open;
    if (note.hidden) return note.replaceChildren();
    const words = document.createElement("p");
    words.textContent = found.better.length
      ? _("Yes or no answers this. Asked so, there is something to tell:")
      : _("This is no question yet. Begin with how, when, why or what, and end it with a question mark.");
    note.replaceChildren(words, ...found.better.map((question) => this.#offer(question)));
  }

  #offer(question) {
    const button = document.createElement("button");
    button.type = "button";
    button.dir = "auto";
    button.textContent = question;
    button.addEventListener("click", () => {
      this.dispatchEvent(new CustomEvent("pass-question", { bubbles: true, detail: { question } }));
      this.querySelector("textarea").focus();
    });
    return button;
  }
}

customElements.define("pass-question", PassQuestion);
