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
import { looked } from "./looked.js";
import { Queue } from "./queue.js";
import { takeShared } from "./shared.js";
import { lasts } from "./shelf.js";
import { megabytes, moment, part, plain } from "./sizes.js";
import { clocked, ENDED, headline, headlineOf } from "./tip-words.js";

class PassUpload extends HTMLElement {
  async connectedCallback() {
    this.dataset.now = "choose";
    this.person = document.body.dataset.person;
    this.list = this.querySelector("pass-tips");
    this.drafts = this.querySelector("pass-drafts");
    this.recorder = this.querySelector("pass-recorder");
    for (const input of this.querySelectorAll('input[type="file"]'))
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
    this.querySelector("[data-apple]").hidden = !isApple();
    addEventListener("beforeunload", (event) => this.#leaving && event.preventDefault());
    const [name, endpoint] = ["name", "endpoint"].map((each) => this.getAttribute(each));
    this.queue = new Queue({ person: this.person, name, guest: this.hasAttribute("guest"), endpoint });
    this.queue.addEventListener("change", () => this.#changed());
    this.queue.addEventListener("lost", ({ detail }) => this.#lost(detail));
    this.queue.addEventListener("arrived", ({ detail }) => this.#arrived(detail.recordings));
    const left = this.querySelector("pass-left");
    left.addEventListener("taken", () => this.#view("ready"));
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
    if (left) this.#say(`“${plain(left.name)}” (${megabytes(left.size)}) was not sent to its end. Pick the same file before ${moment(left.until)}, and it goes on from where it stopped.`, "waits");
    await this.#shared();
  }

  // What the phone's gallery handed over is offered like what was picked.
  async #shared() {
    const here = new URL(location);
    const asked = here.searchParams.get("shared");
    here.searchParams.delete("shared");
    if (asked === "failed") this.#say("What you shared could not be taken over. Pick it here instead.");
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
    this.#say("");
    const most = Number(this.getAttribute("most"));
    const refused = files.filter((file) => !file.size || file.size > most);
    const brief = this.querySelector('pass-drafts [name="brief"]')?.value;
    for (const file of files) if (!refused.includes(file)) this.queue.add(file, brief ? { brief } : {}, { filmed });
    if (refused.length) this.#say(refused.map((file) => refusal(file, most, files.length)).join(" "));
    if (this.#drafts.length && refused.length < files.length) this.#view("ready");
  }

  #recorded({ tip, why }) {
    this.drafts.ended(tip, ENDED[why] ?? "");
    this.#view("ready");
  }

  // The phone had no room for it, and its tab has died.
  #lost({ ms, recording, until, over }) {
    const there = over ? "what had reached the server was cleared away, as nothing more came for seven days" : until ? "the server no longer has what had reached it" : "nothing of it reached the server";
    if (!recording) return this.#say(`A recording of ${clocked(ms)} is lost: it could not be kept on this phone, and ${there}. Before you record it again, make room on this phone, or leave the private window.`);
    this.#say("The picture of your last recording is lost: it could not be kept on this phone. Its sound is on the server. ");
    this.#link(`/recordings/${recording}`, "See it there");
  }

  #link(href, words) {
    const link = document.createElement("a");
    Object.assign(link, { href, textContent: words });
    this.querySelector(".trouble").append(link);
  }

  // The page had been kept for when there is none (see sw.js).
  #signal() {
    delete document.body.dataset.kept;
  }

  // Thrown away here, and on the server nevertheless: its last byte had come before.
  #arrived([recording]) {
    this.#say("What you threw away had been sent before, so it is still on the server. ");
    this.#link(`/recordings/${recording}`, "See it, or delete it there");
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
    this.#button("drafts", this.#drafts.length, (n) => `${n === 1 ? "One tip is" : `${n} tips are`} not sent yet`);
    this.#button("list", under || (this.#sent.length ? 1 : 0), () => (under ? `${under === 1 ? "One tip is" : `${under} tips are`} on the way` : "What you sent"));
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
    this.#write("sent", part(sent, size));
    this.#write("left", megabytes(size - sent));
    const words = headline(tips);
    this.#write("headline", words);
    this.#write("advice", done ? advice(tips) : "");
    this.querySelector('[data-view="list"] .places').hidden = done;
    this.list.classList.toggle("plain", done && tips.length === 1);
    this.#ends(tips, done);
    this.#warn(tips);
    this.#announce(tips);
    if (this.dataset.now !== "list") return;
    document.title = tips.some((tip) => tip.state === "sending") ? `${Math.floor((sent / size) * 100)} % sent · Pass It On` : `${words} · Pass It On`;
  }

