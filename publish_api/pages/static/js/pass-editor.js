// <pass-editor player clip version value [published] previous next> around a <pass-cutter>: what a clip shows, title,
// tags, level, sort, for whom, what to know before, what to think about, who looks after it, and whether people see it.
// Rows only: nothing here waits for media.
import { api, piece } from "./api.js";
import { CHOSEN, FIELDS, WORDS, choose, mainAct, same, written } from "./clip-fields.js";
import { exact, spoken } from "./clock.js";
import { actOf } from "./editor-keys.js";
import { listen } from "./listen.js";
import { playerOf } from "./player-of.js";
import { toast } from "./pass-toast.js";
import { sentences } from "./sizes.js";
import { Undo } from "./undo.js";
import { _, ngettext } from "./words.js";

const PARTS = ["pass-tags", "pass-suggested", "pass-cutter", "pass-words", "pass-question", "pass-approval", "pass-history"];
const GATHER_MS = 300; // of what is told: a recording that is cut again changes many clips
const TAKEN = /^take-[1-9]$/;

class PassEditor extends HTMLElement {
  #undo = new Undo();
  #told = null; // what was taken back, until something else is done

  async connectedCallback() {
    this.form = this.querySelector("form.details");
    this.tags = this.querySelector("pass-tags");
    this.suggested = this.querySelector("pass-suggested");
    this.cutter = this.querySelector("pass-cutter");
    this.words = this.querySelector("pass-words");
    this.question = this.querySelector("pass-question");
    this.approval = this.querySelector("pass-approval");
    this.history = this.querySelector("[data-history]");
    this.version = Number(this.getAttribute("version"));
    this.published = this.hasAttribute("published");
    this.changed = this.hasAttribute("changed"); // by somebody else, since it was published
    this.state = this.saved = JSON.parse(this.getAttribute("value"));
    await Promise.all(PARTS.map((name) => customElements.whenDefined(name)));
    this.player = await playerOf(this);
    this.#listen();
    this.#show();
    let soon;
    listen("review", () => (clearTimeout(soon), (soon = setTimeout(() => this.#queue(), GATHER_MS)))); // as hub.js has it
  }

  get dirty() {
    return FIELDS.some((f) => !same(this.state[f], this.saved[f]));
  }

  #listen() {
    this.addEventListener("click", (event) => this.#click(event));
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.do("save")));
    this.form.elements.title.addEventListener("input", () => this.#change({ title: this.form.elements.title.value }, _("Changed the title"), "title"));
    this.form.elements.title.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), event.target.blur()));
    this.tags.addEventListener("pass-tags", () => this.#change({ tags: this.tags.value }, _("Changed the tags")));
    this.addEventListener("pass-suggested", ({ detail: { words, ...fields } }) => this.#change(fields, words));
    this.form.addEventListener("change", ({ target: { name, value } }) => {
      if (Object.hasOwn(CHOSEN, name)) this.#change({ [name]: value || null }, CHOSEN[name]);
    });
    this.question.addEventListener("pass-question", ({ detail }) => this.#change({ question: detail.question }, WORDS.question));
    this.form.elements.question.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), event.target.blur()));
    this.approval.addEventListener("pass-approval", () => this.#show());
    this.addEventListener("pass-restore", ({ detail }) => this.do(`restore-${detail.number}`));
    this.history.addEventListener("toggle", () => this.history.open && this.#recount());
    for (const [name, words] of Object.entries(WORDS))
      this.form.elements[name].addEventListener("input", (event) => this.#change({ [name]: event.target.value }, words, name));
    this.addEventListener("pass-cut", ({ detail }) => this.#change({ parts: detail.parts }, detail.words));
    this.addEventListener("pass-words", ({ target }) => this.#reread(target.getAttribute("recording")));
    this.addEventListener("pass-mended", ({ detail: { words, back, act } }) => (this.#undo.did(words, back, act), (this.#told = null), this.#last()));
    this.addEventListener("pass-unmended", ({ detail }) => (this.#undo.undid(detail.act), this.#last()));
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
    const act = actOf(event, this.querySelector("[data-keys]").checked);
    if (!act) return;
    event.preventDefault();
    this.do(act);
  }

  async do(act) {
    this.#say("");
    this.#told = null;
    if (TAKEN.test(act)) return this.suggested.take(Number(act.slice(5)));
    if (this.cutter.do(act)) return;
    const acts = {
      play: () => this.player.toggle(),
      title: () => this.form.elements.title.select(),
      level: () => this.#next("level"),
      kind: () => this.#next("kind"),
      audience: () => this.form.elements.audience.select(),
      prerequisites: () => this.form.elements.prerequisites.select(),
      question: () => this.form.elements.question.select(),
      "take-question": () => this.#change({ question: this.drafted }, WORDS.question),
      "ask-approval": () => this.#askApproval(),
      "split-clip": () => this.#splitClip(),
      "join-clip": () => this.#joinClip(),
      "part-clip": () => this.#partClip(),
      history: () => ((this.history.open = !this.history.open), this.history.scrollIntoView({ block: "nearest" })),
      words: () => this.words.look(),
      draft: () => this.#draft(),
      save: () => this.#save(),
      publish: () => this.#publish(),
      "publish-on": () => this.#publishOn(),
      withdraw: () => this.#withdraw(),
      delete: () => this.#delete(),
      undo: () => this.#back(),
      keys: () => this.querySelector("[data-sheet]").showModal(),
      next: () => this.#go("next"),
      previous: () => this.#go("previous"),
      "keep-mine": () => ((this.version = this.theirs.version), this.#save()),
      "take-theirs": () => this.#take(),
    };
    const { version, published } = this;
    try {
      await (act.startsWith("restore-") ? this.#restore(Number(act.slice(8))) : acts[act]?.());
    } catch (problem) {
      if (problem.status === 412) await this.#clash();
      else this.#say(problem.message);
    }
    this.#show();
    if (this.version === version && this.published === published) return;
    if (this.history.open) await this.#recount();
    await this.#queue();
  }

  // What waits, as it is now, and what of it comes before and after this clip. Without signal it stays as it was.
  async #queue() {
    const asked = (this.asked = {});
    const drawn = await piece(`/review/${this.getAttribute("clip")}/queue${location.search}`).catch(() => null);
    if (!drawn || this.asked !== asked) return;
    const waiting = document.querySelector("nav.waiting");
    const now = drawn.querySelector("nav.waiting");
    if (now.isEqualNode(waiting)) return;
    const at = waiting.contains(document.activeElement) ? document.activeElement.href : null;
    waiting.replaceChildren(...now.childNodes);
    [...waiting.querySelectorAll("a")].find(({ href }) => href === at)?.focus(); // who goes through it by key is not lost
    const here = waiting.querySelector("[aria-current]")?.closest("li");
    if (!here) return; // published, it waits no more: one goes on from where it was
    const beside = (item) => item?.querySelector("a").pathname.split("/").at(-1) ?? "";
    this.setAttribute("previous", beside(here.previousElementSibling));
    this.setAttribute("next", beside(here.nextElementSibling));
    this.#show();
  }

  // Without signal what is shown stays.
  async #recount() {
    await this.querySelector("pass-history").read().catch(({ message }) => this.#say(message));
  }

  async #back() {
    const words = await this.#undo.back();
    if (words === null) return;
    const [act] = words.split(": "); // what followed of it ("Saved: people see it now") is so no more
    this.#told = act ? _("Taken back: %(words)s", { words: act }) : _("There is nothing to take back.");
  }

  // What was done last, and can be taken back; or what was.
  #last() {
    const { words } = this.#undo;
    this.querySelector("[data-last]").textContent = this.#told ?? words;
    this.querySelector('[data-do="undo"]').hidden = !words;
  }

  // On from one to the next, and from the last to the first.
  #next(name) {
    const values = [...this.form.elements[name]].map((radio) => radio.value);
    const value = values[(values.indexOf(this.state[name] ?? "") + 1) % values.length];
    this.#change({ [name]: value || null }, CHOSEN[name], name);
  }

  // A title to go on from, and beside it what it could be told with: nobody but the reader decides what is kept.
  async #draft() {
    const { title, summary, question, by } = await api("POST", `clips/${this.getAttribute("clip")}/suggestions/draft`);
    const say = (name, words) => (this.querySelector(`[data-drafted${name}]`).textContent = words);
    say("-summary", summary && _("In short: %(summary)s", { summary }));
    say("-question", question && _("To ask: %(question)s", { question }));
    this.drafted = question;
    this.querySelector('[data-do="take-question"]').hidden = !question;
    say("-by", by ? _("Drafted by %(by)s. Read it before you keep it.", { by }) : _("Taken from what is said."));
    this.querySelector("[data-drafted]").hidden = false;
    if (title !== this.state.title) this.#change({ title }, _("Drafted the title"));
  }

  // One typed word after another is one change.
  #change(fields, words, run) {
    const before = this.state;
    this.state = { ...this.state, ...fields };
    this.#undo.changed(words, () => ((this.state = before), this.#show()), run);
    this.#told = null;
    this.#show();
  }

  async #save() {
    if (!this.dirty) return toast(_("Saved."));
    const before = this.saved;
    await this.#patch(this.state);
    this.#undo.saved(this.published ? _("Saved: people see it now") : _("Saved"), async () => {
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
      if (this.saved.wants_approval) await this.approval.read(); // other words are not what was approved
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
    this.saved = this.state = written(clip);
  }

  async #publish() {
    if (this.published && !this.dirty) return this.changed ? this.#lookedAt() : this.#go("next");
    if (!this.form.reportValidity()) return;
    if (this.published) return this.#save();
    if (this.dirty) await this.#patch(this.state);
    if (!(await this.#approved())) return;
    await this.#publication("PUT");
    this.#undo.did(_("Published"), () => this.#publication("DELETE"));
    toast(_("Published. People can find it now."));
  }

  async #lookedAt() {
    if (!(await this.#approved())) return;
    await this.#publication("PUT");
    this.querySelector("[data-changed]").hidden = true;
    this.changed = false;
    toast(_("Looked at."));
  }

  // What may hurt somebody wants two people: whoever was asked to approve it does, the first one asks.
  async #approved() {
    if (!this.saved.wants_approval) return true;
    await this.approval.show(this.saved.wants_approval, this.version);
    if (this.approval.stands === "asked") await this.approval.approve();
    if (this.approval.stands === "approved") return true;
    this.#say(_("This clip is a matter of safety. Ask another curator to approve it first."));
    this.approval.querySelector("select")?.focus();
    return false;
  }

  async #askApproval() {
    if (this.dirty) await this.#patch(this.state);
    await this.approval.show(this.saved.wants_approval, this.version);
    await this.approval.ask();
    toast(_("Asked. It waits in their queue."));
  }

  async #splitClip() {
    const at = this.cutter.moment;
    if (!at) return this.#say(_("Play to the place where the second clip begins first."));
    if (this.dirty) await this.#patch(this.state);
    const { first, second } = await api("POST", `clips/${this.getAttribute("clip")}/halves`, { body: at, version: this.version });
    const next = this.getAttribute("next");
    this.#halved(first, second);
    this.setAttribute("next", second.id);
    this.#undo.did(_("Split into two clips"), async () => {
      await this.#join(second.id);
      this.setAttribute("next", next);
    });
    toast(_("Two clips now. The second is called “%(title)s”.", { title: second.title }));
  }

  async #joinClip() {
    if (this.dirty) await this.#patch(this.state);
    await this.#join();
    this.#undo.did(_("Joined with the next clip"), () => this.#part());
    toast(_("One clip now. What leads to the other one leads here."));
  }

