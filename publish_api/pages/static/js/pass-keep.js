// <pass-keep src on off told-on told-off> around a form with one button: puts what is at `src` (of the API) among one's
// own, or takes it away again, without loading the page anew. The button says which it is, in words, and so does a line
// that comes and goes. Without this the form is sent.
import { api } from "./api.js";
import { toast } from "./pass-toast.js";

class PassKeep extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#change(this.button.value === "yes");
    });
  }

  async #change(on) {
    try {
      await api(on ? "PUT" : "DELETE", this.getAttribute("src"));
    } catch (problem) {
      return toast(problem.message);
    }
    this.button.value = on ? "no" : "yes";
    this.button.querySelector("span").textContent = this.getAttribute(on ? "on" : "off");
    toast(this.getAttribute(on ? "told-on" : "told-off"));
  }
}

customElements.define("pass-keep", PassKeep);