  // What to do next: the main action comes first.
  #ends(tips, done) {
    const [link, button] = [this.querySelector("[data-recording]"), this.querySelector('[data-view="list"] [data-do="choose"]')];
    const outcome = tips.length === 1 && tips[0].outcome;
    const another = outcome?.another;
    const id = tips.length === 1 && tips[0].now.recording;
    link.href = id ? `/recordings/${id}` : "/recordings";
    link.hidden = !done;
    link.textContent = outcome?.link ?? (another ? "About this file" : tips.length > 1 ? "See how they go" : "See how it goes");
    this.#write("more", !done ? "Add another" : another ? "Send another file" : "Record another");
    link.className = another ? "button quiet" : "button main-action large";
    button.className = another ? "main-action large" : done ? "quiet" : "";
    const first = another ? button : link;
    if (first.parentElement.firstElementChild !== first) first.parentElement.prepend(first);
  }

  // What lies only here can be lost with the browser's own files.
  async #warn(tips) {
    const rests = tips.filter((tip) => ["waiting", "paused", "kept", "failed"].includes(tip.state) && tip.kept);
    const kind = rests.length ? "rests" : "";
    if (this.warned === kind) return;
    this.warned = kind;
    const note = this.querySelector("[data-warning]");
    const hidden = !rests.length || (await lasts());
    if (this.warned === kind) note.hidden = hidden; // it may have changed meanwhile
  }

  // For those who hear the page: states, not every megabyte.
  #announce(tips) {
    const said = (tip) => `${tip.id} ${tip.state} ${tip.outcome?.headline ?? ""}`;
    const words = tips.map(said).join();
    if (words === this.announced) return;
    const first = this.announced === undefined;
    this.announced = words;
    if (first || this.dataset.now !== "list") return;
    const changed = tips.filter((tip) => tip.told !== said(tip));
    for (const tip of tips) tip.told = said(tip);
    this.#write("said", changed.map((tip) => `${tip.name}: ${headlineOf(tip).toLowerCase()}`).join(". "));
  }

  // Until it has been looked at nobody can promise that it becomes clips. Nothing waits for this.
  async #looked(tip) {
    tip.asked = true;
    if (!tip.now.recording) return;
    const recording = await looked(tip.now.recording, () => this.isConnected && this.queue.tips.includes(tip));
    if (!recording) return;
    if (recording.refusal?.code === "already_here") tip.outcome = { headline: "We have this one already", words: recording.refusal.message, link: "Open that one, or use this one", trouble: true };
    else if (recording.refusal) tip.outcome = { headline: "This file could not be used", words: recording.refusal.message, another: true, trouble: true };
    else if (recording.status === "failed") tip.outcome = { headline: "It stopped on the way", words: "The recording itself is safe. See how it goes, and try again there.", trouble: true };
    else tip.outcome = { headline: "Your tip is safe here", words: "You can close this page and put the phone away. It is being cut into clips now." };
    this.#changed();
  }

  #write(name, words) {
    const place = this.querySelector(`[data-view="list"] [data-${name}]`);
    if (place.textContent !== words) place.textContent = words;
  }

  #say(words, kind = "bad") {
    const trouble = this.querySelector(".trouble");
    trouble.textContent = words;
    trouble.className = `trouble note ${kind}`;
    trouble.hidden = !words;
  }
}

function advice(tips) {
  if (tips.length === 1) return tips[0].outcome?.words ?? LOOKING;
  if (tips.some((tip) => tip.outcome?.trouble)) return "What to do is said below. You can close this page: all of them are on the server, and listed under your recordings.";
  return "You can close this page and put the phone away.";
}

const INSECURE = "This address is not secure (http), so the browser does not let the page record or keep a copy. Ask for the https address.";
const CANNOT = "This browser does not let the page record. Film with the camera app, or pick a video that you have.";
const LOOKING = "We are looking at it now. You can close this page: nothing is lost.";

function refusal(file, most, several) {
  const which = several > 1 ? `“${plain(file.name)}”` : "This file";
  if (!file.size) return `${which} is empty. Take another one, or film again.`;
  return `${which} has ${megabytes(file.size)}; at most ${megabytes(most)} can be sent. Film a shorter tip, or in a lower quality.`;
}

customElements.define("pass-upload", PassUpload);
