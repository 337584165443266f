// <pass-editor player clip version value [published] previous next> around a <pass-cutter>: what a clip shows, title,
// tags, level, sort, for whom, what to know before, and whether people see it. Rows only: nothing here waits for media.
import { api, piece } from "./api.js";
import { exact, spoken } from "./clock.js";
import { KEYS as CUTTING } from "./pass-cutter.js";
import { playerOf } from "./player-of.js";
import { toast } from "./pass-toast.js";

const WORDS = { audience: "Changed whom it is for", prerequisites: "Changed what to know before" };
const FIELDS = ["parts", "title", "tags", "level", "kind", ...Object.keys(WORDS)];
const KEYS = {
  ...CUTTING, t: "title", d: "draft", w: "words", s: "save", p: "publish", n: "publish-on", u: "undo", j: "next", k: "previous", "?": "keys", " ": "play",
};
const TAKES = /^[1-9]$/; // the suggestion of that number

class PassEditor extends HTMLElement {
  #undo = [];

  async connectedCallback() {
    this.form = this.querySelector("form.details");
    this.tags = this.querySelector("pass-tags");
    this.suggested = this.querySelector("pass-suggested");
    this.cutter = this.querySelector("pass-cutter");
    this.words = this.querySelector("pass-words");
    this.version = Number(this.getAttribute("version"));
    this.published = this.hasAttribute("published");
    this.state = this.saved = JSON.parse(this.getAttribute("value"));
    await Promise.all(["pass-tags", "pass-suggested", "pass-cutter", "pass-words"].map((name) => customElements.whenDefined(name)));
    this.player = await playerOf(this);
    this.#listen();
    this.#show();
  }

  get dirty() {
    return FIELDS.some((f) => !same(this.state[f], this.saved[f]));
  }

