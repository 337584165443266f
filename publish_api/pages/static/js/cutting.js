// A clip's parts, cut anew: [{recording, start_ms, end_ms}], milliseconds of each one's recording. Pure: what is given
// back are new parts, and which of them is then worked on; null where nothing would change, or nothing be left.

export const SHORTEST_MS = 500; // of a part, as the server has it

export const length = (part) => part.end_ms - part.start_ms;

const long = (part) => length(part) >= SHORTEST_MS;

// The part that shows a moment of a recording; -1 when none does.
export const showing = (parts, recording, ms) =>
  parts.findIndex((part) => part.recording === recording && ms >= part.start_ms && ms < part.end_ms);

// How far a part's bounds may go: no second is shown twice.
export function room(parts, at, end) {
  const { recording } = parts[at];
  const beside = (other) => (other?.recording === recording ? other : null);
  const before = beside(parts[at - 1]);
  const after = beside(parts[at + 1]);
  return {
    from: before && before.end_ms <= parts[at].start_ms ? before.end_ms : 0,
    to: after && after.start_ms >= parts[at].end_ms ? after.start_ms : end,
  };
}

export function move(parts, at, bound, ms) {
  const part = { ...parts[at], [`${bound}_ms`]: ms };
  return long(part) ? { parts: parts.with(at, part), at } : null;
}

// Without what lies between two moments of a part; `instead` of it, perhaps, another. Crumbs go along.
export function leaveOut(parts, at, { from, to }, instead = null) {
  const part = parts[at];
  const before = [{ ...part, end_ms: Math.min(from, part.end_ms) }].filter(long);
  const after = [{ ...part, start_ms: Math.max(to, part.start_ms) }].filter(long);
  const made = [...before, ...(instead ? [instead] : []), ...after];
  if (parts.length - 1 + made.length === 0) return null;
  const chosen = instead ? at + before.length : Math.min(at, parts.length + made.length - 2);
  return { parts: parts.toSpliced(at, 1, ...made), at: chosen };
}

export function split(parts, at, ms) {
  const both = [{ ...parts[at], end_ms: ms }, { ...parts[at], start_ms: ms }];
  return both.every(long) ? { parts: parts.toSpliced(at, 1, ...both), at: at + 1 } : null;
}

// With the part behind it, and what had been left out between.
export function join(parts, at) {
  const [part, next] = [parts[at], parts[at + 1]];
  if (next?.recording !== part.recording || next.start_ms < part.end_ms) return null;
  return { parts: parts.toSpliced(at, 2, { ...part, end_ms: next.end_ms }), at };
}

export function remove(parts, at) {
  return parts.length > 1 ? { parts: parts.toSpliced(at, 1), at: Math.min(at, parts.length - 2) } : null;
}
