// One tab at a time. Without locks (Safari before 15.4) every tab is alone.

// Runs `act` when the name is ours; its result. `ifFree`: at once or not at all, then null.
export function alone(name, act, { ifFree = false } = {}) {
  if (!navigator.locks) return Promise.resolve(act());
  return navigator.locks.request(name, { ifAvailable: ifFree }, (lock) => (lock ? act() : null));
}

// The names that some tab holds.
export async function held() {
  const all = await navigator.locks?.query?.();
  return new Set(all?.held?.map((lock) => lock.name));
}
