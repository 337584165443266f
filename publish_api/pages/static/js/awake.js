// Keeps the screen on while it matters: a phone that falls asleep stops sending and recording.
let wanted = false;
let held = null; // the promise of a lock: whoever stops wanting it gives it back once it is granted

export function awake(now) {
  wanted = now;
  if (wanted && !document.hidden) {
    held ??= ask();
  } else {
    held?.then((lock) => lock?.release());
    held = null;
  }
}

function ask() {
  const mine = Promise.resolve(navigator.wakeLock?.request("screen")).catch(() => null);
  const over = () => held === mine && (held = null); // refused, or taken away: asked for again the next time
  mine.then((lock) => (lock ? lock.addEventListener("release", over) : over()));
  return mine;
}

document.addEventListener("visibilitychange", () => awake(wanted));
