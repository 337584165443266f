// <pass-upload endpoint most>: from the phone's camera, a file, or this page's own recorder, to the server.
// Shows one of: choose, record (<pass-recorder>), ready (<pass-drafts>: said, but not sent), list (<pass-tips>).
import { awake } from "./awake.js";
import { isApple } from "./browser.js";
import { supported } from "./camera.js";
import * as notes from "./notes.js";
import "./pass-drafts.js";
import "./pass-inside.js";
import "./pass-left.js";
import "./pass-recorder.js";
import "./pass-tips.js";
import "./pass-untold.js";
import { looked } from "./looked.js";
import { Queue } from "./queue.js";
import { takeShared } from "./shared.js";
import { megabytes, moment, plain } from "./sizes.js";
import { clocked, ENDED, figures, headline, headlineOf, waitsTurn } from "./tip-words.js";
import { warn } from "./warn.js";
import { _, ngettext } from "./words.js";

class PassUpload extends HTMLElement {
  async connectedCallback() {
    this.dataset.now = "choose";
    this.person = document.body.dataset.person;
    this.list = this.querySelector("pass-tips");
    this.drafts = this.querySelector("pass-drafts");
    this.recorder = this.querySelector("pass-recorder");
    this.untold = this.querySelector("pass-untold");
    const inputs = [...this.querySelectorAll('input[type="file"]')];
    for (const input of inputs)
      input.addEventListener("change", () => {
        const files = [...input.files];
        input.value = ""; // picking the same file again is a change, too
        if (files.length) this.#picked(files, input.hasAttribute("capture"));
      });
    this.addEventListener("click", (event) => this.#click(event.target.closest("[data-do]")?.dataset.do));
    this.recorder.addEventListener("recorded", ({ detail }) => this.#recorded(detail));
    this.drafts.addEventListener("sent", () => this.#view(this.#drafts.length ? "ready" : "list"));
    this.querySelector("[data-here]").hidden = !supported();
    this.querySelector("[data-cannot]").hidden = supported() && isSecureContext;
    this.querySelector("[data-cannot]").textContent = isSecureContext ? CANNOT : INSECURE;
    addEventListener("online", () => this.#signal());
    for (const note of this.querySelectorAll("[data-apple]")) note.hidden = !isApple() || (note.dataset.apple === "here" && !supported());
    addEventListener("beforeunload", (event) => this.#leaving && event.preventDefault());
    const [name, endpoint] = ["name", "endpoint"].map((each) => this.getAttribute(each));
    this.queue = new Queue({ person: this.person, name, guest: this.hasAttribute("guest"), endpoint });
    this.queue.addEventListener("change", () => this.#changed());
    this.queue.addEventListener("lost", ({ detail }) => this.#lost(detail));
    this.queue.addEventListener("arrived", ({ detail }) => this.#arrived(detail.recordings));
    this.queue.addEventListener("refused", ({ detail }) => this.#refused(detail));
    const left = this.querySelector("pass-left");
    left.addEventListener("taken", () => this.#view("ready"));
    for (const input of inputs) if (input.files.length) input.dispatchEvent(new Event("change")); // picked before we were here
    await this.#begin();
    await left.look(this.queue);
  }

  // After a reload, a dead tab, an empty battery: it goes on by itself, or says how.
  async #begin() {
    await this.queue.open();
    if (this.dataset.now !== "choose") return this.#shared(); // somebody was quicker
    if (this.#drafts.length) this.#view("ready");
    else if (this.#sent.length) this.#view("list");
    const [left] = notes.all(this.person);
    if (left) this.untold.say({ words: _("“%(name)s” (%(size)s) was not sent to its end. Pick the same file before %(moment)s, and it goes on from where it stopped.", { name: plain(left.name), size: megabytes(left.size), moment: moment(left.until) }), kind: "waits" });
    await this.#shared();
  }

  // What the phone's gallery handed over is offered like what was picked.
  async #shared() {
    const here = new URL(location);
    const asked = here.searchParams.get("shared");
    here.searchParams.delete("shared");
    if (asked === "failed") this.untold.say({ words: _("What you shared could not be taken over. Pick it here instead.") });
    if (asked !== null) history.replaceState(null, "", here);
    const { queue } = this;
    await takeShared(async (file) => {
      const tip = queue.add(file);
      if (this.dataset.now !== "record") this.#view("ready");
      await tip.copying;
      if (!tip.kept) throw new Error("no room");
    }).catch(() => {});
  }

  // `filmed`: just now, by the phone's own camera, which often keeps no copy.
  #picked(files, filmed) {
    this.untold.clear();
    const most = Number(this.getAttribute("most"));
    const refused = files.filter((file) => !file.size || file.size > most || isPhoto(file));
    const brief = this.querySelector('pass-drafts [name="brief"]')?.value;
    for (const file of files) if (!refused.includes(file)) this.queue.add(file, brief ? { brief } : {}, { filmed });
    for (const file of refused) this.untold.say({ words: refusal(file, most, files.length) });
    if (this.#drafts.length && refused.length < files.length) this.#view("ready");
  }

  #recorded({ tip, why }) {
    this.drafts.ended(tip, ENDED[why] ?? "");
    this.#view("ready");
  }

  // The phone had no room for it, and its tab has died.
  #lost({ ms, recording, until, over }) {
    const there = over ? _("What had reached the server was cleared away, as nothing more came for seven days.") : until ? _("The server no longer has what had reached it.") : _("Nothing of it reached the server.");
    const what = ms ? _("A recording of %(length)s is lost: it could not be kept on this phone.", { length: clocked(ms) }) : _("A recording is lost: it could not be kept on this phone.");
    if (!recording) return this.untold.say({ words: `${what} ${there} ${_("Before you record it again, make room on this phone, or leave the private window.")}`, stays: true });
    const words = _("The picture of your last recording is lost: it could not be kept on this phone. Its sound is on the server.");
    this.untold.say({ words, href: `/recordings/${recording}`, link: _("See it there"), stays: true });
  }

  // The page had been kept for when there is none (see sw.js).
  #signal() {
    delete document.body.dataset.kept;
  }

  // Thrown away here, and on the server nevertheless: its last byte had come before.
  #arrived(recordings) {
    for (const recording of recordings) this.#stayed(recording);
  }

  #stayed(recording) {
    const words = _("What you threw away had been sent before, so it is still on the server.");
    this.untold.say({ words, href: `/recordings/${recording}`, link: _("See it, or delete it there"), stays: true });
  }

  // Thrown away here, and the server does not let go of it now. Asked again at every visit, and said once on each.
  #refused({ errand, words }) {
    if (!errand.sent || (this.told ??= new Set()).has(errand.url)) return;
    this.told.add(errand.url);
    const values = { size: megabytes(errand.sent), moment: moment(errand.until ?? Date.now() + WEEK_MS) };
    this.untold.say({ words: `${_("Of what you threw away the server still has %(size)s, until %(moment)s at the latest. It is asked again when you come back here.", values)} ${words}`, kind: "waits" });
  }

  get #drafts() {
    return this.queue.tips.filter((tip) => tip.state === "draft");
  }

  get #sent() {
    return this.queue.tips.filter((tip) => tip.state !== "draft" && !(tip.live && tip.state === "recording"));
  }

  get #leaving() {
    return this.recorder.busy || this.queue.tips.some((tip) => tip.needsPage || (tip.state === "draft" && tip.live));
  }

  #click(act) {
    const acts = {
      here: () => this.#view("record"),
      choose: () => this.#view("choose"),
      drafts: () => this.#view("ready"),
      list: () => this.#view("list"),
    };
    acts[act]?.();
  }

