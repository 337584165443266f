// <pass-left brief>: for a guest of that brief, tips for it that lie on this phone with somebody else: the link they came
// by has run out, perhaps, and a new one has made them another person. One after the other; nothing is taken, and
// nothing of it shown, before it is said who speaks: to send a tip of oneself is to agree, and of others is not.
// Says "taken".
import { ofOthers } from "./shelf.js";
import { plain } from "./sizes.js";
import { _ } from "./words.js";

const NAMELESS = _("Somebody else");

class PassLeft extends HTMLElement {
  #found = [];

  async look(queue) {
    const brief = this.getAttribute("brief");
    if (!brief) return;
    this.querySelector("[data-me]").addEventListener("click", () => this.#take(queue, ""));
    this.querySelector("[data-them]").addEventListener("click", () => this.#take(queue, this.#name));
    this.querySelector("[data-no]").addEventListener("click", () => this.#next());
    this.#found = await ofOthers(queue.person, brief).catch(() => []);
    this.#show();
  }

  // Whoever made it.
  get #name() {
    return plain(this.#found[0].about.by || NAMELESS);
  }

  // Who speaks in it, where that was said of somebody else already.
  get #speaker() {
    return plain(this.#found[0].about.metadata.speaker ?? "");
  }

  async #take(queue, speaker) {
    const taken = await queue.takeOver(this.#found[0], { speaker: this.#speaker || speaker });
    if (!taken) return this.#say(_("It could not be taken over: another tab of this browser has it open, or there is no room on this phone."));
    this.#next();
    this.dispatchEvent(new Event("taken"));
  }

  #next() {
    this.#found.shift();
    this.#show();
  }

  #show() {
    this.hidden = !this.#found.length;
    if (this.hidden) return;
    const [name, speaker] = [this.#name, this.#speaker];
    this.#say(_("A tip of %(name)s for this brief was not sent from this phone. Who are you?", { name: name === NAMELESS ? _("somebody else") : name }));
    this.querySelector("[data-me]").textContent = name === NAMELESS ? _("I recorded it") : _("I am %(name)s", { name });
    this.querySelector("[data-them]").textContent = _("%(name)s speaks in it, I only send it", { name: speaker || name });
  }

  #say(words) {
    this.querySelector("p").textContent = words;
  }
}

customElements.define("pass-left", PassLeft);
