// The tips of one person on this phone, sent one after the other: by one tab, over reloads, until each is on the
// server. Says "change" whenever one of them stands otherwise than before.
//
// Locks: passiton-queue-<person>, held by the tab that sends; passiton-tip-<id>, by whoever writes to its upload.
import { alone, held } from "./locks.js";
import { onChange, onWifi } from "./network.js";
import * as notes from "./notes.js";
import { Sending } from "./sending.js";
import { Shelf, last } from "./shelf.js";
import { whole, Tape } from "./tape.js";
import { Tip } from "./tip.js";
import { standing, terminate } from "./tus.js";

const PATIENCE = 4; // tries, while others wait behind it
const ASIDE_MS = 60_000;
const TAKEN_MS = 3000; // until it is asked again whether another tab still has it

export class Queue extends EventTarget {
  tips = [];
  #wake = () => {};
  #copies = Promise.resolve();
  #latest = 0;

  constructor({ person, endpoint }) {
    super();
    this.person = person;
    this.endpoint = endpoint;
    this.shelf = new Shelf(person);
    this.channel = globalThis.BroadcastChannel ? new BroadcastChannel(`passiton-${person}`) : { postMessage() {} };
    this.channel.onmessage = ({ data }) => this.#heard(data);
  }

  // Takes up what earlier visits have left, and begins to send what is to be sent.
  async open() {
    const taken = await held();
    for (const found of await this.shelf.all()) this.#found(found, taken);
    onChange(() => this.#wifi());
    document.addEventListener("visibilitychange", () => document.hidden || this.#look());
    this.#wifi();
    this.#changed();
    this.#work();
    for (const tip of this.tips) if (tip.state === "draft") this.#ask(tip); // nothing waits for the answer
  }

  // A picked file: a draft, until the person says send. Copied first where space allows, one after the other.
  add(file, metadata = {}) {
    const tip = this.#new({ kind: "file", name: file.name, type: file.type, size: file.size, lastModified: file.lastModified, metadata }, whole(file));
    tip.url = notes.url(this.person, file);
    tip.copying = this.#copies = this.#copies.then(() => this.#copy(tip, file));
    return tip;
  }

  // A recording that begins now. With `streams` its slices go to the server as they come.
  async record({ name, type, metadata, streams }) {
    const tip = this.#new({ kind: "tape", name, type, size: null, lastModified: null, metadata, ended: false }, null);
    tip.source = new Tape(this.shelf, tip.id);
    await new Promise((taken) => {
      alone(`passiton-tip-${tip.id}`, () => new Promise((release) => ((tip.live = { release }), taken())));
    });
    tip.kept = this.shelf.works && (await this.shelf.put(tip.about).then(() => true, () => false));
    if (tip.kept) last();
    else tip.source.full = true;
    if (streams) this.#sending(tip).start();
    this.#told(tip);
    return tip;
  }

  // The next slice of it; `ms`: how long it is now.
  slice(tip, blob, ms) {
    tip.source.append(blob, ms);
    tip.sending?.nudge();
    this.#changed();
  }

  async ended(tip) {
    await tip.source.settled();
    await this.#put(tip, { ended: true });
  }

  // The person wants it sent; `held`: "wifi" when not yet.
  async send(tip, { metadata = tip.about.metadata, held = null } = {}) {
    if (!tip.sending) this.#letGo(tip);
    const begun = tip.fixed && tip.about.kind === "tape";
    await this.#put(tip, { metadata: begun ? tip.about.metadata : metadata, ready: true, ended: true, held });
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

  // Takes it off this phone, and what was sent of it off the server.
  async remove(tip) {
    this.tips = this.tips.filter((each) => each !== tip);
    this.#changed();
    this.channel.postMessage({ gone: tip.id });
    tip.sending?.pause();
    await tip.copying;
    await tip.source.settled?.();
    const url = tip.url ?? (await this.shelf.one(tip.id).catch(() => null))?.url;
    await this.shelf.remove(tip.id); // before the server forgets it, or it would be sent anew
    notes.forget(this.person, tip.about);
    if (url && tip.now.state !== "done") await terminate(url).catch(() => {});
    tip.over?.();
    this.#letGo(tip);
  }

  // The sender: the only one among this person's tabs.
  async #work() {
    await alone(`passiton-queue-${this.person}`, async () => {
      for (;;) {
        const tip = this.#next();
        if (!tip) await this.#news();
        else if (!(await alone(`passiton-tip-${tip.id}`, () => this.#carry(tip).then(() => true), { ifFree: true }))) tip.aside = Date.now() + TAKEN_MS;
      }
    });
  }

  #next() {
    return this.tips.find((tip) => ["queued", "sending", "waiting"].includes(tip.state) && !tip.live && tip.aside < Date.now());
  }

  // Until something has changed, or one that stands aside comes back.
  #news() {
    const back = Math.min(...this.tips.map((tip) => tip.aside).filter((at) => at > Date.now()));
    return new Promise((come) => {
      const timer = Number.isFinite(back) ? setTimeout(come, back - Date.now() + 10) : null;
      this.#wake = () => (clearTimeout(timer), come());
    });
  }

  // Until it is on the server, or rests.
  async #carry(tip) {
    if (tip.kept) {
      if (!(await this.shelf.has(tip.id))) return this.#gone(tip.id);
      const stored = await this.shelf.one(tip.id).catch(() => null); // unreadable: what is known here has to do
      tip.url = stored?.url ?? tip.url; // another tab may have begun it
      const found = stored?.slices && Tape.found(this.shelf, tip.id, stored.slices);
      if (found?.size > tip.source.size) tip.source = found;
    }
    if (tip.about.held || !this.tips.includes(tip)) return; // meanwhile
    tip.elsewhere = false;
    tip.source.whole = true;
    await new Promise((over) => {
      tip.over = over;
      this.#sending(tip).start();
    });
    tip.over = tip.sending = null;
  }

  #sending(tip) {
    tip.sending = new Sending(tip.source, {
      endpoint: this.endpoint,
      url: tip.url,
      metadata: () => ({ filename: tip.about.name, filetype: tip.about.type, ...tip.about.metadata }),
      tell: (now) => this.#tell(tip, now),
      began: (url) => this.#began(tip, url),
      wanted: async () => !tip.kept || this.shelf.has(tip.id),
    });
    return tip.sending;
  }

  #tell(tip, now) {
    if (!this.tips.includes(tip)) return;
    tip.now = now;
    this.channel.postMessage({ id: tip.id, now });
    if (now.state === "done") this.#finished(tip);
    if (now.state === "failed") tip.over?.();
    if (now.state === "waiting" && now.failures >= PATIENCE && navigator.onLine && this.#others(tip)) {
      tip.aside = Date.now() + ASIDE_MS;
      tip.sending.pause();
      tip.over?.();
    }
    this.#changed();
  }

