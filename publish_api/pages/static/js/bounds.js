// Where a clip may begin and end. Pure: times in milliseconds of the recording.

export const SHORTEST_MS = 1000;

// Cuts that cost no encode and lie in silence: for each pause the keyframe nearest to its middle.
export function stops({ pauses, keyframes }, length) {
  const frames = [...keyframes, 0, length];
  const found = pauses.map((p) => nearest(frames, (p.start_ms + p.end_ms) / 2));
  return [...new Set([0, length, ...found])].sort((a, b) => a - b);
}

export function nearest(stops, ms) {
  return stops.reduce((best, each) => (Math.abs(each - ms) < Math.abs(best - ms) ? each : best), stops[0]);
}

export const earlier = (sorted, ms) => sorted.findLast((each) => each < ms) ?? ms;

export const later = (sorted, ms) => sorted.find((each) => each > ms) ?? ms;

// A clip with its start (or end) moved there, or as it was when that leaves nothing of it.
export function moved(clip, bound, ms) {
  const next = { ...clip, [`${bound}_ms`]: ms };
  return next.end_ms - next.start_ms >= SHORTEST_MS ? next : clip;
}

// What of the recording is worth showing around a clip.
export function around({ start_ms, end_ms }, length) {
  const margin = Math.max(15_000, (end_ms - start_ms) * 0.35);
  return { from: Math.max(0, start_ms - margin), to: Math.min(length, end_ms + margin) };
}
