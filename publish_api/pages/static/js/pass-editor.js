// <pass-editor player clip recording version value others length [published] previous next>: bounds, title,
// tags, level, sort, for whom, what to know before, and whether people see it. Rows only: nothing here waits for media.
import { api, piece } from "./api.js";
import { around, earlier, later, moved, stops } from "./bounds.js";
import { clock, exact, spoken } from "./clock.js";
import { playerOf } from "./player-of.js";
import { toast } from "./pass-toast.js";
import * as script from "./script.js";

const LAST_MS = 3000; // what "play the last seconds" plays
const WORDS = { audience: "Changed whom it is for", prerequisites: "Changed what to know before" };
const FIELDS = ["start_ms", "end_ms", "title", "tags", "level", "kind", ...Object.keys(WORDS)];
const KEYS = {
  "[": "start-earlier", "]": "start-later", "{": "end-earlier", "}": "end-later", i: "hear-start", o: "hear-end",
  t: "title", s: "save", p: "publish", u: "undo", j: "next", k: "previous", "?": "keys", " ": "play",
};

class PassEditor extends HTMLElement {
  #undo = [];
  #held = null; // as it was when a bound was taken hold of

  async connectedCallback() {
    this.form = this.querySelector("form.details");
    this.tags = this.querySelector("pass-tags");
    this.timeline = this.querySelector("pass-timeline");
    this.version = Number(this.getAttribute("version"));
    this.length = Number(this.getAttribute("length"));
    this.published = this.hasAttribute("published");
    const { parts, ...value } = JSON.parse(this.getAttribute("value"));
    this.parts = parts;
    this.state = this.saved = value;
    await Promise.all(["pass-tags", "pass-timeline"].map((name) => customElements.whenDefined(name)));
    this.player = await playerOf(this);
    // Until the words have come nothing can be cut: every bound stays where it is.
    this.transcript = { words: [] };
    this.stops = [value.start_ms, value.end_ms];
    this.#look();
    this.#listen();
    await this.#fetch();
  }

  get dirty() {
    return FIELDS.some((f) => JSON.stringify(this.state[f]) !== JSON.stringify(this.saved[f]));
  }

