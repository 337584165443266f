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

  // The server has done something else than save: published, withdrawn. `of`: what was done beside the clip's own fields,
  // in the words, where it can be taken back, too.
  did(words, back, of = null) {
    this.#done.push({ words, back, of });
  }

  undid(of) {
    this.#done = this.#done.filter((each) => each.of !== of);
  }

  saved(words, back) {
    const from = this.#done.findLastIndex(({ here, of }) => !here && !of) + 1;
    this.#done = this.#done.filter(({ here }, at) => at < from || !here);
    this.did(words, back);
  }

  forget() {
    this.#done = [];
  }

  // What was taken back is called so: "" if there was nothing, null if it was refused where it was done. What cannot be
  // taken back now, without signal, can be later.
  async back() {
    const last = this.#done.pop();
    try {
      return (await last?.back()) === false ? null : (last?.words ?? "");
    } catch (problem) {
      this.#done.push(last);
      throw problem;
    }
  }
}