  async #partClip() {
    if (this.dirty) return this.#say(_("Save what you have changed, or undo it, before you go back."));
    await this.#part();
    toast(_("Two clips again, as they were."));
  }

  async #join(other = null) {
    this.#kept(await api("POST", `clips/${this.getAttribute("clip")}/joins`, { body: { other }, version: this.version }));
    this.#undo.forget(); // what was before has other bounds
    this.cutter.took(this.state.parts);
  }

  async #part() {
    const { first, second } = await api("DELETE", `clips/${this.getAttribute("clip")}/joins`, { version: this.version });
    this.#halved(first, second);
  }

  #halved(first, second) {
    this.#kept(first);
    this.#undo.forget(); // what was before has other bounds
    this.cutter.beside(second.parts);
  }

  async #restore(number) {
    if (this.dirty) return this.#say(_("Save what you have changed, or undo it, before you go back."));
    const before = this.saved;
    this.#kept(await api("PUT", `clips/${this.getAttribute("clip")}/history/${number}/restoration`, { version: this.version }));
    this.#undo.did(_("Went back"), async () => {
      await this.#patch(before);
      this.state = before;
    });
    toast(_("It is as it was then."));
  }

  // What is published already, unchanged, has the next one on the same key.
  async #publishOn() {
    if (!this.published || this.dirty || this.changed) await this.#publish();
    if (this.published && !this.dirty) this.#go("next");
  }

  async #withdraw() {
    await this.#publication("DELETE");
    this.#undo.did(_("Withdrawn: nobody sees it"), () => this.#publication("PUT"));
  }

  async #delete() {
    if (!confirm(_("Delete this clip? The recording stays, and so does what people said about it."))) return;
    await api("DELETE", `clips/${this.getAttribute("clip")}`);
    this.saved = this.state; // nothing is left to lose
    if (this.getAttribute("next")) this.#go("next");
    else location.assign(`/review${inQueue()}`);
  }

  async #publication(method) {
    await api(method, `clips/${this.getAttribute("clip")}/publication`, { version: this.version });
    const { version } = await api("GET", `clips/${this.getAttribute("clip")}`);
    this.version = version;
    this.published = method === "PUT";
  }

  async #clash() {
    this.theirs = await api("GET", `clips/${this.getAttribute("clip")}`);
    const { title, tags, parts, length_ms } = this.theirs;
    this.querySelector("[data-theirs]").textContent =
      sentences(
        _("“%(title)s”, from %(time)s, %(length)s long.", { title, time: exact(parts[0].start_ms), length: spoken(length_ms) }),
        parts.length > 1 ? ngettext("In %(num)s part.", "In %(num)s parts.", parts.length) : "",
        tags.length ? _("Tagged %(tags)s.", { tags: tags.join(", ") }) : "",
      );
    this.querySelector("[data-clash]").hidden = false;
    this.querySelector('[data-do="keep-mine"]').focus();
  }

  #take() {
    this.#undo.forget();
    this.#kept(this.theirs);
    this.querySelector("[data-clash]").hidden = true;
    this.#show();
  }

  #go(way) {
    const id = this.getAttribute(way);
    if (id) location.assign(`/review/${id}${inQueue()}`);
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
    const { title } = this.form.elements;
    if (title.value !== state.title) title.value = state.title;
    if (String(this.tags.value) !== String(state.tags)) this.tags.value = state.tags;
    this.suggested.state = state;
    for (const name of Object.keys(CHOSEN)) choose(this.form.elements[name], state[name] ?? "");
    for (const name of Object.keys(WORDS))
      if (this.form.elements[name].value !== state[name]) this.form.elements[name].value = state[name];
    this.question.look(state.question);
    this.approval.show(this.saved.wants_approval, this.version).catch(({ message }) => this.#say(message));
    this.#last();
    of("save").disabled = !this.dirty;
    of("withdraw").hidden = !this.published;
    of("save").hidden = this.published;
    const done = this.published && !this.dirty;
    const asked = this.saved.wants_approval && this.approval.stands === "asked";
    const { published, changed } = this;
    of("publish").textContent = mainAct({ published, done, changed, asked, next: this.getAttribute("next") });
    // As it comes from the server it is: until this script is there a press would be lost.
    of("publish").disabled = done && !this.changed && !this.getAttribute("next");
    for (const way of ["previous", "next"]) of(way).disabled = !this.getAttribute(way);
    this.toggleAttribute("dirty", this.dirty);
  }
}

// The queue one is in; not the correction that this clip was opened for.
function inQueue() {
  const asked = new URLSearchParams(location.search);
  asked.delete("correction");
  return asked.size ? `?${asked}` : "";
}

customElements.define("pass-editor", PassEditor);
