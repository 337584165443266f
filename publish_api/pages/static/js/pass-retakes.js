// <pass-retakes space>: a dialogue with the recordings that a part can be taken from.
//   .open(recording): the one that is cut now;  event "pass-retake" detail {id}: somebody has chosen one
import { clock } from "./clock.js";
import { others } from "./source.js";
import { _ } from "./words.js";

class PassRetakes extends HTMLElement {
  #next = null;

  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.list = this.querySelector("ul");
    this.more = this.querySelector("[data-more]");
    this.more.addEventListener("click", () => this.#fetch(this.#next));
    this.list.addEventListener("click", (event) => {
      const chosen = event.target.closest("button");
      if (!chosen) return;
      this.dialog.close();
      this.dispatchEvent(new CustomEvent("pass-retake", { bubbles: true, detail: { id: chosen.dataset.id } }));
    });
  }

  async open(recording) {
    this.recording = recording;
    this.list.replaceChildren();
    this.dialog.showModal();
    await this.#fetch(null);
  }

  async #fetch(cursor) {
    const words = this.querySelector("[data-words]");
    words.textContent = "";
    this.more.hidden = true;
    try {
      const { items, next } = await others(this.getAttribute("space"), cursor);
      this.list.append(...items.map((each) => this.#item(each)));
      this.#next = next;
      this.more.hidden = !next;
      if (!this.list.children.length && !next) words.textContent = _("There is no recording in this space yet that is ready.");
    } catch (problem) {
      words.textContent = problem.message;
    }
  }

  #item({ id, title, speaker, length }) {
    const li = document.createElement("li");
    li.innerHTML = '<button type="button"><b dir="auto"></b><span class="small soft"><span dir="auto"></span> · <span class="figure"></span></span></button>';
    li.firstChild.dataset.id = id;
    const [name, , who, long] = li.querySelectorAll("b, span");
    name.textContent = title;
    who.textContent = id === this.recording ? _("%(speaker)s, the one you are cutting", { speaker }) : speaker;
    long.textContent = clock(length);
    return li;
  }
}

customElements.define("pass-retakes", PassRetakes);
