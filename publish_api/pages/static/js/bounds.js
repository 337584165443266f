// Where a clip may begin and end. Pure: times in milliseconds of the recording, frames on its grid of `fps` a second.

// Cuts that cost no encode and lie in silence: for each pause the keyframe nearest to its middle, and where nobody
// speaks for long, those nearest to where the scene changes or nothing moves.
export function stops({ pauses, places, keyframes }, length) {
  const frames = [...keyframes, 0, length];
  const found = [...pauses.map((p) => (p.start_ms + p.end_ms) / 2), ...places].map((ms) => nearest(frames, ms));
  return [...new Set([0, length, ...found])].sort((a, b) => a - b);
}

export function nearest(stops, ms) {
  return stops.reduce((best, each) => (Math.abs(each - ms) < Math.abs(best - ms) ? each : best), stops[0]);
}

export const earlier = (sorted, ms) => sorted.findLast((each) => each < ms) ?? ms;

export const later = (sorted, ms) => sorted.find((each) => each > ms) ?? ms;

// As the server counts them: a time means the frame nearest to it.
export const frameAt = (ms, fps) => Math.round((ms * fps) / 1000);

export const msOf = (frame, fps) => Math.round((frame * 1000) / fps);

export const step = (ms, frames, fps) => msOf(frameAt(ms, fps) + frames, fps);

// What of the recording is worth showing around a clip.
export function around({ start_ms, end_ms }, length) {
  const margin = Math.max(15_000, (end_ms - start_ms) * 0.35);
  return { from: Math.max(0, start_ms - margin), to: Math.min(length, end_ms + margin) };
}

// So near that a finger can tell one frame from the next.
export function near(ms, length) {
  const from = Math.max(0, Math.min(ms - 3000, length - 6000));
  return { from, to: Math.min(length, from + 6000) };
}
