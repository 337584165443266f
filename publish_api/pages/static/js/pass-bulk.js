// <pass-bulk> around a list of clips: several are chosen, and given a tag, or rid of one, in one act. What could not be
// changed is listed; the last act can be undone. x chooses the clip that has the focus, j and k go to the next and the
// one before, as on the desk.
import { api, piece } from "./api.js";
import { _, ngettext } from "./words.js";

class PassBulk extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form.bulk");
    for (const label of this.querySelectorAll("label.chosen")) label.hidden = false;
    this.addEventListener("change", ({ target }) => target.name === "clip" && this.#show());
    this.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", (event) => this.#go(event));
    this.form.addEventListener("click", ({ target }) => {
      const act = target.closest("[data-do]")?.dataset.do;
      if (act === "all" || act === "none") this.#choose(act === "all");
      if (act === "undo") this.#do(this.last);
    });
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.#show();
  }

  get #boxes() {
    return [...this.querySelectorAll('input[name="clip"]')];
  }

  get #chosen() {
    return this.#boxes.filter((box) => box.checked).map((box) => box.value);
  }

  #key(event) {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("form")) return;
    const box = event.target.closest(".card")?.querySelector('input[name="clip"]');
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    this.#show();
  }

  #go(event) {
    const by = { j: 1, k: -1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem("keys") === "off") return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea, dialog")) return; // somebody is typing
    const links = [...this.querySelectorAll(".card h3 a")];
    const at = links.indexOf(event.target.closest(".card")?.querySelector("h3 a"));
    const link = at < 0 ? links[0] : links[at + by];
    if (!link) return;
    event.preventDefault();
    link.focus();
  }

  #choose(all) {
    for (const box of this.#boxes) box.checked = all;
    this.#show();
    if (!all) this.#boxes[0]?.focus(); // the form went, and the focus with it
  }

  #submit(event) {
    event.preventDefault();
    const tag = this.form.elements["bulk-tag"].value.trim();
    const off = event.submitter?.dataset.do === "remove";
    if (tag) this.#do({ clips: this.#chosen, tag, off });
  }

  async #do({ clips, tag, off }) {
    try {
      const done = await api("POST", "clips/taggings", { body: { clips, [off ? "remove" : "add"]: [tag] } });
      this.last = { clips: done.changed.map(({ id }) => id), tag, off: !off };
      this.#say(done, tag, off);
      await this.#redraw();
    } catch ({ message }) {
      this.#tell(message);
    }
  }

  // What was asked for, and for which it could not be done.
  #say({ changed, unchanged, refused }, tag, off) {
    const many = changed.length;
    const said = [
      off
        ? ngettext("Took “%(tag)s” off %(num)s clip.", "Took “%(tag)s” off %(num)s clips.", many, { tag })
        : ngettext("Put “%(tag)s” on %(num)s clip.", "Put “%(tag)s” on %(num)s clips.", many, { tag }),
    ];
    if (unchanged.length) said.push(ngettext("%(num)s clip was so already.", "%(num)s clips were so already.", unchanged.length));
    const title = (id) => this.#boxes.find(({ value }) => value === id)?.closest(".card").querySelector("h3").textContent.trim() ?? id;
    this.#tell(said.join(" "), refused.map(({ id, error }) => `${title(id)}: ${error.message}`), changed.length > 0);
  }

  #tell(words, refused = [], undo = false) {
    const box = this.form.querySelector("[data-done]");
    const line = (name, text) => Object.assign(document.createElement(name), { className: "small", dir: "auto", textContent: text });
    box.replaceChildren(line("p", words), ...refused.map((each) => line("p", each)));
    if (!undo) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: _("Undo") });
    button.dataset.do = "undo";
    box.append(button);
  }

  // The tags as they are now. Without signal they stay as they were drawn.
  async #redraw() {
    const drawn = await piece(location.pathname + location.search).catch(() => null);
    if (!drawn) return;
    for (const box of this.#boxes) {
      const now = [...drawn.querySelectorAll('input[name="clip"]')].find(({ value }) => value === box.value);
      if (now) box.closest(".card").querySelector(".about").replaceWith(now.closest(".card").querySelector(".about"));
    }
  }

  #show() {
    const many = this.#chosen.length;
    this.form.hidden = !many;
    this.querySelector("[data-many]").textContent = many;
    this.querySelector("[data-clips]").textContent = ngettext("clip chosen", "clips chosen", many);
  }
}

customElements.define("pass-bulk", PassBulk);
