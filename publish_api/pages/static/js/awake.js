// Keeps the screen on while it matters: a phone that falls asleep stops sending and recording.
let wanted = false;
let lock = null;

export async function awake(now) {
  wanted = now;
  if (!wanted || document.hidden) {
    lock?.release();
    lock = null;
  } else if (!lock || lock.released) {
    lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
  }
}

document.addEventListener("visibilitychange", () => awake(wanted));
