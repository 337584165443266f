// <pass-untold>: what somebody has to hear, whichever view of the page they are in. What cannot be found out again
// stays, also over a reload, until they say that they have read it.
import * as notes from "./notes.js";

class PassUntold extends HTMLElement {
  connectedCallback() {
    this.person = document.body.dataset.person;
    for (const message of notes.untold(this.person)) this.#show(message);
  }

  // message: {words, kind: "bad" | "waits", href, link, stays}; `link`: the words of the link to `href`.
  say(message) {
    if (message.stays) notes.tell(this.person, message);
    this.#show(message);
  }

  // What was said of the files that were picked before, and the like.
  clear() {
    for (const said of this.querySelectorAll("p:not([data-stays])")) said.remove();
  }

  #show(message) {
    const { words, kind = "bad", href, link, stays } = message;
    const said = this.querySelector("template").content.firstElementChild.cloneNode(true);
    said.classList.add(kind);
    said.toggleAttribute("data-stays", Boolean(stays));
    said.querySelector("span").textContent = words;
    if (href) Object.assign(said.querySelector("a"), { href, textContent: link, hidden: false });
    said.querySelector("button").addEventListener("click", () => {
      said.remove();
      if (stays) notes.heard(this.person, message);
    });
    this.append(said);
  }
}

customElements.define("pass-untold", PassUntold);
