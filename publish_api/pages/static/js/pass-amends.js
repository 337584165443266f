// <pass-amends player="id"> around a list of what was corrected: each is over the picture while its second plays, and a
// press on its time plays from there. Loaded only where there is one (live.js loads it when one comes).
import { playerOf } from "./player-of.js";
import { _ } from "./words.js";

const SHOWN_MS = 6000; // at least
const APART_PX = 32; // from what the player itself shows there

class PassAmends extends HTMLElement {
  #left = new AbortController();

  async connectedCallback() {
    const { signal } = this.#left;
    this.all = [...this.querySelectorAll("[data-ms]")].map((li) => {
      const from = Number(li.dataset.ms);
      return { from, to: Math.max(Number(li.dataset.end), from + SHOWN_MS), words: li.querySelector(".right").textContent };
    });
    this.over = document.createElement("p");
    this.over.className = "over";
    this.over.setAttribute("role", "status");
    this.over.dir = "auto";
    this.over.hidden = true;
    this.player = await playerOf(this);
    if (signal.aborted) return;
    this.player.append(this.over);
    this.player.addEventListener("pass-time", ({ detail }) => this.#show(detail.ms), { signal });
    this.player.addEventListener("pass-gone", () => this.remove(), { signal });
    this.addEventListener("click", (event) => this.#go(event));
    this.#show(this.player.ms);
  }

  disconnectedCallback() {
    this.#left.abort();
    this.over.remove();
  }

  #show(ms) {
    const words = this.all.filter(({ from, to }) => ms >= from && ms < to).map((each) => each.words).join(" · ");
    const said = words && _("Corrected: %(words)s", { words });
    if (this.over.textContent !== said) this.over.textContent = said;
    this.over.hidden = !said;
    const open = this.player.querySelector(".over"); // one that nobody has answered yet
    this.over.style.marginBlockStart = open.hidden || open === this.over ? "" : `${open.offsetHeight + APART_PX}px`;
  }

  #go(event) {
    const li = event.target.closest("a") && event.target.closest("[data-ms]");
    if (!li) return;
    event.preventDefault();
    this.player.play({ from: Number(li.dataset.ms) });
  }
}

customElements.define("pass-amends", PassAmends);
