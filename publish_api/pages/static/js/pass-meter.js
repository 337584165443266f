// <pass-meter>: how loud it is, so that nobody speaks for two minutes into a dead microphone. Says so when it is.
import { _ } from "./words.js";

const FLOOR_DB = -60;
const QUIET_DB = -50;
const QUIET_MS = 4000;
const EVERY_MS = 60;

class PassMeter extends HTMLElement {
  connectedCallback() {
    this.canvas = this.querySelector("canvas");
    this.words = this.querySelector("[data-heard]");
  }

  disconnectedCallback() {
    this.stop();
  }

  listen(stream) {
    this.stop();
    this.context = new AudioContext();
    this.context.resume?.();
    this.analyser = new AnalyserNode(this.context, { fftSize: 2048 });
    this.source = this.context.createMediaStreamSource(stream);
    this.source.connect(this.analyser);
    this.samples = new Float32Array(this.analyser.fftSize);
    this.heard = performance.now();
    this.timer = setInterval(() => this.#measure(), EVERY_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.source?.disconnect();
    this.context?.close();
    this.context = this.source = null;
    if (this.words) this.words.textContent = "";
  }

  #measure() {
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const value of this.samples) sum += value * value;
    const db = 10 * Math.log10(sum / this.samples.length + 1e-12);
    const now = performance.now();
    if (db > QUIET_DB) this.heard = now;
    const silent = now - this.heard > QUIET_MS && this.context.state === "running";
    const words = silent ? _("Nothing is heard. Is the microphone covered?") : "";
    if (this.words.textContent !== words) this.words.textContent = words;
    this.dataset.level = Math.round(db);
    this.#draw(Math.min(1, Math.max(0, (db - FLOOR_DB) / -FLOOR_DB)));
  }

  // Bars from left to right, as many as it is loud.
  #draw(share) {
    const { canvas } = this;
    const scale = devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    const paint = canvas.getContext("2d");
    const style = getComputedStyle(this);
    const [on, off] = [style.getPropertyValue("--accent-night"), style.getPropertyValue("--night-line")];
    const wide = 4 * scale;
    const bars = Math.floor(canvas.width / (wide * 2));
    for (let bar = 0; bar < bars; bar++) {
      paint.fillStyle = (bar + 0.5) / bars < share ? on : off;
      paint.fillRect(bar * wide * 2, 0, wide, canvas.height);
    }
  }
}

customElements.define("pass-meter", PassMeter);
