// <pass-reflect player clip length>: what the clip asks when it ends, asked when it has ended. Whoever has answered, or
// does not want to now, is not asked again on this page.
import { once } from "./once.js";
import { playerOf } from "./player-of.js";
import { _ } from "./words.js";

class PassReflect extends HTMLElement {
  async connectedCallback() {
    this.form = this.querySelector("form");
    this.hidden = true;
    this.form.addEventListener("submit", (event) => this.#send(event));
    this.querySelector("[data-later]").addEventListener("click", () => this.#done());
    this.told = document.createElement("p");
    this.told.className = "out-of-sight";
    this.told.setAttribute("role", "status");
    this.after(this.told);
    const { video } = await playerOf(this);
    video.addEventListener("ended", () => this.#ask());
  }

  #ask() {
    if (this.over || !this.hidden || document.querySelector('.said[data-kind="reflection"][data-mine]')) return;
    this.hidden = false;
    this.told.textContent = _("The clip asks: %(question)s", { question: this.querySelector(".asks").textContent });
    this.scrollIntoView({ block: "nearest" });
  }

  #done() {
    this.over = this.hidden = true;
    this.told.textContent = "";
  }

  async #send(event) {
    event.preventDefault();
    const [button, trouble] = [this.querySelector("button.main-action"), this.querySelector(".trouble")];
    button.disabled = true;
    trouble.hidden = true;
    try {
      const { id } = await once(`clips/${this.getAttribute("clip")}/comments`, {
        clip_at_ms: Number(this.getAttribute("length")),
        kind: "reflection",
        text: this.form.elements.text.value,
      });
      this.#done();
      document.dispatchEvent(new CustomEvent("pass-said", { detail: { id } }));
    } catch (problem) {
      trouble.textContent = problem.message;
      trouble.hidden = false;
    }
    button.disabled = false;
  }
}

customElements.define("pass-reflect", PassReflect);