  #others(tip) {
    return !tip.live && this.tips.some((each) => each !== tip && each.state === "queued" && !each.live && each.aside < Date.now());
  }

  async #began(tip, url) {
    tip.url = url;
    if (tip.kept) await this.shelf.began(tip.id, url).catch(() => {});
    else if (tip.about.kind === "file") notes.write(this.person, tip.about, url);
  }

  async #finished(tip) {
    await tip.copying;
    await tip.source.settled?.();
    await this.shelf.remove(tip.id);
    notes.forget(this.person, tip.about);
    this.#letGo(tip);
    tip.over?.();
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
      tip.sending?.pause();
      tip.over?.();
      this.#letGo(tip);
    } else if (tip.about.ready && tip.sending && tip.now.state !== "done") {
      tip.source.whole = true;
      tip.sending.start(); // had it failed
      tip.sending.nudge();
    }
    this.#changed();
  }

  // From now on any tab may send it.
  #letGo(tip) {
    if (!tip.live) return;
    tip.live.release();
    tip.live = tip.sending = null;
  }

  #told(tip) {
    if (tip.kept) this.channel.postMessage({ id: tip.id });
    this.#changed();
  }

  async #heard({ id, now, gone }) {
    if (gone) return this.#gone(gone);
    const tip = this.tips.find((each) => each.id === id);
    if (now && tip && !tip.sending) {
      tip.now = now;
      tip.elsewhere = now.state !== "done";
    } else if (!now && !(tip?.live && tip.state === "recording")) {
      const stored = await this.shelf.one(id).catch(() => null);
      if (stored && tip) this.#apply(Object.assign(tip, { about: stored.about, url: stored.url ?? tip.url }));
      else if (stored && !this.tips.some((each) => each.id === id)) this.#found(stored, await held());
    }
    this.#changed();
  }

  #gone(id) {
    const tip = this.tips.find((each) => each.id === id);
    if (!tip || tip.state === "done") return;
    this.tips = this.tips.filter((each) => each !== tip);
    tip.sending?.pause();
    tip.over?.();
    this.#letGo(tip);
    this.#changed();
  }

  #new(about, source) {
    const tip = new Tip({ id: id(), at: this.#after(), ready: false, held: null, ended: true, ...about }, source);
    this.tips.push(tip);
    return tip;
  }

  // Now, and after every other of this page: the order in which they were picked is the order in which they go.
  #after() {
    return (this.#latest = Math.max(Date.now(), this.#latest + 1));
  }

  #found({ about, url, file, slices }, taken) {
    const tip = new Tip(about, file ? whole(file) : Tape.found(this.shelf, about.id, slices));
    Object.assign(tip, { url, kept: true, found: true, elsewhere: taken.has(`passiton-tip-${about.id}`) });
    tip.source.whole = about.ready || about.kind === "file";
    this.tips.push(tip);
    return tip;
  }

  // Whether the other tab is still there; what it left is read again.
  async #look() {
    const taken = await held();
    for (const tip of this.tips.filter((each) => each.elsewhere && !taken.has(`passiton-tip-${each.id}`))) {
      const stored = await this.shelf.one(tip.id).catch(() => null);
      if (stored?.slices) tip.source = Tape.found(this.shelf, tip.id, stored.slices);
      tip.elsewhere = false;
    }
    this.#changed();
  }

  // How much of a draft is on the server already. One without a byte anywhere is none.
  async #ask(tip) {
    const stands = tip.url ? await standing(tip.url).catch(() => null) : { offset: 0, recording: null };
    if (!stands || tip.sending) return;
    const { offset: sent, recording } = stands;
    tip.now = { ...tip.now, sent, recording, state: recording ? "done" : tip.now.state };
    if (recording) await this.#finished(tip);
    else if (!tip.size) await this.remove(tip);
    this.#changed();
  }

  #wifi() {
    if (onWifi()) for (const tip of this.tips) if (tip.state === "kept") this.go(tip);
  }

  #changed() {
    this.#wake();
    this.dispatchEvent(new Event("change"));
  }
}

const id = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
