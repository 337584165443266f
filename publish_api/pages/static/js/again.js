// What was refused is asked for again: at once, and while it is refused again and again, after waits that double.
const WAITS_MS = [0, 1000, 2000, 4000, 8000];
const CALM_MS = 10_000; // since it was asked for last: then it begins with no wait again
const LONG_MS = 2000; // who waits so long is told

// `ask()` asks; `long()`: it takes a while now; `over()`: it is not there.
export function again({ ask, long, over }) {
  let tries = 0;
  let askedAt = -Infinity;
  let timer = null;
  const stop = () => {
    clearTimeout(timer);
    timer = null;
  };
  return {
    refused() {
      if (timer !== null) return;
      if (performance.now() - askedAt > CALM_MS) tries = 0;
      if (tries === WAITS_MS.length) return over();
      const wait = WAITS_MS[tries++];
      if (wait >= LONG_MS) long();
      timer = setTimeout(() => {
        timer = null;
        askedAt = performance.now();
        ask();
      }, wait);
    },
    // It has been asked for, since it is known to be another.
    asked() {
      stop();
      tries = 0;
      askedAt = performance.now();
    },
    stop,
  };
}
