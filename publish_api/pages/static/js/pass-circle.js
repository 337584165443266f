// <pass-circle src>: who sees a draft. Names of colleagues and spaces are offered while one types; who is chosen sees
// it, and who is taken out does not, at once. `src` is its address in the API, and, below /, that of this piece.
import { api, piece } from "./api.js";
import { _, ngettext } from "./words.js";

const REST_MS = 150; // since the last key

class PassCircle extends HTMLElement {
  #found = [];
  #active = -1;
  #asked = 0; // the number of the newest question: an older one's answer comes too late
  #resting;

  connectedCallback() {
    this.addEventListener("input", (event) => event.target.name === "to" && this.#typed());
    this.addEventListener("keydown", (event) => event.target.name === "to" && this.#key(event));
    this.addEventListener("focusout", ({ target, relatedTarget }) => target.closest(".share") && !relatedTarget?.closest(".share") && this.#close());
    this.addEventListener("mousedown", (event) => event.target.closest(".offered-names, .share button") && event.preventDefault()); // the field keeps the focus
    this.addEventListener("click", (event) => {
      const chosen = event.target.closest(".offered-names li");
      if (chosen) this.#share(this.#found[[...chosen.parentElement.children].indexOf(chosen)]);
    });
    this.addEventListener("submit", (event) => this.#submit(event));
    this.#ready();
  }

  get #field() {
    return this.querySelector("input[name=to]");
  }

  // The list belongs to the field; it is there before anything is typed.
  #ready() {
    const field = this.#field;
    if (!field) return;
    this.list = document.createElement("ul");
    this.list.id = "share-offered";
    this.list.className = "offered-names";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", _("Colleagues and spaces"));
    field.after(this.list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", this.list.id], ["aria-expanded", "false"]]) field.setAttribute(name, value);
  }

  #typed() {
    clearTimeout(this.#resting);
    const begins = this.#field.value.trim().replace(/^@/, "");
    if (!begins) return this.#close();
    this.#resting = setTimeout(() => this.#ask(begins), REST_MS);
  }

  async #ask(begins) {
    const number = ++this.#asked;
    const { people, spaces } = await api("GET", `${this.getAttribute("src")}/candidates?q=${encodeURIComponent(begins)}`).catch(() => ({ people: [], spaces: [] }));
    if (number !== this.#asked || !this.contains(document.activeElement)) return;
    this.#found = [
      ...people.map(({ id, name, login }) => ({ path: `people/${id}`, name, besides: `@${login}` })),
      ...spaces.map(({ id, name }) => ({ path: `spaces/${id}`, name, besides: _("everybody in this space") })),
    ];
    this.list.replaceChildren(...this.#found.map(option));
    this.list.hidden = !this.#found.length;
    this.#field.setAttribute("aria-expanded", String(!this.list.hidden));
    this.#choose(this.#found.length ? 0 : -1);
    this.#say(this.#found.length ? ngettext("%(num)s found. Arrow keys choose, Enter shares.", "%(num)s found. Arrow keys choose, Enter shares.", this.#found.length) : _("Nobody is called so with whom it can be shared."));
  }

  #choose(at) {
    this.list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = at;
    const chosen = this.list.children[at];
    if (!chosen) return this.#field.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", chosen.id);
  }

  #key(event) {
    if (this.list.hidden || event.isComposing) return;
    const many = this.#found.length;
    if (event.key === "ArrowDown") this.#choose((this.#active + 1) % many);
    else if (event.key === "ArrowUp") this.#choose((this.#active + many - 1) % many);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
  }

  #close() {
    clearTimeout(this.#resting);
    this.#asked++;
    this.#found = [];
    if (!this.list) return;
    this.list.hidden = true;
    this.list.replaceChildren();
    this.#field?.setAttribute("aria-expanded", "false");
    this.#choose(-1);
  }

  // A name that was typed out before it was offered is offered first: nothing is shared with somebody who is like it.
  #submit(event) {
    const { take } = event.submitter?.name === "take" ? { take: event.submitter.value } : {};
    const chosen = this.#found[this.#active];
    if (take) {
      event.preventDefault();
      this.#change("DELETE", take, _("Taken back: it is not shown there any more."));
    } else if (event.target.matches(".share")) {
      event.preventDefault();
      if (chosen) this.#share(chosen);
      else this.#ask(this.#field.value.trim().replace(/^@/, ""));
    }
  }

  #share({ path, name }) {
    this.#close();
    this.#change("PUT", path, _("Shared with %(name)s.", { name }));
  }

  async #change(method, path, words) {
    const trouble = this.querySelector(".trouble");
    trouble.hidden = true;
    try {
      await api(method, `${this.getAttribute("src")}/${path}`);
      const drawn = (await piece(`/${this.getAttribute("src")}`)).querySelector("pass-circle");
      this.replaceChildren(...(drawn?.childNodes ?? []));
      this.#ready();
      this.#field?.focus();
      this.#say(words);
    } catch (problem) {
      trouble.textContent = problem.message;
      trouble.hidden = false;
    }
  }

  #say(words) {
    const told = this.querySelector("[role=status]");
    if (told) told.textContent = words;
  }
}

function option({ name, besides }, at) {
  const li = document.createElement("li");
  li.id = `share-offered-${at}`;
  li.setAttribute("role", "option");
  li.setAttribute("aria-selected", "false");
  li.innerHTML = `<b dir="auto"></b> <small class="soft"></small>`;
  li.children[0].textContent = name;
  li.children[1].textContent = besides;
  return li;
}

customElements.define("pass-circle", PassCircle);
