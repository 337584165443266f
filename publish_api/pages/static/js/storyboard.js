// The stills of a clip, by the moment that they show. Asked for when somebody first moves along the bar.
const AGAIN_MS = 10_000; // what was not there, or not any more, may be there later
const CUE = /^([\d:.]+) --> ([\d:.]+)\n(\S+)/gm;

export class Storyboard {
  #src;
  #cues = [];
  #askedAt = -Infinity;

  constructor(src) {
    this.#src = src;
  }

  // The address of a still; null where there is none.
  at(ms) {
    return this.#cues.find(({ start, end }) => ms >= start && ms < end)?.address ?? null;
  }

  // True when there is something new to look at.
  async ask() {
    if (!this.#src || this.#cues.length || performance.now() - this.#askedAt < AGAIN_MS) return false;
    const askedAt = (this.#askedAt = performance.now());
    const answer = await fetch(this.#src).catch(() => null); // no signal: without
    const found = answer?.ok ? cues(await answer.text()) : [];
    if (askedAt === this.#askedAt) this.#cues = found; // else it was cut anew meanwhile
    return this.#cues.length > 0;
  }

  // The addresses have changed, since something was taken out or withdrawn.
  forget() {
    this.#cues = [];
  }

  // The clip was cut anew: so are they, and they are asked for as soon as somebody moves along the bar.
  renew() {
    this.forget();
    this.#askedAt = -Infinity;
  }
}

const cues = (text) => [...text.matchAll(CUE)].map(([, start, end, address]) => ({ start: ms(start), end: ms(end), address }));

const ms = (time) => Math.round(time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000);
