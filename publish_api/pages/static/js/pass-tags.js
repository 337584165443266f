// <pass-tags><input></pass-tags>: words as chips. .value = [labels]; event "pass-tags" when they change.
import { icon } from "./icon.js";
import { _ } from "./words.js";

const MOST = 20;

class PassTags extends HTMLElement {
  #value = [];

  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = document.createElement("ul");
    this.list.className = "tags";
    this.list.setAttribute("aria-label", _("Tags so far"));
    this.prepend(this.list);
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("input", () => this.input.value.includes(",") && this.#take());
    this.input.addEventListener("blur", () => this.#take());
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      this.#change(this.#value.filter((tag) => tag !== button.dataset.tag));
      this.input.focus();
    });
  }

  get value() {
    return [...this.#value];
  }

  set value(tags) {
    this.#value = [...tags];
    this.list.replaceChildren(
      ...tags.map((tag) => {
        const li = document.createElement("li");
        li.innerHTML = `<button type="button" class="tag"><span dir="auto"></span>${icon("close")}</button>`;
        const button = li.firstElementChild;
        button.dataset.tag = tag;
        button.setAttribute("aria-label", _("Remove %(tag)s", { tag }));
        button.firstElementChild.textContent = tag;
        return li;
      }),
    );
    this.list.hidden = !tags.length;
  }

  // What stands in the field becomes tags; also when somebody saves without having pressed Enter.
  #take() {
    const known = new Set(this.#value.map((tag) => tag.toLowerCase()));
    const typed = this.input.value.split(",").map((tag) => tag.trim().replace(/\s+/g, " ")).filter(Boolean);
    this.input.value = "";
    const fresh = typed.filter((tag) => !known.has(tag.toLowerCase()) && known.add(tag.toLowerCase()));
    if (fresh.length) this.#change([...this.#value, ...fresh].slice(0, MOST));
  }

  #key(event) {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.#take();
    } else if (event.key === "Backspace" && !this.input.value && this.#value.length) {
      this.#change(this.#value.slice(0, -1));
    }
  }

  #change(tags) {
    this.value = tags;
    this.dispatchEvent(new CustomEvent("pass-tags", { bubbles: true }));
  }
}

customElements.define("pass-tags", PassTags);
