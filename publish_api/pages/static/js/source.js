// A recording that a clip shows: its words, and where it can be cut. Asked for once a page.
import { api } from "./api.js";
import { frameAt, stops } from "./bounds.js";
import { _ } from "./words.js";

// Until its words have come nothing can be cut: every bound stays where it is.
export const unread = (id, { title = "", length = 0, others = [] } = {}) => ({
  id, title, length, others, words: [], sentences: [], stops: [], fps: null, keys: null, wave: null,
});

// Raises a Trouble. `known`: what the page has said of it already.
export async function read(id, known = null) {
  const waved = api("GET", `recordings/${id}/waveform`).then(heard, () => null); // an ornament: it is cut without it, too
  const [about, transcript, wave] = await Promise.all([known ?? described(id), api("GET", `recordings/${id}/transcript`), waved]);
  const { words, sentences, frame_rate: fps } = transcript;
  const keys = fps ? new Set([...transcript.keyframes, about.length].map((ms) => frameAt(ms, fps))) : null;
  return { ...unread(id, about), words, sentences, fps, keys, wave, stops: stops(transcript, about.length) };
}

// What can be put into a clip of a space: the newest first, a page at a time.
export async function others(space, cursor) {
  const { items, next } = await api("GET", `recordings?${new URLSearchParams({ curated: true, ...(cursor && { cursor }) })}`);
  return { next, items: items.filter((each) => each.space.id === space && each.status === "ready").map(about) };
}

// How loud it is when, from 0 to 255; null where nobody knows.
const heard = ({ every_ms, peaks }) => (peaks ? { every_ms, peaks: Uint8Array.from(atob(peaks), (each) => each.charCodeAt(0)) } : null);

const described = async (id) => about(await api("GET", `recordings/${id}`));

const about = ({ id, title, filename, speaker, duration_ms, created_at }) => ({
  id, title: title || filename || _("Untitled recording"), speaker: speaker.name, length: duration_ms ?? 0, created_at,
});

// Whether a cut there waits for frames that are still to be made: it lies between two keyframes.
export const between = (source, ms) => Boolean(source.keys) && ms < source.length && !source.keys.has(frameAt(ms, source.fps));

// What of it is worth having as a retake: all that is said, or of a long one the first sentence.
export function retake({ stops, words, sentences, length }) {
  if (!words.length) return { start_ms: 0, end_ms: length };
  const last = length <= 30_000 ? words.at(-1) : (sentences[0] ?? words[0]);
  const start_ms = stops.findLast((ms) => ms <= words[0].start_ms) ?? 0;
  return { start_ms, end_ms: stops.find((ms) => ms >= last.end_ms && ms > start_ms) ?? length };
}
