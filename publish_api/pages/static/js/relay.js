// Stretches of recordings, played one after the other by one player: [{recording, start_ms, end_ms}].
const HERE_MS = 150; // how exactly a player stops

export class Relay {
  #rest = [];
  #until = 0;

  // `playing`: the recording that the player has been given.
  constructor(player, playing) {
    this.player = player;
    this.playing = playing;
    player.addEventListener("pass-pause", () => this.#on());
  }

  play([first, ...rest]) {
    this.#rest = rest;
    this.#until = first.end_ms;
    this.open(first.recording, first.start_ms);
    this.player.play({ from: first.start_ms, to: first.end_ms });
  }

  open(recording, ms) {
    if (this.playing === recording) return;
    this.playing = this.player.dataset.recording = recording;
    this.player.querySelector("video").removeAttribute("poster"); // another recording's
    this.player.load(`/api/v1/recordings/${recording}/play.m3u8`, ms);
  }

  stop() {
    this.#rest = [];
  }

  // Paused: by itself where a stretch ends, or by somebody.
  #on() {
    const there = Math.abs(this.player.ms - this.#until) < HERE_MS;
    if (there && this.#rest.length) this.play(this.#rest);
    else this.stop();
  }
}
