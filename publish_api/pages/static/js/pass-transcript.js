// <pass-transcript player="id">: the spoken word is lit; any word can be clicked.
import { playerOf } from "./player-of.js";

class PassTranscript extends HTMLElement {
  #left = new AbortController();

  async connectedCallback() {
    this.words = [...this.querySelectorAll(".line span[data-ms]")];
    this.times = this.words.map((w) => Number(w.dataset.ms));
    this.player = await playerOf(this);
    const { signal } = this.#left; // another takes its place when the clip is cut anew
    this.player.addEventListener("pass-time", (event) => this.#light(event.detail.ms), { signal });
    this.player.addEventListener("pass-gone", () => this.replaceChildren(), { signal });
    this.addEventListener("click", (event) => this.#go(event));
  }

  disconnectedCallback() {
    this.#left.abort();
  }

  #go(event) {
    const link = event.target.closest("a.at");
    const word = event.target.closest("[data-ms]");
    if (!word || getSelection().type === "Range") return; // selecting is reading, too
    if (link) event.preventDefault();
    this.player.play({ from: Number(word.dataset.ms) });
  }

  #light(ms) {
    let [low, high] = [0, this.times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] <= ms) low = middle + 1;
      else high = middle;
    }
    const word = this.words[low - 1];
    if (word === this.lit) return;
    this.lit?.classList.remove("lit");
    const line = word?.closest(".line");
    if (line !== this.line) {
      this.line?.classList.remove("lit");
      line?.classList.add("lit");
      this.line = line;
    }
    word?.classList.add("lit");
    this.lit = word;
  }
}

customElements.define("pass-transcript", PassTranscript);
