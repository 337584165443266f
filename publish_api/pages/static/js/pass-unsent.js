// <pass-unsent>: says that tips lie on this phone and are not on the server yet, on pages other than the record page.
// With `person`, of that person, and how many; without, that there is one: whose, a stranger does not hear.
import { count } from "./shelf.js";
import { _, ngettext } from "./words.js";

class PassUnsent extends HTMLElement {
  async connectedCallback() {
    const person = this.getAttribute("person");
    const tips = await count(person).catch(() => 0);
    if (person) this.querySelector("[data-tips]").textContent = ngettext("A tip is on this phone and not sent yet.", "%(num)s tips are on this phone and not sent yet.", tips);
    this.hidden = !tips;
  }
}

customElements.define("pass-unsent", PassUnsent);
