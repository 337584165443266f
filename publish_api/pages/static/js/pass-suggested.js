// <pass-suggested clip>: what fits a clip, as chips with their keys and why. Nothing is taken by itself.
//   .state = {tags, level, kind}: what the clip has   .take(n): as the n-th chip, from 1: true when there is one
//   event "pass-suggested" detail {tags | level | kind, words}: somebody takes it
import { api } from "./api.js";
import { _ } from "./words.js";

const NAMES = { beginner: _("Beginner"), intermediate: _("Intermediate"), advanced: _("Advanced"), skill: _("Skill"), theory: _("Theory"), strategy: _("Strategy") };
const KEYS = 9;

class PassSuggested extends HTMLElement {
  #found = { tags: [] };
  #state = { tags: [] };

  connectedCallback() {
    this.addEventListener("click", (event) => {
      const chip = event.target.closest("button");
      if (chip) this.#give(this.#open[[...this.querySelectorAll("button")].indexOf(chip)]);
    });
    this.read();
  }

  // Without signal there is nothing to take, and nothing to say: it is an offer.
  async read() {
    this.#found = await api("GET", `clips/${this.getAttribute("clip")}/suggestions`).catch(() => this.#found);
    this.#draw();
  }

  set state(state) {
    this.#state = state;
    this.#draw();
  }

  take(n) {
    const offer = this.#open[n - 1];
    if (offer) this.#give(offer);
    return !!offer;
  }

  // What is offered and not taken yet.
  get #open() {
    const { tags, level, kind } = this.#found;
    const has = new Set(this.#state.tags.map((tag) => tag.toLowerCase()));
    return [
      ...tags.filter(({ label }) => !has.has(label.toLowerCase())).map(({ label, why, new: fresh }) => ({ name: "tags", value: label, label, why, fresh })),
      ...Object.entries({ level, kind })
        .filter(([name, offer]) => offer && offer.value !== this.#state[name])
        .map(([name, { value, why }]) => ({ name, value, label: NAMES[value], why: [why] })),
    ];
  }

  #give({ name, value, label }) {
    const detail = name === "tags" ? { tags: [...this.#state.tags, value] } : { [name]: value };
    this.dispatchEvent(new CustomEvent("pass-suggested", { bubbles: true, detail: { ...detail, words: _("Took “%(label)s”", { label }) } }));
  }

  // Why the clip has the level and the sort that it was given with the brief.
  get #given() {
    const { level, kind } = this.#found;
    return Object.entries({ level, kind })
      .filter(([name, offer]) => offer && offer.value === this.#state[name])
      .map(([, { value, why }]) => `${NAMES[value]}: ${why}`);
  }

  #draw() {
    const open = this.#open;
    const given = this.#given;
    this.hidden = !open.length && !given.length;
    const focused = [...this.querySelectorAll("button")].indexOf(document.activeElement);
    const list = document.createElement("ul");
    list.setAttribute("aria-label", _("Suggestions"));
    list.append(...open.map((offer, i) => this.#chip(offer, i + 1)));
    const hint = document.createElement("p");
    hint.className = "soft small";
    hint.dir = "auto";
    hint.textContent = given.join(" ");
    this.replaceChildren(...(open.length ? [list] : []), ...(given.length ? [hint] : []));
    if (focused >= 0) this.querySelectorAll("button")[Math.min(focused, open.length - 1)]?.focus();
  }

  #chip({ label, why, fresh }, n) {
    const li = document.createElement("li");
    li.innerHTML = `<button type="button" class="chip"><kbd></kbd><b dir="auto"></b><span class="soft small"></span></button>`;
    const [button] = li.children;
    const [key, name, reason] = button.children;
    button.classList.toggle("fresh", !!fresh);
    if (n <= KEYS) {
      key.textContent = n;
      button.setAttribute("aria-keyshortcuts", n);
    } else key.remove();
    name.textContent = label;
    reason.textContent = fresh ? `${_("Not in the vocabulary.")} ${why[0]}` : (why[0] ?? "");
    button.title = why.join(" ");
    return li;
  }
}

customElements.define("pass-suggested", PassSuggested);
