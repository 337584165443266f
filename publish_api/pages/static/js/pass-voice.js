// <pass-voice of ms by><audio>: plays what somebody said aloud. `of`: the comment; none for what is not sent yet.
import { api } from "./api.js";
import { clock } from "./clock.js";
import { icon, redraw } from "./icon.js";
import { _ } from "./words.js";

class PassVoice extends HTMLElement {
  #again = false; // whether its address was asked for anew

  connectedCallback() {
    if (this.sound) return; // it was put elsewhere, and plays on
    this.sound = this.querySelector("audio");
    this.sound.controls = false;
    const by = this.getAttribute("by");
    this.words = by ? { play: _("Play what %(by)s said", { by }), stop: _("Pause what %(by)s said", { by }), place: _("Place in what %(by)s said", { by }) } : { play: _("Play what you said"), stop: _("Pause what you said"), place: _("Place in what you said") };
    this.button = document.createElement("button");
    Object.assign(this.button, { type: "button", className: "quiet", innerHTML: icon("play"), ariaLabel: this.words.play });
    this.place = document.createElement("input");
    Object.assign(this.place, { type: "range", min: 0, max: this.ms, step: 1000, value: 0, ariaLabel: this.words.place });
    this.time = document.createElement("span");
    this.time.className = "time";
    this.append(this.button, this.place, this.time);
    this.button.addEventListener("click", () => (this.sound.paused ? this.#play() : this.sound.pause()));
    this.place.addEventListener("input", () => {
      this.sound.currentTime = this.place.value / 1000;
      this.#show();
    });
    for (const what of ["play", "pause", "timeupdate", "ended"]) this.sound.addEventListener(what, () => this.#show());
    this.sound.addEventListener("error", () => this.#renew());
    this.#show();
  }

  get ms() {
    return Number(this.getAttribute("ms"));
  }

  // As the server has drawn it now: the address is another one after a day, or where the clip has changed.
  follow(drawn) {
    const src = drawn.querySelector("audio").getAttribute("src");
    if (this.sound && this.sound.paused && this.sound.getAttribute("src") !== src) this.sound.setAttribute("src", src);
  }

  // One at a time, and not over the film.
  #play() {
    document.querySelector("pass-player")?.pause?.();
    for (const each of document.querySelectorAll("pass-voice")) if (each !== this) each.sound?.pause();
    this.sound.play().catch(() => {}); // what is wrong is told by the sound itself
  }

  async #renew() {
    const of = this.getAttribute("of");
    if (!of || this.#again || !this.sound.getAttribute("src")) return;
    this.#again = true;
    try {
      const { voice } = await api("GET", `comments/${of}`);
      if (!voice) return;
      this.sound.setAttribute("src", voice.src);
      await this.sound.play();
      this.#again = false;
    } catch {
      this.time.textContent = _("It cannot be played at the moment.");
    }
  }

  #show() {
    const { paused, ended, currentTime } = this.sound;
    const at = ended ? 0 : Math.min(currentTime * 1000, this.ms);
    redraw(this.button, paused ? "play" : "pause", paused ? this.words.play : this.words.stop);
    if (document.activeElement !== this.place || !paused) this.place.value = at;
    this.place.setAttribute("aria-valuetext", _("%(at)s of %(length)s", { at: clock(at), length: clock(this.ms) }));
    this.time.textContent = at ? `${clock(at)} / ${clock(this.ms)}` : clock(this.ms);
  }
}

customElements.define("pass-voice", PassVoice);