  #listen() {
    this.addEventListener("click", (event) => this.#click(event));
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.do("save")));
    this.form.elements.title.addEventListener("input", () => this.#change({ title: this.form.elements.title.value }, "Changed the title", "title"));
    this.form.elements.title.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), event.target.blur()));
    this.tags.addEventListener("pass-tags", () => this.#change({ tags: this.tags.value }, "Changed the tags"));
    this.addEventListener("pass-suggested", ({ detail: { words, ...fields } }) => this.#change(fields, words));
    for (const radio of this.form.elements.level)
      radio.addEventListener("change", () => this.#change({ level: radio.value || null }, "Changed the level"));
    for (const radio of this.form.elements.kind)
      radio.addEventListener("change", () => this.#change({ kind: radio.value || null }, "Changed the sort"));
    for (const [name, words] of Object.entries(WORDS))
      this.form.elements[name].addEventListener("input", (event) => this.#change({ [name]: event.target.value }, words, name));
    this.addEventListener("pass-cut", ({ detail }) => this.#change({ parts: detail.parts }, detail.words));
    this.addEventListener("pass-words", ({ target }) => this.#reread(target.getAttribute("recording")));
    this.addEventListener("pass-cutter-trouble", ({ detail }) => this.#say(detail.words));
    document.addEventListener("keydown", (event) => this.#key(event));
    const box = this.querySelector("[data-keys]");
    box.checked = localStorage.getItem("keys") !== "off";
    box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
    addEventListener("beforeunload", (event) => this.dirty && event.preventDefault());
  }

  #click(event) {
    const act = event.target.closest("[data-do]")?.dataset.do;
    if (act && act !== "save") this.do(act);
  }

  #key(event) {
    const typing = event.target.closest("input:not([type=radio], [type=checkbox], [type=range]), textarea, dialog");
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      return this.do("save");
    }
    if (event.key === "Escape" && typing) return typing.blur?.();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const act = TAKES.test(event.key) ? `take-${event.key}` : KEYS[event.key];
    if (!act || (act !== "keys" && !this.querySelector("[data-keys]").checked)) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return; // presses what has the focus
    event.preventDefault();
    this.do(act);
  }

  async do(act) {
    this.#say("");
    if (act.startsWith("take-")) return this.suggested.take(Number(act.slice(5)));
    if (this.cutter.do(act)) return;
    const acts = {
      play: () => this.player.toggle(),
      title: () => this.form.elements.title.select(),
      words: () => this.words.look(),
      draft: () => this.#draft(),
      save: () => this.#save(),
      publish: () => this.#publish(),
      "publish-on": () => this.#publishOn(),
      withdraw: () => this.#withdraw(),
      delete: () => this.#delete(),
      undo: () => this.#undo.pop()?.back(),
      keys: () => this.querySelector("[data-sheet]").showModal(),
      next: () => this.#go("next"),
      previous: () => this.#go("previous"),
      "keep-mine": () => ((this.version = this.theirs.version), this.#save()),
      "take-theirs": () => this.#take(),
    };
    const { version, published } = this;
    try {
      await acts[act]?.();
    } catch (problem) {
      if (problem.status === 412) await this.#clash();
      else this.#say(problem.message);
    }
    this.#show();
    if (this.version !== version || this.published !== published) await this.#queue();
  }

  // What waits, as it is now. Without signal it stays as it was.
  async #queue() {
    const asked = (this.asked = {});
    const drawn = await piece(`/review/${this.getAttribute("clip")}/queue`).catch(() => null);
    if (drawn && this.asked === asked) document.querySelector("nav.waiting").replaceChildren(...drawn.querySelector("nav.waiting").childNodes);
  }

  // A title to go on from, and beside it what it could be told with: nobody but the reader decides what is kept.
  async #draft() {
    const { title, summary, question, by } = await api("POST", `clips/${this.getAttribute("clip")}/suggestions/draft`);
    const say = (name, words) => (this.querySelector(`[data-drafted${name}]`).textContent = words);
    say("-summary", summary && `In short: ${summary}`);
    say("-question", question && `To ask: ${question}`);
    say("-by", by ? `Drafted by ${by}. Read it before you keep it.` : "Taken from what is said.");
    this.querySelector("[data-drafted]").hidden = false;
    if (title !== this.state.title) this.#change({ title }, "Drafted the title");
  }

  // One typed word after another is one change.
  #change(fields, words, run) {
    const before = this.state;
    this.state = { ...this.state, ...fields };
    if (!run || this.#undo.at(-1)?.run !== run) this.#did(words, () => ((this.state = before), this.#show()), run);
    this.#show();
  }

  #did(words, back, run) {
    this.#undo.push({ words, back, run });
  }

  async #save() {
    if (!this.dirty) return toast("Saved.");
    const before = this.saved;
    await this.#patch(this.state);
    this.#did(this.published ? "Saved: people see it now" : "Saved", async () => {
      await this.#patch(before);
      this.state = before;
    });
  }

  // What has been changed since it was read, and nothing else: what somebody else has changed meanwhile stays.
  async #patch(state) {
    const body = Object.fromEntries(FIELDS.filter((f) => !same(state[f], this.saved[f])).map((f) => [f, state[f]]));
    const clip = await api("PATCH", `clips/${this.getAttribute("clip")}`, { body, version: this.version });
    this.#kept(clip);
    this.querySelector("[data-clash]").hidden = true;
  }

  // Words were corrected, and a title or tags that nobody has touched may have followed. What is changed here stays.
  async #reread(recording) {
    try {
      const clip = await api("GET", `clips/${this.getAttribute("clip")}`);
      const { state, saved } = this;
      this.#kept(clip);
      for (const f of FIELDS) if (!same(state[f], saved[f])) this.state = { ...this.state, [f]: state[f] };
      await Promise.all([this.cutter.reread(recording), this.suggested.read()]);
    } catch (problem) {
      this.#say(problem.message);
    }
    this.#show();
  }

  // As the server has it now: titles and tags may come back tidied.
  #kept(clip) {
    this.version = clip.version;
    this.saved = this.state = {
      parts: clip.parts,
      title: clip.title,
      tags: clip.tags,
      level: clip.level,
      kind: clip.kind,
      audience: clip.audience,
      prerequisites: clip.prerequisites,
    };
  }

  async #publish() {
    if (this.published && !this.dirty) return this.#go("next");
    if (!this.form.reportValidity()) return;
    if (this.published) return this.#save();
    if (this.dirty) await this.#patch(this.state);
    await this.#publication("PUT");
    this.#did("Published", () => this.#publication("DELETE"));
    toast("Published. People can find it now.");
  }

  // What is published already, unchanged, has the next one on the same key.
  async #publishOn() {
    if (!this.published || this.dirty) await this.#publish();
    if (this.published && !this.dirty) this.#go("next");
  }

  async #withdraw() {
    await this.#publication("DELETE");
    this.#did("Withdrawn: nobody sees it", () => this.#publication("PUT"));
  }

  async #delete() {
    if (!confirm("Delete this clip? The recording stays, and so does what people said about it.")) return;
    await api("DELETE", `clips/${this.getAttribute("clip")}`);
    this.saved = this.state; // nothing is left to lose
    location.assign(this.getAttribute("next") ? `/review/${this.getAttribute("next")}` : "/review");
  }

  async #publication(method) {
    await api(method, `clips/${this.getAttribute("clip")}/publication`);
    const { version } = await api("GET", `clips/${this.getAttribute("clip")}`);
    this.version = version;
    this.published = method === "PUT";
  }

  async #clash() {
    this.theirs = await api("GET", `clips/${this.getAttribute("clip")}`);
    const { title, tags, parts, length_ms } = this.theirs;
    this.querySelector("[data-theirs]").textContent =
      `“${title}”, from ${exact(parts[0].start_ms)}, ${spoken(length_ms)} long${parts.length > 1 ? ` in ${parts.length} parts` : ""}${tags.length ? `, tagged ${tags.join(", ")}` : ""}.`;
    this.querySelector("[data-clash]").hidden = false;
    this.querySelector('[data-do="keep-mine"]').focus();
  }

  #take() {
    this.#undo = [];
    this.#kept(this.theirs);
    this.querySelector("[data-clash]").hidden = true;
    this.#show();
  }

  #go(way) {
    const id = this.getAttribute(way);
    if (id) location.assign(`/review/${id}`);
  }

  #say(words) {
    const trouble = this.querySelector("[data-trouble]");
    trouble.textContent = words;
    trouble.hidden = !words;
  }

  #show() {
    const { state } = this;
    const of = (act) => this.querySelector(`[data-do="${act}"]`);
    this.cutter.value = state.parts;
    this.words.parts = state.parts;
    const { title, level, kind } = this.form.elements;
    if (title.value !== state.title) title.value = state.title;
    if (String(this.tags.value) !== String(state.tags)) this.tags.value = state.tags;
    this.suggested.state = state;
    level.value = state.level ?? "";
    kind.value = state.kind ?? "";
    for (const name of Object.keys(WORDS))
      if (this.form.elements[name].value !== state[name]) this.form.elements[name].value = state[name];
    const last = this.#undo.at(-1);
    this.querySelector("[data-last]").textContent = last?.words ?? "";
    of("undo").hidden = !last;
    of("save").disabled = !this.dirty;
    of("withdraw").hidden = !this.published;
    of("save").hidden = this.published;
    const done = this.published && !this.dirty;
    of("publish").textContent = done ? (this.getAttribute("next") ? "Next clip" : "Published") : this.published ? "Save: live at once" : "Publish";
    // As it comes from the server it is: until this script is there a press would be lost.
    of("publish").disabled = done && !this.getAttribute("next");
    this.toggleAttribute("dirty", this.dirty);
  }
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

customElements.define("pass-editor", PassEditor);
