// Whoever said who they are on a shared device, and went away: it locks itself. Not while a clip plays, for nobody
// touches anything then; the server ends the session a little later in any case (store/credentials.py).
import { _ } from "./words.js";

const LAST_S = 20; // so long it says so before

class PassLock extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.words = this.querySelector("p");
    this.stay = () => this.#again();
    for (const sign of ["pointerdown", "keydown", "scroll", "input"]) addEventListener(sign, this.stay, { passive: true, capture: true });
    this.#again();
  }

  disconnectedCallback() {
    clearTimeout(this.waits);
    for (const sign of ["pointerdown", "keydown", "scroll", "input"]) removeEventListener(sign, this.stay, { capture: true });
  }

  #again() {
    clearTimeout(this.waits);
    this.words.textContent = "";
    this.waits = setTimeout(() => this.#warn(), (Number(this.getAttribute("after")) - LAST_S) * 1000);
  }

  #warn() {
    if ([...document.querySelectorAll("video, audio")].some((each) => !each.paused && !each.ended)) return this.#again();
    this.words.textContent = _("Locks in %(seconds)s seconds. Touch anything to stay.", { seconds: LAST_S });
    this.waits = setTimeout(() => this.form.requestSubmit(), LAST_S * 1000);
  }
}
customElements.define("pass-lock", PassLock);
