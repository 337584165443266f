// A recording as it grows: slices in the order they come, each put on the shelf at once, and all of it readable
// as one run of bytes, for the server and for looking at it again.

export class Tape {
  size = 0; // bytes
  kept = 0; // of these, on the shelf
  ms = 0;
  whole = false; // nothing more will come, and the person wants it sent
  full = false; // the shelf took no more: the rest is in memory alone
  #slices = [];
  #writing = Promise.resolve();

  // `part`: "" or "sound", of one tip.
  constructor(shelf, id, part = "") {
    this.shelf = shelf;
    this.id = id;
    this.part = part;
  }

  // One that an earlier visit has left.
  static found(shelf, id, slices, part = "") {
    const tape = new Tape(shelf, id, part);
    for (const { at, end, ms, blob } of slices) {
      tape.#slices.push({ at, end, blob });
      tape.size = tape.kept = end;
      tape.ms = ms;
    }
    return tape;
  }

  // `ms`: how long the recording is with this slice. Some browsers give empty ones.
  append(blob, ms) {
    if (!blob.size) return;
    const slice = { at: this.size, end: this.size + blob.size, blob };
    const number = this.#slices.push(slice) - 1;
    this.size = slice.end;
    this.ms = ms;
    this.#writing = this.#writing.then(() => this.#keep(number, slice, ms));
  }

  // Resolves once everything so far is on the shelf, or cannot be.
  settled() {
    return this.#writing;
  }

  slice(from, to) {
    const parts = this.#slices
      .filter((each) => each.end > from && each.at < to)
      .map((each) => each.blob.slice(Math.max(from - each.at, 0), Math.min(to, each.end) - each.at));
    return new Blob(parts);
  }

  // After one that did not fit nothing more is put there: what lies on the shelf has no gaps.
  async #keep(number, slice, ms) {
    if (this.full) return;
    try {
      slice.blob = await this.shelf.slice(this.id, { part: this.part, number, at: slice.at, ms, blob: slice.blob });
      this.kept = slice.end;
    } catch {
      this.full = true;
    }
  }
}

// A picked file is all there from the beginning.
export const whole = (file) => ({ size: file.size, kept: 0, whole: true, slice: (from, to) => file.slice(from, to) });
