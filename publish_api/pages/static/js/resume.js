// Where a person stopped in a clip. It stays in this browser, where js/site.js removes it at sign-out, and is told to
// nobody. Kept in recording time: when the clip is cut anew, the place is still what was seen last, or gone with it.
import { inClip, inRecording } from "./parts.js";

const MOST = 50; // clips
const MARGIN_MS = 5000; // who has seen less than this, or all but this, begins at the start
const key = (person) => `passiton-places-${person}`;

// Milliseconds of the clip; null when it begins at the start.
export function place(person, clip, parts, length) {
  const kept = read(person).find((each) => each.clip === clip);
  const ms = kept ? inClip(parts, kept) : null;
  return ms !== null && inTheMiddle(ms, length) ? ms : null;
}

export function keep(person, clip, parts, ms, length) {
  if (localStorage.getItem("person") !== person) return; // signed out in another tab
  const at = inTheMiddle(ms, length) ? inRecording(parts, ms) : null;
  const others = read(person).filter((each) => each.clip !== clip);
  try {
    localStorage.setItem(key(person), JSON.stringify([...(at ? [{ clip, ...at }] : []), ...others].slice(0, MOST)));
  } catch {
    // Full, or forbidden: then it begins at the start.
  }
}

const inTheMiddle = (ms, length) => ms > MARGIN_MS && ms < length - MARGIN_MS;

function read(person) {
  try {
    return JSON.parse(localStorage.getItem(key(person))) ?? [];
  } catch {
    return [];
  }
}
