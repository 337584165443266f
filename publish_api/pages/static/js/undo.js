// What was done to a clip, and how each is taken back, the last first. Two sorts: a change of what is on the page, and
// what the server has done. Once that has saved them, the changes before it are taken back as one.
export class Undo {
  #done = [];

  // What the last one is called.
  get words() {
    return this.#done.at(-1)?.words ?? "";
  }

  // A change on the page. One after another of the same `run` is one: a title, letter by letter.
  changed(words, back, run = null) {
    if (!run || this.#done.at(-1)?.run !== run) this.#done.push({ words, back, run, here: true });
  }

  // The server has done something else than save: published, withdrawn.
  did(words, back) {
    this.#done.push({ words, back });
  }

  saved(words, back) {
    while (this.#done.at(-1)?.here) this.#done.pop();
    this.did(words, back);
  }

  forget() {
    this.#done = [];
  }

  // What cannot be taken back now, without signal, can be later.
  async back() {
    const last = this.#done.pop();
    try {
      await last?.back();
    } catch (problem) {
      this.#done.push(last);
      throw problem;
    }
  }
}
