// A comment that is spoken: recorded in its form, listened to, thrown away or sent. What is not sent yet is in this page
// alone, which says so, and sends it with the same key until the server has it.
//
//   recording --Done, two minutes, the microphone is taken--> recorded --Send--> sent
import "./pass-meter.js";
import "./pass-voice.js";
import { api } from "./api.js";
import { clock, spoken } from "./clock.js";
import { icon } from "./icon.js";
import { draft, key } from "./once.js";
import { Recorder, format } from "./recorder.js";
import { _ } from "./words.js";

const MOST_MS = 120_000;
const SHORTEST_MS = 500;
const EVERY_MS = 200;

// `what()`: what is said of it, besides the sound; `over(comment)` when it is sent, `over(null)` when it was thrown
// away. Raises an Error whose message is for the person.
export async function speak(form, { clip, what, over }) {
  if (form.querySelector(".speaking")) return;
  const stream = await microphone();
  new Speaking(form, stream, { clip, what, over });
}

const SOUND = { channelCount: { ideal: 1 }, noiseSuppression: true, autoGainControl: true };

async function microphone() {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: SOUND });
  } catch (problem) {
    const words =
      problem.name === "NotAllowedError"
        ? _("The browser may not use the microphone. Allow it in the browser’s settings for this site, or write instead.")
        : _("No microphone can be used here at the moment. Close other apps that use it, or write instead.");
    throw new Error(words, { cause: problem });
  }
}

class Speaking {
  #slices = [];
  #keys = new Map();

  constructor(form, stream, { clip, what, over }) {
    Object.assign(this, { form, stream, clip, what, over });
    this.panel = document.createElement("div");
    this.panel.className = "speaking";
    this.panel.setAttribute("role", "group");
    this.panel.setAttribute("aria-label", _("Speak"));
    this.panel.addEventListener("keydown", (event) => event.stopPropagation()); // no keys of the player's
    (form.querySelector(".write") ?? form).append(this.panel);
    this.recorder = new Recorder(stream, {
      type: format(false),
      slice: (blob) => this.#slices.push(blob),
      over: () => this.#recorded(),
    });
    this.#record();
    addEventListener("beforeunload", this.#stay);
  }

  #stay = (event) => event.preventDefault();

  #record() {
    this.panel.innerHTML = `<p class="time"><b data-time>0:00</b> <span class="soft small">${_("of %(length)s", { length: clock(MOST_MS) })}</span></p>
      <pass-meter><canvas aria-hidden="true"></canvas><span data-heard class="small" role="status"></span></pass-meter>
      <p class="out-of-sight" role="status">${_("Recording. Say it now.")}</p>
      <p class="row"><button type="button" class="main-action" data-done>${icon("check")}${_("Done")}</button><button type="button" class="quiet" data-away>${icon("delete")}${_("Throw away")}</button></p>`;
    this.meter = this.panel.querySelector("pass-meter");
    this.meter.listen(this.stream);
    const time = this.panel.querySelector("[data-time]");
    this.timer = setInterval(() => {
      time.textContent = clock(this.recorder.elapsed);
      if (this.recorder.elapsed >= MOST_MS) this.recorder.stop();
    }, EVERY_MS);
    this.panel.querySelector("[data-done]").addEventListener("click", () => this.recorder.stop());
    this.panel.querySelector("[data-away]").addEventListener("click", () => this.#throwAway());
    this.panel.querySelector("[data-done]").focus();
    this.recorder.start();
  }

  #silence() {
    clearInterval(this.timer);
    this.meter.stop();
    for (const track of this.stream.getTracks()) track.stop();
  }

  #recorded() {
    this.#silence();
    if (this.gone) return;
    const ms = Math.min(this.recorder.ms, MOST_MS);
    this.sound = new Blob(this.#slices, { type: this.#slices[0]?.type });
    if (ms < SHORTEST_MS || !this.sound.size) {
      this.#throwAway();
      return this.#trouble(_("That was too short to hear anything. Say it again."));
    }
    this.src = URL.createObjectURL(this.sound);
    const full = this.recorder.ms >= MOST_MS ? ` ${_("Two minutes are the most at once.")}` : "";
    this.panel.innerHTML = `<pass-voice ms="${Math.round(ms)}"><audio preload="auto" src="${this.src}"></audio></pass-voice>
      <p class="small soft" role="status">${_("Recorded: %(length)s. It is on this page alone until you send it.", { length: spoken(ms) })}${full}</p>
      <p class="row"><button type="button" class="main-action" data-send>${icon("send")}${_("Send")}</button><button type="button" class="quiet" data-away>${icon("delete")}${_("Throw away")}</button></p>`;
    this.panel.querySelector("[data-send]").addEventListener("click", ({ currentTarget }) => this.#send(currentTarget));
    this.panel.querySelector("[data-away]").addEventListener("click", () => this.#throwAway());
    this.panel.querySelector("[data-send]").focus();
  }

  async #send(button) {
    this.#trouble("");
    button.disabled = true;
    this.panel.querySelector("audio").pause();
    const said = Object.entries({ ...this.what(), ...(draft() ? { draft: true } : {}) }).filter(([, value]) => value !== null && value !== false);
    const path = `clips/${this.clip}/voices?${new URLSearchParams(said)}`;
    if (!this.#keys.has(path)) this.#keys.set(path, key());
    try {
      const made = await api("POST", path, { bytes: this.sound, once: this.#keys.get(path) });
      this.#end();
      this.over(made);
    } catch (problem) {
      button.disabled = false;
      this.#trouble(problem.code === "offline" ? _("No signal. What you said is kept on this page; send it again when it is back.") : problem.message);
      button.focus();
    }
  }

  #throwAway() {
    this.gone = true;
    this.recorder.stop();
    this.#silence();
    this.#end();
    this.over(null);
  }

  #end() {
    removeEventListener("beforeunload", this.#stay);
    this.panel.remove();
    if (this.src) URL.revokeObjectURL(this.src);
  }

  #trouble(words) {
    const trouble = this.form.querySelector(".trouble");
    trouble.textContent = words;
    trouble.hidden = !words;
  }
}
