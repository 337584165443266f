// The tips of one person on this phone, sent one after the other: by one tab, over reloads, until each is on the
// server. Says "change" whenever one of them stands otherwise than before, and "arrived" {recordings} when what was
// thrown away here had been sent before; "refused" {errand, words} when what was thrown away here stays there for now.
// Says "lost" {ms, recording, until, over} when of a recording nothing is left but, perhaps, its sound on the server;
// `until` when that was to be cleared away, where some of it was there; `over` when it was.
import * as adrift from "./adrift.js";
import * as errands from "./errands.js";
import * as film from "./film.js";
import { alone, held } from "./locks.js";
import { onChange, onWifi } from "./network.js";
import * as notes from "./notes.js";
import { Sender } from "./sender.js";
import { SOUND_DELETED } from "./sending.js";
import { Shelf, last } from "./shelf.js";
import { whole, Tape } from "./tape.js";
import { Sound, Tip } from "./tip.js";
import { standing } from "./tus.js";

export class Queue extends EventTarget {
  tips = [];
  #copies = Promise.resolve();
  #latest = 0;

  // `name`: the person's, kept with each tip; `guest`: of a brief's link.
  constructor({ person, name = "", guest = false, endpoint }) {
    super();
    Object.assign(this, { person, name, guest });
    this.endpoint = endpoint;
    this.shelf = new Shelf(person);
    this.sender = new Sender(this);
    this.channel = globalThis.BroadcastChannel ? new BroadcastChannel(`passiton-${person}`) : { postMessage() {} };
    this.channel.onmessage = ({ data }) => this.#heard(data);
  }

