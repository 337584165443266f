// After a correction: the same words in the other recordings that a curator looks after, counted first, then replaced in
// all of them at once, and taken back as one.
import { api } from "./api.js";
import { toast } from "./pass-toast.js";
import { _, ngettext } from "./words.js";

export class Wider {
  #asked = null;

  constructor(note, recording) {
    Object.assign(this, { note, recording });
    note.querySelector("[data-wide]").addEventListener("click", () => this.#replace());
    note.querySelector("[data-no]").addEventListener("click", () => (note.hidden = true));
  }

  // Nothing is said when it is said nowhere else, or nobody can be asked.
  async ask(find, instead) {
    const asked = (this.#asked = { find, instead });
    this.note.hidden = true;
    const { items } = await api("GET", `phrases?${new URLSearchParams({ q: find })}`).catch(() => ({ items: [] }));
    const others = items.filter((each) => each.recording !== this.recording);
    if (asked !== this.#asked || !others.length) return;
    asked.recordings = others.map(({ recording, version }) => ({ recording, version }));
    const times = others.reduce((sum, each) => sum + each.times, 0);
    this.note.querySelector("p").textContent =
      others.length === 1
        ? ngettext("“%(find)s” is also said once in another recording: %(title)s.", "“%(find)s” is also said %(num)s times in another recording: %(title)s.", times, { find, title: others[0].title || _("untitled") })
        : _("“%(find)s” is also said %(times)s times in %(recordings)s other recordings.", { find, times, recordings: others.length });
    this.note.querySelector("[data-wide]").textContent = _("Write “%(instead)s” there, too", { instead });
    this.note.hidden = false;
  }

  async #replace() {
    const asked = this.#asked;
    try {
      const { id, recordings } = await api("POST", "phrases/replacements", { body: asked });
      this.note.hidden = true;
      toast(ngettext("Written in %(num)s recording.", "Written in %(num)s recordings.", recordings), _("Undo"), () => this.#takeBack(id));
    } catch (problem) {
      if (problem.status === 412) await this.ask(asked.find, asked.instead); // counted anew
      toast(problem.message);
    }
  }

  async #takeBack(id) {
    try {
      const { recordings } = await api("DELETE", `phrases/replacements/${id}`);
      toast(ngettext("Taken back in %(num)s recording.", "Taken back in %(num)s recordings.", recordings));
    } catch (problem) {
      toast(problem.message);
    }
  }
}