  #view(name) {
    const before = this.dataset.now;
    this.dataset.now = name;
    for (const view of this.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== name;
    if (name === "record") this.recorder.open(this.queue);
    else if (before === "record") this.recorder.close();
    this.#changed();
    if (name !== before) this.querySelector(`[data-view="${name}"] h1`).focus({ preventScroll: true });
  }

  #changed() {
    const { now } = this.dataset;
    if (now === "ready" && !this.#drafts.length) return this.#view(this.#sent.length ? "list" : "choose");
    if (now === "list" && !this.#sent.length) return this.#view("choose");
    this.drafts.show(this.queue, this.#drafts);
    this.list.show(this.queue, this.#sent);
    this.#strip();
    this.#whole(this.#sent);
    if (this.#sent.some((tip) => tip.state === "done")) this.#signal();
    awake(this.recorder.busy || this.queue.tips.some((tip) => tip.state === "sending"));
    for (const tip of this.#sent) if (tip.state === "done" && !tip.asked) this.#looked(tip);
  }

  // On the first page: that something is there, and where.
  #strip() {
    const under = this.#sent.filter((tip) => tip.state !== "done").length;
    this.#button("drafts", this.#drafts.length, (n) => ngettext("One tip is not sent yet", "%(num)s tips are not sent yet", n));
    this.#button("list", under || (this.#sent.length ? 1 : 0), () => (under ? ngettext("One tip is on the way", "%(num)s tips are on the way", under) : _("What you sent")));
  }

  #button(act, number, words) {
    const button = this.querySelector(`.strip [data-do="${act}"]`);
    button.hidden = !number;
    button.querySelector("span").textContent = number ? words(number) : "";
  }

  // All that is on its way, as one.
  #whole(tips) {
    if (!tips.length) return;
    const all = (of) => tips.reduce((sum, tip) => sum + of(tip), 0);
    const [sent, size] = [all((tip) => tip.sent), all((tip) => tip.size)];
    const done = tips.every((tip) => tip.state === "done");
    this.#write("sent", figures(tips));
    this.#write("left", megabytes(size - sent));
    const words = headline(tips);
    this.#write("headline", words);
    this.#write("advice", done ? advice(tips) : "");
    this.querySelector('[data-view="list"] .places').hidden = done;
    this.list.classList.toggle("plain", done && tips.length === 1);
    this.#ends(tips, done);
    warn(this.querySelector("[data-view='list'] [data-warning]"), tips.some((tip) => ["waiting", "paused", "kept", "failed"].includes(tip.state) && tip.kept));
    this.#announce(tips);
    if (this.dataset.now !== "list") return;
    document.title = tips.some((tip) => tip.state === "sending") ? `${_("%(percent)s sent", { percent: `${Math.floor((sent / size) * 100)} %` })} · Pass It On` : `${words} · Pass It On`;
  }

  // What to do next: the main action comes first.
  #ends(tips, done) {
    const [link, button] = [this.querySelector("[data-recording]"), this.querySelector('[data-view="list"] [data-do="choose"]')];
    const outcome = tips.length === 1 && tips[0].outcome;
    const another = outcome?.another;
    const id = tips.length === 1 && tips[0].now.recording;
    link.href = id ? `/recordings/${id}` : "/recordings";
    link.hidden = !done;
    link.textContent = outcome?.link ?? (another ? _("About this file") : tips.length > 1 ? _("See how they go") : _("See how it goes"));
    this.#write("more", !done ? _("Add another") : another ? _("Send another file") : _("Record another"));
    link.className = another ? "button quiet" : "button main-action large";
    button.className = another ? "main-action large" : done ? "quiet" : "";
    const first = another ? button : link;
    if (first.parentElement.firstElementChild !== first) first.parentElement.prepend(first);
  }

  // For those who hear the page: how each stands, in the words of its row, not every megabyte.
  #announce(tips) {
    const said = tips.map((tip, number) => [tip, tip.outcome?.headline ?? headlineOf(tip, waitsTurn(tips, number))]);
    const changed = said.filter(([tip, words]) => tip.told !== words);
    if (!changed.length) return;
    const first = !this.announced;
    this.announced = true;
    for (const [tip, words] of changed) tip.told = words;
    if (first || this.dataset.now !== "list") return;
    this.#write("said", changed.map(([tip, words]) => `${tip.name}: ${words.toLowerCase()}`).join(". "));
  }

