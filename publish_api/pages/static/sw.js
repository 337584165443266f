// Two things: where there is no signal, our own words instead of the browser's; and what the phone's gallery
// shares with us, put aside for the record page. Keeps no page of anybody's.
const KEPT = "offline-1";
const SHARED = "passiton-shared"; // taken from there by js/shared.js

self.addEventListener("install", (event) => event.waitUntil(keep()));

self.addEventListener("activate", (event) =>
  event.waitUntil(Promise.all([self.registration.navigationPreload?.enable(), self.clients.claim()])),
);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && pathname === "/share") event.respondWith(aside(request));
  else if (request.mode === "navigate" && request.method === "GET") event.respondWith(page(event));
  else if (pathname.startsWith("/static/")) event.respondWith(file(request));
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

// All that was shared, or nothing: with half of it nobody would know which half.
async function aside(request) {
  const put = [];
  const cache = await caches.open(SHARED).catch(() => null);
  try {
    const files = (await request.formData()).getAll("files").filter((each) => each instanceof File && each.size);
    for (const each of files) {
      const place = `/shared/${crypto.randomUUID()}`;
      put.push(place);
      await cache.put(place, new Response(each, { headers: about(each) }));
    }
  } catch {
    await Promise.all(put.map((place) => cache?.delete(place)));
    put.length = 0; // the phone is full, or what came is no form
  }
  return Response.redirect(`/record?shared=${put.length ? 1 : "failed"}`, 303);
}

const about = (file) => ({
  "Content-Type": file.type || "application/octet-stream",
  "X-Name": encodeURIComponent(file.name),
  "X-Shared": String(Date.now()),
});
