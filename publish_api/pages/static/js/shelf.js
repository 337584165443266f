// Where this phone keeps tips until they are on the server: a folder a tip, in a folder a person, since devices
// are shared.
//
//   tips-<person>/<id>/about.json         what it is, and what the person wants done with it
//                      upload.json        where on the server it goes on; written by whoever sends it
//                      file               a picked file, or
//                      <number>-<offset>-<ms>   slices of a recording: where each begins, what it ends at
import * as opfs from "./opfs.js";

const MOST = 4 * 1024 ** 3; // bytes of one copy
const DAY_MS = 24 * 3600 * 1000;
const SLICE = /^\d{6}-(\d+)-(\d+)$/;

export class Shelf {
  constructor(person) {
    this.place = `tips-${person}`;
    this.works = opfs.supported();
  }

  // [{about, url, file, slices}], the oldest first.
  async all() {
    if (!this.works) return [];
    const found = [];
    for (const id of await opfs.names([this.place])) {
      const tip = await this.one(id).catch(() => null);
      if (tip) found.push(tip);
      else await this.#sweep(id);
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
    if (!names.includes("about.json")) return null;
    const about = JSON.parse(await (await this.#read(id, "about.json")).text());
    const url = names.includes("upload.json") ? JSON.parse(await (await this.#read(id, "upload.json")).text()).url : null;
    if (about.kind === "file") {
      if (!names.includes("file")) return null;
      const bytes = await this.#read(id, "file");
      if (bytes.size !== about.size) return null;
      return { about, url, file: new File([bytes], about.name, { type: about.type, lastModified: about.lastModified }) };
    }
    const slices = [];
    for (const name of names.filter((each) => SLICE.test(each))) {
      const [, at, ms] = name.match(SLICE).map(Number);
      const blob = await this.#read(id, name);
      if (at !== (slices.at(-1)?.end ?? 0) || !blob.size) break; // what follows a gap cannot be joined to it
      slices.push({ at, end: at + blob.size, ms, blob });
    }
    return { about, url, slices };
  }

  put(about) {
    return this.#write(about.id, "about.json", JSON.stringify(about));
  }

  began(id, url) {
    return this.#write(id, "upload.json", JSON.stringify({ url }));
  }

  // The file first: until it is whole, there is no tip.
  async copy(about, file) {
    if (!this.works || file.size > MOST || (await room()) < 1.2 * file.size) throw new Error("no room");
    await opfs.write([this.place, about.id], "file", file);
    await this.put(about);
  }

  // Keeps one slice; the copy of it, so that the recorder's own can leave the memory.
  async slice(id, { number, at, ms, blob }) {
    const name = `${String(number).padStart(6, "0")}-${at}-${Math.round(ms)}`;
    await opfs.write([this.place, id], name, blob);
    return this.#read(id, name);
  }

  remove(id) {
    return this.works ? opfs.remove([this.place], id) : undefined;
  }

  async has(id) {
    return this.works && (await opfs.names([this.place, id])).includes("about.json");
  }

  // What a tab left that died while it copied. Another may be copying at this moment: only what is old.
  async #sweep(id) {
    const copy = await this.#read(id, "file").catch(() => null);
    if (copy && Date.now() - copy.lastModified > DAY_MS) await this.remove(id);
  }

  #read(id, name) {
    return opfs.read([this.place, id], name);
  }

  #write(id, name, text) {
    return opfs.write([this.place, id], name, new Blob([text]));
  }
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