  // Takes up what earlier visits have left, and begins to send what is to be sent.
  async open() {
    const taken = await held();
    for (const found of await this.shelf.all()) this.#found(found, taken);
    for (const found of adrift.all(this.person)) this.#drifting(found, taken);
    onChange(() => this.#wifi());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.#look();
      for (const tip of this.tips) this.#heardStill(tip);
    });
    this.#wifi();
    this.changed();
    this.sender.work();
    const ask = () => {
      this.#errands();
      for (const tip of this.tips) {
        if (tip.state === "draft" && tip.found) this.#ask(tip); // nothing waits for the answer
        this.#heardStill(tip);
      }
    };
    addEventListener("online", ask);
    ask();
  }

  // A picked file: a draft, until the person says send. Copied first where space allows, one after the other.
  // `filmed`: it may be nowhere else.
  add(file, metadata = {}, { filmed = false } = {}) {
    const tip = this.#new({ kind: "file", filmed, name: file.name, type: file.type, size: file.size, lastModified: file.lastModified, metadata }, whole(file));
    tip.url = notes.url(this.person, file);
    tip.copying = this.#copies = this.#copies.then(() => this.#copy(tip, file));
    return tip;
  }

  // A recording that begins now. With `streams` its slices go to the server as they come: those of its `sound`,
  // {name, type}, where that goes first.
  async record({ name, type, metadata, streams, sound = null }) {
    const apart = sound ? { sound, tip: film.chance() } : {};
    const tip = this.#new({ kind: "tape", name, type, size: null, lastModified: null, metadata, ended: false, ...apart }, null);
    tip.source = new Tape(this.shelf, tip.id);
    if (sound) tip.sound = new Sound(new Tape(this.shelf, tip.id, "sound"));
    await new Promise((taken) => {
      const live = { release: null, over: null }; // `over`: once another may have it
      live.over = alone(`passiton-tip-${tip.id}`, () => new Promise((release) => ((live.release = release), (tip.live = live), taken())));
    });
    tip.kept = this.shelf.works && (await this.shelf.put(tip.about).then(() => true, () => false));
    if (tip.kept) last();
    else for (const part of [tip, tip.sound]) if (part) part.source.full = true;
    this.note(tip);
    if (streams) this.sender.start(tip, tip.sound ?? tip);
    this.#told(tip);
    return tip;
  }

  // A tip that lies here with somebody else (see shelf.js), as a draft of this person; false where there is no room,
  // or they have it open. `speaker`: who speaks in it; "" for this person.
  async takeOver({ shelf, about }, { speaker }) {
    const take = () => this.shelf.takeOver(shelf, about.id, { at: this.#after(), by: this.name, speaker }).then(() => true, () => false);
    if (!(await alone(`passiton-tip-${about.id}`, take, { ifFree: true }))) return false;
    this.#told(this.#found(await this.shelf.one(about.id), new Set()));
    return true;
  }

  // The next slice of it, or of its sound; `ms`: how long that is now.
  slice(tip, blob, ms, of = tip) {
    of.source.append(blob, ms);
    of.sending?.nudge();
    of.source.settled().then(() => this.note(tip));
    this.changed();
  }

  async ended(tip) {
    await tip.source.settled();
    await tip.sound?.source.settled();
    this.note(tip);
    await this.#put(tip, { ended: true });
  }

  // The person wants it sent; `held`: "wifi" when not yet.
  async send(tip, { metadata = tip.about.metadata, held = null } = {}) {
    const put = this.#put(tip, { metadata, ready: true, ended: true, held });
    if (!tip.sending) this.#letGo(tip);
    await put;
  }

  async hold(tip, held = "paused") {
    await this.#put(tip, { held });
  }

  // Goes on, or tries again.
  async go(tip) {
    tip.aside = 0;
    if (tip.now.state === "failed") tip.now = { ...tip.now, state: "queued" };
    await this.#put(tip, { held: null });
  }

  // Sends a film whose sound was deleted on the server.
  async onItsOwn(tip) {
    tip.leaveSound();
    if (tip.kept) await this.shelf.began(tip.id, null).catch(() => {});
    await this.go(tip);
  }

  // Takes it off this phone, and what was sent of it off the server. A sound that is there already stays there.
  async remove(tip) {
    this.tips = this.tips.filter((each) => each !== tip);
    this.changed();
    this.channel.postMessage({ gone: tip.id });
    tip.rest();
    await tip.copying;
    await tip.source.settled?.();
    const stored = await this.shelf.one(tip.id).catch(() => null);
    if (stored) tip.read(this.shelf, stored); // another tab may have sent it, or its sound
    if (tip.now.state !== "done") this.#takeBack(tip);
    await this.shelf.remove(tip.id); // before the server forgets it, or it would be sent anew
    notes.forget(this.person, tip.about);
    tip.over?.();
    this.#letGo(tip);
    await this.#errands();
  }

  // What was sent of it goes. A sound that is there already stays there, and the server is told that no film comes.
  #takeBack({ url, now, until, sound, recording }) {
    if (url) notes.errand(this.person, { url, sent: now.sent, until });
    if (recording) notes.errand(this.person, { recording });
    else if (sound?.url) notes.errand(this.person, { url: sound.url, sent: sound.now.sent, until: sound.now.until });
  }

  async #errands() {
    const { arrived, refused } = await errands.run(this.person);
    if (arrived.length) this.dispatchEvent(new CustomEvent("arrived", { detail: { recordings: arrived } }));
    for (const detail of refused) this.dispatchEvent(new CustomEvent("refused", { detail }));
  }

  // All of its sound is on the server.
  async heardThere(tip) {
    const { url, now } = tip.sound;
    if (tip.kept) await this.shelf.soundBegan(tip.id, url, { recording: now.recording }).catch(() => {});
    this.note(tip);
    this.#heardStill(tip);
    tip.over?.();
    this.#wifi();
  }

  // Its picture is here, and its sound there: the server is told, and says whether somebody has deleted that.
  async #heardStill(tip) {
    const { sound, source } = tip;
    if (sound?.now.state !== "done" || tip.state === "done" || !(await film.waits(sound.now.recording, source.size))) return;
    if (tip.sending || tip.sound !== sound || tip.state === "done") return; // it is on its way: the server refuses that
    tip.now = { ...tip.now, state: "failed", code: SOUND_DELETED };
    this.changed();
  }

  async finished(tip) {
    await tip.copying;
    await tip.source.settled?.();
    await this.shelf.remove(tip.id);
    notes.forget(this.person, tip.about);
    this.#letGo(tip);
    tip.over?.();
    if (!tip.about.alone) return;
    notes.errand(this.person, { recording: tip.recording }); // of its film nothing is left
    await this.#errands();
  }

  // Of a recording that is not all on the shelf: what there is to know of it when this tab is gone.
  note(tip) {
    const over = tip.adrift || tip.state === "done" || !this.tips.includes(tip);
    if (tip.about.kind === "tape" && tip.loose && !over) adrift.note(this.person, tip);
  }

  async #copy(tip, file) {
    if (!this.tips.includes(tip)) return;
    try {
      await this.shelf.copy(tip.about, file);
      last();
      tip.kept = true;
      if (tip.url) await this.shelf.began(tip.id, tip.url);
      await this.shelf.put(tip.about); // it may have changed while it was copied
      notes.forget(this.person, tip.about);
    } catch {
      tip.kept = false; // it goes from where it lies; the page has to stay open
    }
    tip.settled = true;
    this.#told(tip);
  }

  // Changes what is wanted of it, for every tab.
  async #put(tip, changes) {
    Object.assign(tip.about, changes);
    this.#apply(tip);
    if (tip.kept) await this.shelf.put(tip.about).catch(() => {}); // no room: it stays so in this tab
    this.#told(tip);
  }

  #apply(tip) {
    if (tip.about.held) {
      tip.rest();
      tip.over?.();
      this.#letGo(tip);
    } else if (tip.about.ready && tip.sending && tip.now.state !== "done") {
      tip.source.whole = true;
      tip.sending.start(); // had it failed
      tip.sending.nudge();
    }
    this.changed();
  }

  // From now on any tab may send it: this one, too, and not before the browser has taken the lock back.
  async #letGo(tip) {
    if (!tip.live) return;
    tip.rest(); // what it sent live is gone on with like all others
    tip.sending = null;
    if (tip.sound) tip.sound.sending = null;
    tip.live.release();
    await tip.live.over;
    tip.live = null;
    this.changed();
  }

  #told(tip) {
    if (tip.kept) this.channel.postMessage({ id: tip.id });
    this.changed();
  }

  async #heard({ id, now, sound, gone }) {
    if (gone) return this.gone(gone);
    const tip = this.tips.find((each) => each.id === id);
    if (now && tip && !tip.sending) {
      tip.now = now;
      tip.elsewhere = now.state !== "done";
    } else if (sound && tip?.sound && !tip.sound.sending) {
      tip.sound.now = sound;
      tip.elsewhere = sound.state !== "done";
    } else if (!now && !sound && !(tip?.live && tip.state === "recording")) {
      const stored = await this.shelf.one(id).catch(() => null);
      if (stored && tip) this.#apply(Object.assign(tip, { about: stored.about, url: stored.url ?? tip.url }));
      else if (stored && !this.tips.some((each) => each.id === id)) this.#found(stored, await held());
    }
    this.changed();
  }

  gone(id) {
    const tip = this.tips.find((each) => each.id === id);
    if (!tip || tip.state === "done") return;
    this.tips = this.tips.filter((each) => each !== tip);
    tip.rest();
    tip.over?.();
    this.#letGo(tip);
    this.changed();
  }

  #new(about, source) {
    const tip = new Tip({ id: id(), at: this.#after(), by: this.name, ready: false, held: null, ended: true, ...about }, source);
    this.tips.push(tip);
    return tip;
  }

  // Now, and after every other of this page: the order in which they were picked is the order in which they go.
  #after() {
    return (this.#latest = Math.max(Date.now(), this.#latest + 1));
  }

  #found(stored, taken) {
    const { about, file } = stored;
    const tip = new Tip(about, file ? whole(file) : new Tape(this.shelf, about.id));
    tip.read(this.shelf, stored);
    tip.made = adrift.made(this.person, about.id);
    Object.assign(tip, { kept: true, found: true, elsewhere: taken.has(`passiton-tip-${about.id}`) });
    const short = tip.made && tip.made.size > tip.source.size; // than what was to be sent: asked about again
    if (short && !tip.elsewhere) Object.assign(about, { ready: false, held: null });
    tip.source.whole = about.ready || about.kind === "file";
    this.tips.push(tip);
    return tip;
  }

  // One that the server alone has some of; another tab may be making it.
  #drifting({ about, url, source, made, sound }, taken) {
    if (taken.has(`passiton-tip-${about.id}`) || this.tips.some((tip) => tip.id === about.id)) return;
    if (sound) return this.#lost({ about, url, made }, sound);
    this.tips.push(Object.assign(new Tip(about, source), { url, made, adrift: true, found: true }));
  }

  // Nothing is left of it, but perhaps its sound, as a recording.
  #lost({ about, url, made }, recording = null, status = 0) {
    if (recording) for (const each of [{ recording }, ...(url ? [{ url }] : [])]) notes.errand(this.person, each);
    notes.forget(this.person, about);
    this.dispatchEvent(new CustomEvent("lost", { detail: { ms: made.ms, recording, until: made.until, over: status === 410 || (made.until && made.until < Date.now()) } }));
  }

  // Whether the other tab is still there; what it left is read again.
  async #look() {
    const taken = await held();
    for (const tip of this.tips.filter((each) => each.elsewhere && !taken.has(`passiton-tip-${each.id}`))) {
      const stored = await this.shelf.one(tip.id).catch(() => null);
      if (stored) tip.read(this.shelf, stored);
      tip.elsewhere = false;
    }
    this.changed();
  }

  // How much of a draft is on the server already. One without a byte anywhere is none.
  async #ask(tip) {
    const stands = tip.url ? await standing(tip.url).catch(unknown) : NONE;
    if (!stands || tip.sending) return;
    const { offset: sent, recording, until } = stands;
    tip.now = { ...tip.now, sent, noted: false, recording, until, state: recording ? "done" : tip.now.state };
    if (tip.sound?.url) tip.sound.now = { ...tip.sound.now, sent: (await standing(tip.sound.url).catch(() => tip.sound.now)).offset ?? 0 };
    if (recording) await this.finished(tip);
    else if (!tip.size) {
      await this.remove(tip);
      if (tip.made) this.#lost(tip, null, stands.status);
    }
    this.changed();
  }

  #wifi() {
    if (onWifi()) for (const tip of this.tips) if (tip.state === "kept") this.go(tip);
  }

  changed() {
    this.sender.wake();
    this.dispatchEvent(new Event("change"));
  }
}

const NONE = { offset: 0, recording: null, until: null };
// What the server has no more is none; without an answer nobody knows.
const unknown = ({ status }) => ([404, 410].includes(status) ? { ...NONE, status } : null);
const id = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
