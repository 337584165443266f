// <pass-who src value told [many]> around a field: people are offered while one types how a name begins. Around an
// <input> it is typed there, and who is chosen is put in; around a <select>, in a field beside it (`told` is its name),
// and who is chosen is one more to choose, and chosen. `src`: the API's list, which takes `q`. `value`: what of a person
// the field wants, "login" or "id". Without `many` the field offers everybody by itself, and nothing is done.
import { api } from "./api.js";
import { _, ngettext } from "./words.js";

const REST_MS = 150; // since the last key
const OFFERED = 8;
let lists = 0;

class PassWho extends HTMLElement {
  #found = [];
  #active = -1;
  #asked = 0; // the number of the newest question: an older one's answer comes too late
  #resting;

  connectedCallback() {
    if (!this.hasAttribute("many") || this.list) return;
    this.select = this.querySelector("select");
    this.field = this.querySelector("input") ?? this.#field();
    this.list = document.createElement("ul");
    this.list.id = `who-${++lists}`;
    this.list.className = "offered-names";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", _("Colleagues"));
    this.told = document.createElement("span");
    this.told.className = "out-of-sight";
    this.told.setAttribute("role", "status");
    this.style.position = "relative";
    this.append(this.list, this.told);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", this.list.id], ["aria-expanded", "false"]]) this.field.setAttribute(name, value);
    this.field.addEventListener("input", (event) => (event.stopPropagation(), this.#typed()));
    this.field.addEventListener("change", (event) => this.select && event.stopPropagation()); // the form hears of the select alone
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("blur", () => this.#close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", ({ target }) => {
      const at = [...this.list.children].indexOf(target.closest("li"));
      if (at >= 0) this.#take(at);
    });
  }

  #field() {
    const field = document.createElement("input");
    Object.assign(field, { type: "text", maxLength: 100, autocomplete: "off", spellcheck: false, dir: "auto", placeholder: this.getAttribute("told") });
    field.setAttribute("aria-label", this.getAttribute("told"));
    this.append(field);
    return field;
  }

  #typed() {
    clearTimeout(this.#resting);
    const begins = this.field.value.trim();
    if (!begins) return this.#close();
    this.#resting = setTimeout(() => this.#ask(begins), REST_MS);
  }

  async #ask(begins) {
    const number = ++this.#asked;
    const src = this.getAttribute("src");
    const { items } = await api("GET", `${src}${src.includes("?") ? "&" : "?"}q=${encodeURIComponent(begins)}`).catch(() => ({ items: [] }));
    if (number !== this.#asked || document.activeElement !== this.field) return;
    this.#found = items.slice(0, OFFERED);
    this.list.replaceChildren(...this.#found.map((each, at) => option(each, `${this.list.id}-${at}`)));
    this.list.hidden = !this.#found.length;
    this.field.setAttribute("aria-expanded", String(!this.list.hidden));
    this.#choose(this.#found.length ? 0 : -1);
    this.told.textContent = this.#found.length
      ? ngettext("%(num)s colleague. Enter puts the name in.", "%(num)s colleagues. Arrow keys choose, Enter puts the name in.", this.#found.length)
      : _("Nobody here has a name or a login name that begins like this.");
  }

  #choose(at) {
    this.list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = at;
    const chosen = this.list.children[at];
    if (!chosen) return this.field.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", chosen.id);
  }

  #key(event) {
    if (event.isComposing) return;
    const many = this.#found.length;
    if (event.key === "Enter" && this.select) many && this.#take(this.#active); // never the form around it
    else if (!many) return;
    else if (event.key === "Enter") this.#take(this.#active);
    else if (event.key === "ArrowDown") this.#choose((this.#active + 1) % many);
    else if (event.key === "ArrowUp") this.#choose((this.#active + many - 1) % many);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #take(at) {
    const who = this.#found[at];
    const value = who[this.getAttribute("value")];
    if (this.select) {
      if (![...this.select.options].some((each) => each.value === value)) this.select.append(new Option(who.name, value));
      this.select.value = value;
      this.field.value = "";
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    } else this.field.value = value;
    this.#close();
  }

  #close() {
    clearTimeout(this.#resting);
    this.#asked++;
    this.#found = [];
    this.list.hidden = true;
    this.list.replaceChildren();
    this.field.setAttribute("aria-expanded", "false");
    this.#choose(-1);
  }
}

function option({ name, login }, id) {
  const li = document.createElement("li");
  li.id = id;
  li.setAttribute("role", "option");
  li.setAttribute("aria-selected", "false");
  li.innerHTML = `<b dir="auto"></b> <small class="soft"></small>`;
  li.children[0].textContent = name;
  li.children[1].textContent = login ? `@${login}` : "";
  return li;
}

customElements.define("pass-who", PassWho);