  // Until it has been looked at nobody can promise that it becomes clips. Nothing waits for this.
  async #looked(tip) {
    tip.asked = true;
    if (!tip.now.recording) return;
    const recording = await looked(tip.now.recording, () => this.isConnected && this.queue.tips.includes(tip));
    if (!recording) return;
    if (recording.deleted) tip.outcome = { headline: _("It was deleted on the server"), words: _("It had come, and somebody who may has deleted it since."), another: true, trouble: true };
    else if (recording.refusal?.code === "already_here") tip.outcome = { headline: _("We have this one already"), words: recording.refusal.message, link: _("Open that one, or use this one"), trouble: true };
    else if (recording.refusal) tip.outcome = { headline: _("This file could not be used"), words: recording.refusal.message, another: true, trouble: true };
    else if (recording.status === "failed") tip.outcome = { headline: _("It stopped on the way"), words: _("The recording itself is safe. See how it goes, and try again there."), trouble: true };
    else tip.outcome = { headline: _("Your tip is safe here"), words: _("You can close this page and put the phone away. It is being cut into clips now.") };
    this.#changed();
  }

  #write(name, words) {
    const place = this.querySelector(`[data-view="list"] [data-${name}]`);
    if (place.textContent !== words) place.textContent = words;
  }
}

function advice(tips) {
  if (tips.length === 1) return tips[0].outcome?.words ?? LOOKING;
  if (tips.some((tip) => tip.outcome?.trouble)) return _("What to do is said below. You can close this page: all of them are on the server, and listed under your recordings.");
  return _("You can close this page and put the phone away.");
}

const WEEK_MS = 7 * 24 * 3600 * 1000; // as long as the server keeps what nobody finishes
const INSECURE = _("This address is not secure (http), so the browser does not let the page record or keep a copy. Ask for the https address.");
const CANNOT = _("This browser does not let the page record. Film with the camera app, or pick a video that you have.");
const LOOKING = _("We are looking at it now. You can close this page: nothing is lost.");

const isPhoto = (file) => file.type.startsWith("image/");

function refusal(file, most, several) {
  const which = several > 1 ? `“${plain(file.name)}”` : _("This file");
  if (!file.size) return _("%(which)s is empty. Take another one, or film again.", { which });
  if (isPhoto(file)) return _("%(which)s is a photo. Pick a video, or a recording of what is said.", { which });
  return _("%(which)s has %(size)s; at most %(most)s can be sent. Film a shorter tip, or in a lower quality.", { which, size: megabytes(file.size), most: megabytes(most) });
}

customElements.define("pass-upload", PassUpload);
