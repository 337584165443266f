// Recordings that this phone had no room for, or no place: they go to the server as they are made, and a tab that dies
// takes with it what has not come there. What did come can be reached again by what is noted here.
import * as notes from "./notes.js";

// Nothing of it is here: the server's bytes are all there is.
const NOTHING = { size: 0, kept: 0, ms: 0, whole: true, full: true, slice: () => new Blob([]) };

// What is known of it now; again whenever it has grown.
export function note(person, { about, url, sound, source, now }) {
  const heard = sound && { url: sound.url, recording: sound.now.recording, size: sound.source.size, until: sound.now.until };
  notes.tape(person, { about, url, sound: heard, size: source.size, ms: source.ms, until: now.sent ? now.until : null });
}

// How much was made of one: {size, ms, until}; null when it is all on the shelf.
export const made = (person, id) => notes.tapes(person).find(({ about }) => about.id === id) ?? null;

// [{about, url, source, made, sound}]: drafts whose bytes the server alone has. A `sound` is there already, a recording
// of its own: its film is lost.
export function all(person) {
  return notes.tapes(person).map(({ about, url, sound, size, ms, until }) => {
    const { sound: heard, ...film } = { ...about, ready: false, held: null, ended: false };
    const alone = !url && sound?.url; // its film has not begun
    return {
      about: alone ? { ...film, ...heard, alone: true } : film,
      url: alone ? sound.url : url,
      source: NOTHING,
      made: { size: alone ? sound.size : size, ms, until: alone ? sound.until : until },
      sound: sound?.recording ?? null,
    };
  });
}
