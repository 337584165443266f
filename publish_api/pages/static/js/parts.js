// What a clip is made of: "recording:start-end recording:start-end", milliseconds of each recording's own time.
export const read = (text) =>
  (text ?? "").split(" ").filter(Boolean).map((part) => {
    const [recording, span] = part.split(":");
    const [start, end] = span.split("-").map(Number);
    return { recording, start, end };
  });

// Where in the clip one part follows another.
export function joins(parts) {
  let ms = 0;
  return parts.slice(0, -1).map(({ start, end }) => (ms += end - start));
}

// The recording and its millisecond that the clip shows at a millisecond of its own; null beyond its end.
export function inRecording(parts, clipMs) {
  let rest = clipMs;
  for (const { recording, start, end } of parts) {
    if (rest < end - start) return { recording, ms: start + rest };
    rest -= end - start;
  }
  return null;
}

// The other way round; null where that moment has been cut away.
export function inClip(parts, { recording, ms }) {
  let before = 0;
  for (const part of parts) {
    if (part.recording === recording && ms >= part.start && ms < part.end) return before + ms - part.start;
    before += part.end - part.start;
  }
  return null;
}

const JOIN_MS = 50; // sound is cut up to 10.7 ms beside the picture: at a join, hls.js asks for the wrong piece for ever

// The moment of a clip that shows a recording's moment, or the one nearest to it; the start where it shows none of it.
export function nearest(parts, { recording, ms }) {
  let [before, best, off] = [0, 0, Infinity];
  for (const part of parts) {
    const inside = Math.min(Math.max(ms, part.start + (before && JOIN_MS)), part.end - JOIN_MS);
    if (part.recording === recording && Math.abs(inside - ms) < off) {
      best = before + inside - part.start;
      off = Math.abs(inside - ms);
    }
    before += part.end - part.start;
  }
  return best;
}

// Where a player may go for a moment of the clip: on a join, a little into what follows, less than a frame of 30 a second.
export function offJoins(parts, ms) {
  const join = joins(parts).find((each) => Math.abs(each - ms) < JOIN_MS / 2);
  return join === undefined ? ms : join + JOIN_MS / 2;
}

export const length = (parts) => parts.reduce((sum, { start, end }) => sum + end - start, 0);
