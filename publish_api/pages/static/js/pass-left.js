// <pass-left brief>: for a guest of that brief, tips for it that lie on this phone with somebody else: the link they came
// by has run out, perhaps, and a new one has made them another person. One after the other; nothing is taken unasked.
// Says "taken".
import { ofOthers } from "./shelf.js";

class PassLeft extends HTMLElement {
  #found = [];

  async look(queue) {
    const brief = this.getAttribute("brief");
    if (!brief) return;
    this.querySelector("[data-yes]").addEventListener("click", () => this.#take(queue));
    this.querySelector("[data-no]").addEventListener("click", () => this.#next());
    this.#found = await ofOthers(queue.person, brief).catch(() => []);
    this.#show();
  }

  async #take(queue) {
    const taken = await queue.takeOver(this.#found[0]);
    if (!taken) return this.#say("It could not be taken over: another tab of this browser has it open, or there is no room on this phone.");
    this.#next();
    this.dispatchEvent(new Event("taken"));
  }

  #next() {
    this.#found.shift();
    this.#show();
  }

  #show() {
    const [tip] = this.#found;
    this.hidden = !tip;
    if (tip) this.#say(`A tip ${tip.about.by ? `of ${tip.about.by} ` : ""}for this brief was not sent. Send it as yours?`);
  }

  #say(words) {
    this.querySelector("p").textContent = words;
  }
}

customElements.define("pass-left", PassLeft);
