// What the phone's gallery shared with us: the service worker (sw.js) has put it aside, the record page takes it.
// Any site can post a file there from this browser, so what is taken is offered, never sent without being asked.
const SHARED = "passiton-shared";
const DAYS = 7; // as long as a copy of ours is kept; the gallery has its own

// The shared files, the oldest first. Each is deleted once `keep(file)` has ended well: what could not be kept
// is there again the next time.
export async function takeShared(keep = async () => {}) {
  if (!("caches" in globalThis) || !(await caches.has(SHARED))) return [];
  const take = () => taken(keep);
  return navigator.locks ? navigator.locks.request(SHARED, take) : take(); // two tabs do not take the same
}

async function taken(keep) {
  const cache = await caches.open(SHARED);
  const files = [];
  for (const request of await cache.keys()) {
    const answer = await cache.match(request);
    if (!answer) continue;
    const at = Number(answer.headers.get("X-Shared")) || Date.now();
    if (Date.now() - at > DAYS * 24 * 3600 * 1000) {
      await cache.delete(request);
      continue;
    }
    const file = new File([await answer.blob()], name(answer), { type: type(answer), lastModified: at });
    files.push(file);
    await keep(file).then(() => cache.delete(request)).catch(() => {});
  }
  return files;
}

const type = (answer) => answer.headers.get("Content-Type")?.replace(/^application\/octet-stream$/, "") ?? "";

function name(answer) {
  try {
    return decodeURIComponent(answer.headers.get("X-Name") ?? "") || "shared";
  } catch {
    return "shared";
  }
}
