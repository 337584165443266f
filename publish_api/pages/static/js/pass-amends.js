// <pass-amends player="id"> around a list of what was corrected: each is over the picture while its second plays, and a
// press on its time plays from there. Loaded only where there is one (live.js loads it when one comes).
import { playerOf } from "./player-of.js";

class PassAmends extends HTMLElement {
  #left = new AbortController();

  async connectedCallback() {
    const { signal } = this.#left;
    this.player = await playerOf(this);
    if (signal.aborted) return;
    this.player.amends = [...this.querySelectorAll("[data-ms]")].map((li) => ({
      from: Number(li.dataset.ms), to: Number(li.dataset.end), words: li.querySelector(".right").textContent, leads: li.id,
    }));
    this.player.addEventListener("pass-gone", () => this.remove(), { signal });
    this.addEventListener("click", (event) => this.#go(event));
  }

  disconnectedCallback() {
    this.#left.abort();
    if (this.player) this.player.amends = [];
  }

  #go(event) {
    const li = event.target.closest("a") && event.target.closest("[data-ms]");
    if (!li) return;
    event.preventDefault();
    this.player.play({ from: Number(li.dataset.ms) });
  }
}

customElements.define("pass-amends", PassAmends);
