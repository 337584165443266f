// Words for a time in which nobody speaks: read from where the player stands, as long as they take to read.
import { clock } from "./clock.js";

const READ_MS = 1000 / 15; // a character, as captions are read
const LEAST_MS = 1500;

export class Silent {
  // `save(typed)`: whether it was kept;  `then`: what comes after it.
  constructor(form, player, save, then) {
    Object.assign(this, { form, player });
    this.field = form.querySelector("input");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (!(await save(this.#typed))) return;
      this.close();
      then();
    });
  }

  open(words) {
    this.player.pause();
    this.words = words;
    this.from = this.player.ms;
    this.form.querySelector("[data-from]").textContent = clock(this.from);
    this.form.hidden = false;
    this.field.focus();
  }

  close() {
    this.field.value = "";
    this.form.hidden = true;
  }

  // Until somebody speaks, or it ends.
  get #typed() {
    const text = this.field.value.trim();
    const next = this.words.find((word) => word.end_ms > this.from)?.start_ms ?? Number(this.player.getAttribute("length"));
    const wanted = this.from + Math.max(LEAST_MS, Math.round(text.length * READ_MS));
    return { start_ms: this.from, end_ms: Math.max(this.from + 1, Math.min(wanted, next)), text };
  }
}