  async #fetch() {
    const words = this.querySelector("[data-loading]");
    try {
      this.transcript = await api("GET", `recordings/${this.getAttribute("recording")}/transcript`);
      words.hidden = true;
    } catch (problem) {
      words.textContent = problem.status === 404 ? "The words have not been written down yet. Bounds can be moved when they are." : problem.message;
      return;
    }
    this.stops = stops(this.transcript, this.length);
    this.#look();
  }

  // Draws the surroundings of the clip: at first, and when its bounds have come near the edge.
  #look() {
    const view = (this.view = around(this.state, this.length));
    const { words } = this.transcript;
    this.timeline.show({ view, words, others: JSON.parse(this.getAttribute("others")), stops: this.stops });
    script.draw(this.querySelector("[data-script]"), { view, words, stops: this.stops });
    this.#show();
  }

  #listen() {
    this.addEventListener("click", (event) => this.#click(event));
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.do("save")));
    this.form.elements.title.addEventListener("input", () => this.#change({ title: this.form.elements.title.value }, "Changed the title", "title"));
    this.form.elements.title.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), event.target.blur()));
    this.tags.addEventListener("pass-tags", () => this.#change({ tags: this.tags.value }, "Changed the tags"));
    for (const radio of this.form.elements.level)
      radio.addEventListener("change", () => this.#change({ level: radio.value || null }, "Changed the level"));
    for (const radio of this.form.elements.kind)
      radio.addEventListener("change", () => this.#change({ kind: radio.value || null }, "Changed the sort"));
    for (const [name, words] of Object.entries(WORDS))
      this.form.elements[name].addEventListener("input", (event) => this.#change({ [name]: event.target.value }, words, name));
    this.addEventListener("pass-bound", ({ detail }) => this.#bound(detail.bound, detail.ms, detail.done, true));
    this.addEventListener("pass-look", ({ detail }) => this.player.seek(detail.ms));
    this.player.addEventListener("pass-time", ({ detail }) => {
      this.timeline.ms = detail.ms;
      script.light(this.querySelector("[data-script]"), detail.ms);
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    const box = this.querySelector("[data-keys]");
    box.checked = localStorage.getItem("keys") !== "off";
    box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
    addEventListener("beforeunload", (event) => this.dirty && event.preventDefault());
  }

  #click(event) {
    const act = event.target.closest("[data-do]")?.dataset.do;
    if (act && act !== "save") return this.do(act);
    const word = event.target.closest("[data-script] [data-ms]");
    if (!word) return;
    const ms = Number(word.dataset.ms);
    if (word.matches(".gap")) this.#bound(script.nearerBound(this.state, ms), ms, true);
    else if (getSelection().type !== "Range") this.player.play({ from: ms });
  }

  #key(event) {
    const typing = event.target.closest("input:not([type=radio], [type=checkbox], [type=range]), textarea, dialog");
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      return this.do("save");
    }
    if (event.key === "Escape" && typing) return typing.blur?.();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const act = KEYS[event.key];
    if (!act || (act !== "keys" && !this.querySelector("[data-keys]").checked)) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return; // presses what has the focus
    event.preventDefault();
    this.do(act);
  }

  async do(act) {
    const { state } = this;
    const acts = {
      "start-earlier": () => this.#bound("start", earlier(this.stops, state.start_ms), true),
      "start-later": () => this.#bound("start", later(this.stops, state.start_ms), true),
      "end-earlier": () => this.#bound("end", earlier(this.stops, state.end_ms), true),
      "end-later": () => this.#bound("end", later(this.stops, state.end_ms), true),
      "hear-start": () => this.player.play({ from: state.start_ms, to: state.end_ms }),
      "hear-end": () => this.player.play({ from: Math.max(state.start_ms, state.end_ms - LAST_MS), to: state.end_ms }),
      play: () => this.player.toggle(),
      title: () => this.form.elements.title.select(),
      save: () => this.#save(),
      publish: () => this.#publish(),
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
    this.#say("");
    try {
      await acts[act]();
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

  #bound(bound, ms, done, dragging = false) {
    const next = moved(this.state, bound, ms);
    if (!dragging || done) {
      const before = this.#held ?? this.state;
      this.#held = null;
      if (next.start_ms === before.start_ms && next.end_ms === before.end_ms) return;
      this.state = before;
      this.#change({ start_ms: next.start_ms, end_ms: next.end_ms }, `${bound === "start" ? "Start" : "End"} at ${exact(ms)}`);
      this.player.seek(bound === "start" ? next.start_ms : Math.max(next.start_ms, next.end_ms - LAST_MS));
      const { from, to } = around(this.state, this.length);
      if (Math.abs(from - this.view.from) > 5000 || Math.abs(to - this.view.to) > 5000) this.#look();
    } else {
      this.#held ??= this.state;
      this.state = next;
      this.#show();
    }
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

  async #patch(state) {
    const { start_ms, end_ms, ...rest } = state;
    const body = { ...rest, ...(this.parts.length === 1 ? { start_ms, end_ms } : { parts: this.#parts(state) }) };
    const clip = await api("PATCH", `clips/${this.getAttribute("clip")}`, { body, version: this.version });
    this.#kept(clip);
    this.querySelector("[data-clash]").hidden = true;
  }

  // Several parts: the first one's start and the last one's end can be moved here.
  #parts({ start_ms, end_ms }) {
    const parts = structuredClone(this.parts);
    parts[0].start_ms = start_ms;
    if (parts.at(-1).recording === this.getAttribute("recording")) parts.at(-1).end_ms = end_ms;
    return parts;
  }

  // As the server has it now: titles and tags may come back tidied.
  #kept(clip) {
    this.version = clip.version;
    this.parts = clip.parts;
    this.saved = this.state = {
      start_ms: clip.parts[0].start_ms,
      end_ms: clip.parts.at(-1).end_ms,
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
      `“${title}”, from ${exact(parts[0].start_ms)}, ${spoken(length_ms)} long${tags.length ? `, tagged ${tags.join(", ")}` : ""}.`;
    this.querySelector("[data-clash]").hidden = false;
    this.querySelector('[data-do="keep-mine"]').focus();
  }

  #take() {
    this.#undo = [];
    this.#kept(this.theirs);
    this.querySelector("[data-clash]").hidden = true;
    this.#look();
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
    for (const bound of ["start", "end"]) {
      const at = this.querySelector(`[data-bound="${bound}"] [data-at]`);
      at.textContent = exact(state[`${bound}_ms`]);
    }
    this.querySelector("[data-long]").textContent = clock(state.end_ms - state.start_ms);
    this.timeline.clip = state;
    const own = this.#parts(state).filter((part) => part.recording === this.getAttribute("recording"));
    this.player.spans = [...JSON.parse(this.getAttribute("others")), ...own].map((span) => ({ from: span.start_ms, to: span.end_ms }));
    script.mark(this.querySelector("[data-script]"), state);
    const { title, level, kind } = this.form.elements;
    if (title.value !== state.title) title.value = state.title;
    if (String(this.tags.value) !== String(state.tags)) this.tags.value = state.tags;
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
    of("publish").disabled = done && !this.getAttribute("next");
    this.toggleAttribute("dirty", this.dirty);
  }
}

customElements.define("pass-editor", PassEditor);
