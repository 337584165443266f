// One thing: where there is no signal, our own words instead of the browser's. Keeps no page of anybody's.
const KEPT = "offline-1";

self.addEventListener("install", (event) => event.waitUntil(keep()));

self.addEventListener("activate", (event) =>
  event.waitUntil(Promise.all([self.registration.navigationPreload?.enable(), self.clients.claim()])),
);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") event.respondWith(page(event));
  else if (new URL(request.url).pathname.startsWith("/static/")) event.respondWith(file(request));
});

// The page of words, and whatever it is drawn with.
async function keep() {
  const cache = await caches.open(KEPT);
  const answer = await fetch("/offline", { cache: "reload" });
  const drawn = [...(await answer.clone().text()).matchAll(/"(\/static\/[^"#]+)/g)].map((found) => found[1]);
  await cache.put("/offline", answer);
  await cache.addAll([...new Set(drawn)].filter((path) => !path.includes("/js/")));
  await self.skipWaiting();
}

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match("/offline")) ?? Response.error();
  }
}

async function file(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request)) ?? Response.error();
  }
}
