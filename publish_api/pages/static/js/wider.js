// After a correction: the same words in the other recordings that a curator looks after, counted first, then replaced in
// all of them at once, and taken back as one.
import { api } from "./api.js";
import { toast } from "./pass-toast.js";

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
      `“${find}” is also said ${times === 1 ? "once" : `${times} times`} in ${others.length === 1 ? `another recording: ${others[0].title || "untitled"}` : `${others.length} other recordings`}.`;
    this.note.querySelector("[data-wide]").textContent = `Write “${instead}” there, too`;
    this.note.hidden = false;
  }

  async #replace() {
    const asked = this.#asked;
    try {
      const { id, recordings } = await api("POST", "phrases/replacements", { body: asked });
      this.note.hidden = true;
      toast(`Written in ${many(recordings)}.`, "Undo", () => this.#takeBack(id));
    } catch (problem) {
      if (problem.status === 412) await this.ask(asked.find, asked.instead); // counted anew
      toast(problem.message);
    }
  }

  async #takeBack(id) {
    try {
      const { recordings } = await api("DELETE", `phrases/replacements/${id}`);
      toast(`Taken back in ${many(recordings)}.`);
    } catch (problem) {
      toast(problem.message);
    }
  }
}

const many = (recordings) => (recordings === 1 ? "1 recording" : `${recordings} recordings`);
