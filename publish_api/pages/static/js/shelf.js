// Where this phone keeps tips until they are on the server: a folder a tip, in a folder a person, since devices
// are shared.
//
//   tips-<person>/<id>/about.json         what it is, and what the person wants done with it
//                      upload.json        where on the server it goes on, how much of it had come there and until when
//                                         that is kept; written by whoever sends it
//                      file               a picked file, or
//                      <number>-<offset>-<ms>   slices of a recording: where each begins, what it ends at
//                      sound-<number>-<offset>-<ms>   of its sound alone, where that goes first
//                      sound.json          the same of that, and what it has become
import { held } from "./locks.js";
import * as notes from "./notes.js";
import * as opfs from "./opfs.js";

const MOST = 4 * 1024 ** 3; // bytes of one copy
const DAY_MS = 24 * 3600 * 1000;
const SLICE = /^(sound-)?\d{6}-(\d+)-(\d+)$/;

export class Shelf {
  constructor(person) {
    this.place = `tips-${person}`;
    this.works = opfs.supported();
  }

  // [{about, url, sent, until, file, slices, sound: {url, sent, until, recording, slices}}], the oldest first.
  async all() {
    if (!this.works) return [];
    const found = [];
    for (const id of await opfs.names([this.place])) {
      const tip = await this.one(id).catch((problem) => (problem instanceof SyntaxError ? null : undefined));
      if (tip) found.push(tip);
      else if (tip === null) await this.#sweep(id);
    }
    return found.sort((a, b) => a.about.at - b.about.at);
  }

  // Null when it is not there, or not (yet) whole. Raises what the browser does when it cannot be read.
  async one(id) {
    for (let tries = 3; ; tries--) {
      try {
        return await this.#one(id);
      } catch (problem) {
        if (tries === 1) throw problem;
        await new Promise((rested) => setTimeout(rested, 100)); // a file that is written cannot be read for a moment
      }
    }
  }

