// How much of the inbox is unread, in the frame of every page: another number as soon as it is one (hub.js).
import { hear, INBOX } from "./hub.js";
import { _ } from "./words.js";

const MANY = 100; // as store/inbox.py counts

customElements.define(
  "pass-bell",
  class extends HTMLElement {
    #gone;

    connectedCallback() {
      this.#gone = new AbortController();
      hear(INBOX, (what, { unread }) => what === "notices" && this.#say(unread), this.#gone.signal);
    }

    disconnectedCallback() {
      this.#gone.abort();
    }

    #say(unread) {
      const count = this.querySelector(".count");
      const said = unread < MANY ? String(unread) : "99+";
      if (!unread) return count.replaceChildren();
      if (count.firstChild?.data === said) return;
      const word = document.createElement("span");
      word.className = "out-of-sight";
      word.textContent = ` ${_("unread")}`;
      count.replaceChildren(said, word);
    }
  },
);
