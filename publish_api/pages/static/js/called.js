// Titles that people wrote, and that say yet what nobody is to hear any more: each is written anew where it was muted.
import { api } from "./api.js";

export class Called {
  #box;
  #changed;
  #trouble;

  constructor(box, changed, trouble) {
    this.#box = box;
    this.#changed = changed;
    this.#trouble = trouble;
  }

  // Whether there is something to write.
  ask(clips) {
    for (const form of this.#box.querySelectorAll("form")) form.remove();
    this.#box.append(...clips.map((each) => this.#form(each)));
    this.#next();
    return clips.length > 0;
  }

  #form({ clip, title }) {
    const form = this.#box.querySelector("template").content.cloneNode(true).firstElementChild;
    const field = form.elements.title;
    field.value = title;
    form.querySelector("label").htmlFor = field.id = `called-${clip}`;
    form.querySelector("button[type=button]").addEventListener("click", () => this.#done(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.#save(form, clip, field.value);
    });
    return form;
  }

  async #save(form, clip, title) {
    try {
      const { version } = await api("GET", `clips/${clip}`);
      await api("PATCH", `clips/${clip}`, { body: { title }, version });
      this.#done(form);
      this.#changed();
    } catch (problem) {
      this.#trouble(problem.message);
    }
  }

  #done(form) {
    form.remove();
    this.#next();
  }

  #next() {
    const field = this.#box.querySelector("form input");
    this.#box.hidden = !field;
    field?.focus();
    field?.select();
  }
}
