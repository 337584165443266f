// <pass-search><form><input></form></pass-search>: what one may be typing, offered while one types. Sentences and titles
// open their clip, at the second; tags and people what there is of them. Without it the form searches as it is.
import { api } from "./api.js";
import { clock } from "./clock.js";
import { icon } from "./icon.js";
import { _, ngettext } from "./words.js";

const REST_MS = 150; // since the last key
const SHORTEST = 2;
const ICONS = { said: "captions", title: "film", tag: "tag", person: "person" };
const NAMES = { said: _("Said at"), title: _("Clip"), tag: _("Tag"), person: _("Person") };
let lists = 0;

class PassSearch extends HTMLElement {
  #resting = 0;
  #asked = 0; // the number of the newest question: an older one's answer comes too late
  #active = -1;

  connectedCallback() {
    this.input = this.querySelector('input[name="q"]');
    this.list = document.createElement("ul");
    this.list.id = `suggestions-${++lists}`;
    this.list.className = "suggestions";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", _("Suggestions"));
    this.said = document.createElement("p");
    this.said.className = "out-of-sight";
    this.said.setAttribute("role", "status");
    this.input.form.append(this.list, this.said);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false" }))
      this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.#rest());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.#close());
    // The field keeps the focus, so that it does not close before the click.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.#go(event.target.closest("[data-href]")));
  }

  disconnectedCallback() {
    clearTimeout(this.#resting);
    this.list.remove();
    this.said.remove();
  }

  #rest() {
    clearTimeout(this.#resting);
    const typed = this.input.value.trim();
    if (typed.length < SHORTEST) return this.#close();
    this.#resting = setTimeout(() => this.#ask(typed), REST_MS);
  }

  async #ask(typed) {
    const asked = ++this.#asked;
    // Without an answer there is nothing to offer, and nothing to say: the form still searches.
    const { items } = await api("GET", `search/suggestions?q=${encodeURIComponent(typed)}`).catch(() => ({ items: [] }));
    if (asked === this.#asked && document.activeElement === this.input) this.#show(items);
  }

  #show(items) {
    if (!items.length) return this.#close();
    this.list.replaceChildren(...items.map((item, at) => this.#option(item, at)));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.#choose(-1);
    this.said.textContent = ngettext("%(num)s suggestion", "%(num)s suggestions", items.length);
  }

  #option(item, at) {
    const li = document.createElement("li");
    li.id = `${this.list.id}-${at}`;
    li.dataset.href = address(item);
    li.dataset.kind = item.kind;
    li.setAttribute("role", "option");
    li.setAttribute("aria-selected", "false");
    li.innerHTML = `${icon(ICONS[item.kind])}<span dir="auto"></span><small class="soft"></small>`;
    li.children[1].textContent = item.text;
    li.children[2].textContent = item.kind === "said" ? `${NAMES.said} ${clock(item.clip_ms)}` : NAMES[item.kind];
    return li;
  }

  #close() {
    clearTimeout(this.#resting);
    this.#asked++;
    this.list.hidden = true;
    this.list.replaceChildren();
    this.said.textContent = "";
    this.input.setAttribute("aria-expanded", "false");
    this.#choose(-1);
  }

  // None, at -1: Enter then searches for what is typed.
  #choose(at) {
    this.list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = at;
    const option = this.list.children[at];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  #key(event) {
    if (this.list.hidden || event.isComposing) return;
    const many = this.list.children.length + 1; // the field itself is one of those that are gone through
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) this.#choose(((this.#active + 1 + moves[event.key] + many) % many) - 1);
    else if (event.key === "Escape") this.#close();
    else if (event.key === "Enter" && this.#active >= 0) this.#go(this.list.children[this.#active]);
    else return;
    event.preventDefault();
  }

  #go(option) {
    if (option) location.assign(option.dataset.href);
  }
}

function address({ kind, text, clip, clip_ms: ms, version }) {
  if (kind === "tag") return `/tags/${encodeURIComponent(text)}`;
  if (kind === "person") return `/search?${new URLSearchParams({ person: text })}`;
  const at = Math.floor(Math.max(ms - 1000, 0) / 1000); // a breath before
  return `/clips/${clip}${at ? `?t=${at}&v=${version}` : ""}`;
}

customElements.define("pass-search", PassSearch);
