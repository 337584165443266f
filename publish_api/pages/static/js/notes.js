// Where there is no room for a copy of a picked file: what this browser notes, so that picking the same file
// again goes on from where it stopped.
const KEPT_MS = 7 * 24 * 3600 * 1000; // as long as the server keeps what nobody finishes

const prefix = (person) => `passiton-note-${person}-`;
const key = (person, { name, type, size, lastModified }) => prefix(person) + [name, type, size, lastModified].join("-");

export function write(person, { name, type, size, lastModified }, url) {
  try {
    localStorage.setItem(key(person, { name, type, size, lastModified }), JSON.stringify({ name, size, url, at: Date.now() }));
  } catch {
    // Full, or forbidden: then it begins anew.
  }
}

export const url = (person, file) => read(key(person, file))?.url ?? null;

export function forget(person, about) {
  localStorage.removeItem(key(person, about));
  localStorage.removeItem(keyOfTape(person, about));
}

// Of a recording (see adrift.js).
const prefixOfTapes = (person) => (person === null ? "passiton-tape-" : `passiton-tape-${person}-`); // null: of anybody
const keyOfTape = (person, { id }) => prefixOfTapes(person) + id;

export function tape(person, made) {
  try {
    localStorage.setItem(keyOfTape(person, made.about), JSON.stringify(made));
  } catch {
    // Full, or forbidden: then it can be reached from this tab alone.
  }
}

export const tapes = (person) => Object.keys(localStorage).filter((each) => each.startsWith(prefixOfTapes(person))).map(read).filter(Boolean);

// [{name, size, until}] of this person, the latest first.
export function all(person) {
  return Object.keys(localStorage)
    .filter((each) => each.startsWith(prefix(person)))
    .map(read)
    .filter((note) => note && Date.now() - note.at < KEPT_MS)
    .map((note) => ({ ...note, until: note.at + KEPT_MS }))
    .sort((a, b) => b.at - a.at);
}

// See errands.js.
const errandOf = (person, { url, recording }) => `passiton-errand-${person}-${url ?? `film-${recording}`}`;

export function errand(person, what) {
  try {
    localStorage.setItem(errandOf(person, what), JSON.stringify(what));
  } catch {
    // Full, or forbidden: the server keeps what it has, until it clears away what nobody finishes.
  }
}

export const errands = (person) => Object.keys(localStorage).filter((each) => each.startsWith(`passiton-errand-${person}-`)).map(read).filter(Boolean);

export const done = (person, what) => localStorage.removeItem(errandOf(person, what));

// See pass-untold.js: [message], the oldest first.
const keyOfUntold = (person) => `passiton-untold-${person}`;

export const untold = (person) => read(keyOfUntold(person)) ?? [];

export const tell = (person, message) => keep(person, [...untold(person), message]);

export const heard = (person, message) => keep(person, untold(person).filter((each) => each.words !== message.words));

function keep(person, messages) {
  try {
    if (messages.length) localStorage.setItem(keyOfUntold(person), JSON.stringify(messages));
    else localStorage.removeItem(keyOfUntold(person));
  } catch {
    // Full, or forbidden: then it is said on this visit alone.
  }
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}