  async #one(id) {
    const names = await opfs.names([this.place, id]);
    if (!there(names)) return null;
    const read = async (name) => {
      const kept = [name, aside(name)].filter((each) => names.includes(each));
      return kept.length ? this.#json(id, kept) : {};
    };
    const about = await read("about.json").catch((problem) => this.#guessed(id, names, problem));
    const { url = null, ...come } = await read("upload.json").catch(() => ({}));
    if (about.kind === "file") {
      if (!names.includes("file")) return null;
      const bytes = await this.#read(id, "file");
      if (bytes.size !== about.size) return null;
      return { about, url, ...come, file: new File([bytes], about.name, { type: about.type, lastModified: about.lastModified }) };
    }
    const sound = about.sound ? { ...(await read("sound.json").catch(() => ({}))), slices: await this.#slices(id, names, "sound-") } : null;
    return { about, url, ...come, slices: await this.#slices(id, names), sound };
  }

  // The first of these that is whole: where files cannot be replaced at once, the new one lies aside meanwhile (see
  // opfs-worker.js).
  async #json(id, [name, ...others]) {
    try {
      return JSON.parse(await (await this.#read(id, name)).text());
    } catch (problem) {
      if (others.length) return this.#json(id, others);
      throw problem;
    }
  }

  // A recording of which nothing is known but its slices is one all the same.
  async #guessed(id, names, problem) {
    const first = names.find((name) => SLICE.test(name) && !name.startsWith("sound-"));
    if (!first || !(problem instanceof SyntaxError)) throw problem;
    const file = await this.#read(id, first);
    const mp4 = (await file.slice(4, 8).text()) === "ftyp";
    const type = mp4 ? "video/mp4" : "video/webm";
    const name = `Recorded ${new Date(file.lastModified).toISOString().slice(0, 10)}.${mp4 ? "mp4" : "webm"}`;
    return { id, kind: "tape", name, type, size: null, at: file.lastModified, by: "", metadata: {}, ready: false, held: null, ended: false };
  }

  async #slices(id, names, part) {
    const slices = [];
    for (const name of names) {
      const [found, of, at, ms] = name.match(SLICE) ?? [];
      if (!found || of !== part) continue;
      const blob = await this.#read(id, name);
      if (Number(at) !== (slices.at(-1)?.end ?? 0) || !blob.size) break; // what follows a gap cannot be joined to it
      slices.push({ at: Number(at), end: Number(at) + blob.size, ms: Number(ms), blob });
    }
    return slices;
  }

  put(about) {
    return this.#write(about.id, "about.json", JSON.stringify(about));
  }

  // `come`: {sent, until}, what the server has said that it has of it (bytes) and how long it keeps that (ms since 1970).
  began(id, url, come = {}) {
    return this.#write(id, "upload.json", JSON.stringify({ url, ...come }));
  }

  // `come`: {sent, until, recording}; `recording`: its public id, once it is one.
  soundBegan(id, url, come = {}) {
    return this.#write(id, "sound.json", JSON.stringify({ url, ...come }));
  }

  // The file first: until it is whole, there is no tip.
  async copy(about, file) {
    if (!this.works || file.size > MOST || (await room()) < 1.2 * file.size) throw new Error("no room");
    await opfs.write([this.place, about.id], "file", file);
    await this.put(about);
  }

  // Keeps one slice; the copy of it, so that the recorder's own can leave the memory.
  async slice(id, { part, number, at, ms, blob }) {
    const name = `${part && `${part}-`}${String(number).padStart(6, "0")}-${at}-${Math.round(ms)}`;
    await opfs.write([this.place, id], name, blob);
    return this.#read(id, name);
  }

  remove(id) {
    return this.works ? opfs.remove([this.place], id) : undefined;
  }

  async has(id) {
    return this.works && there(await opfs.names([this.place, id]));
  }

  // Takes a tip out of somebody else's folder into this one, as a draft. `by`: whose it is now; `speaker`: who speaks
  // in it, "" for them. What was sent of it was sent by the other: it begins anew. Raises when there is no room; then it
  // stays where it was.
  async takeOver(other, id, { at, by, speaker }) {
    const { about } = await other.one(id);
    for (const name of await opfs.names([other.place, id]))
      if (name === "file" || SLICE.test(name)) await opfs.write([this.place, id], name, await other.#read(id, name));
    const metadata = { ...about.metadata, speaker };
    await this.put({ ...about, metadata, at, by, ready: false, held: null, ended: true });
    await other.remove(id);
  }

  // What a tab left that died while it copied or recorded. Another may be at it at this moment: only what is old.
  async #sweep(id) {
    const written = await Promise.all((await opfs.names([this.place, id])).map((name) => this.#read(id, name).then((file) => file.lastModified, Date.now)));
    if (written.length && Date.now() - Math.max(...written) > DAY_MS) await this.remove(id);
  }

  #read(id, name) {
    return opfs.read([this.place, id], name);
  }

  #write(id, name, text) {
    return opfs.write([this.place, id], name, new Blob([text]));
  }
}

const aside = (name) => `${name}.new`;
const there = (names) => names.includes("about.json") || names.includes(aside("about.json"));

// How many tips lie here, of one person or of everybody, or partly on the server and noted here (see adrift.js): what is
// all on the server is no longer here.
export async function count(person = null) {
  const found = new Set(notes.tapes(person).filter(({ url, sound }) => url || sound?.url).map(({ about }) => about.id));
  if (!opfs.supported()) return found.size;
  for (const place of person === null ? await opfs.names([]) : [`tips-${person}`]) {
    if (!place.startsWith("tips-")) continue;
    for (const id of await opfs.names([place])) {
      const names = await opfs.names([place, id]);
      if (there(names) && names.some((name) => name === "file" || SLICE.test(name))) found.add(id);
    }
  }
  return found.size;
}

// Tips for a brief that lie here with somebody else and are open nowhere: [{shelf, about}], the oldest first.
export async function ofOthers(person, brief) {
  if (!opfs.supported()) return [];
  const [open, found] = [await held(), []];
  for (const place of await opfs.names([])) {
    const theirs = place.startsWith("tips-") ? place.slice("tips-".length) : person;
    if (theirs === person || open.has(`passiton-queue-${theirs}`)) continue;
    const shelf = new Shelf(theirs);
    for (const { about } of await shelf.all())
      if (about.metadata.brief === brief && !open.has(`passiton-tip-${about.id}`)) found.push({ shelf, about });
  }
  return found.sort((a, b) => a.about.at - b.about.at);
}

// Bytes that this browser lets us have, as far as it tells.
export async function room() {
  const told = await navigator.storage?.estimate?.().catch(() => null);
  return told?.quota ? told.quota - told.usage : Infinity;
}

// Asks the browser to throw nothing away by itself; whether it has promised that.
export async function last() {
  if (!(await lasts())) await navigator.storage?.persist?.().catch(() => false);
}

export const lasts = async () => (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
