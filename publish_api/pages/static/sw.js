// Three things. Where there is no signal: the record page as it was when there was one, and for every other page our
// own words instead of the browser's. What the phone's gallery shares with us: put aside for the record page.
// Of pages, the record page alone is kept, and only that of who is signed in. RELEASE is said by the server.
const FILES = "passiton-files"; // what kept pages are drawn and moved with, and the page of words
const RECORD = "passiton-record"; // the record page, and with it those for a brief; js/site.js deletes it, too
const SHARED = "passiton-shared"; // taken from there by js/shared.js
const WORDS = "/offline";
const MOST_BRIEFS = 5; // record pages for a brief, beside the plain one
const RECORD_MS = 3000; // a network that hangs has so long to answer, where there is something as good
const WORDS_MS = 12_000; // and so long where there are words alone: one bar of signal may take its time
const FILE_MS = 600_000; // a file to be taken home may have to be put together first
const KEEPING_MS = 60_000; // for a page and its files to come
const OVER = [401, 403, 404, 410]; // that page is not for this person, or not any more

let forms = 0; // sent from here: what was asked for before one may be somebody else's by the time it comes
let turn = Promise.resolve();

self.addEventListener("install", (event) => event.waitUntil(inTurn(renew).then(() => self.skipWaiting())));

self.addEventListener("activate", (event) =>
  event.waitUntil(Promise.all([self.registration.navigationPreload?.enable(), self.clients.claim(), inTurn(sweep)])),
);

// js/site.js says on every page whose it is, and where they record.
self.addEventListener("message", (event) => event.waitUntil(here(event.data).catch(() => {})));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && request.mode === "navigate") forms += 1;
  if (request.method === "POST" && url.pathname === "/share") event.respondWith(aside(request));
  else if (request.method === "POST" && url.pathname === "/sign-out") event.waitUntil(caches.delete(RECORD));
  else if (request.mode === "navigate" && request.method === "GET") event.respondWith(page(event, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

// What the network answers; where it does not, or a server behind it is being restarted, what is kept.
async function page(event, url) {
  const asked = forms;
  const coming = fromNetwork(event);
  event.waitUntil(coming.then((answer) => learn(url, answer, asked)).catch(() => {})); // also from one that comes too late
  const kept = await recordPage(url);
  const patience = kept ? RECORD_MS : url.pathname.startsWith("/api/") ? FILE_MS : WORDS_MS;
  const answer = await Promise.race([coming.catch(() => null), after(patience)]);
  if (answer && !(kept && answer.status >= 500)) return answer;
  if (kept) return marked(kept);
  const words = await caches.match(WORDS, { cacheName: FILES });
  if (!words) return answer ?? coming;
  return (await anyRecordPage()) ? marked(words) : words;
}

async function fromNetwork(event) {
  return (await event.preloadResponse) ?? (await fetch(event.request));
}

// What an answer says about what is kept: whose device this is now, and the record page itself.
async function learn(url, answer, asked) {
  if (asked !== forms) return;
  const person = answer.headers.get("Person-Id");
  const isRecord = url.pathname === "/record";
  const page = isRecord && answer.ok ? answer.clone() : null; // at once: the browser is about to read it
  if (person) await onlyOf(person);
  if (page) await inTurn(() => keep(place(url), { answer: page, asked }));
  else if (isRecord && answer.type === "opaqueredirect") await caches.delete(RECORD); // to sign in: nobody's any more
  else if (isRecord && OVER.includes(answer.status)) await (await caches.open(RECORD)).delete(place(url));
}

// A page says who is signed in, and where they record: that is kept, unless it is there from this release.
async function here({ person, record }) {
  const asked = forms;
  if (person) await onlyOf(person);
  if (!person || !record) return;
  const path = place(new URL(record, location.origin));
  const kept = await caches.match(path, { cacheName: RECORD });
  if (!kept || !(await kept.text()).includes(`/static/${RELEASE}/`)) await inTurn(() => keep(path, { asked }));
}

// Of this release: the words in any case, and what is kept already, as far as it can be had now. (Not when it is
// activated: pages would wait for that.)
async function renew() {
  await keep(WORDS);
  for (const path of await paths(await caches.open(RECORD))) await keep(path, { again: true }).catch(() => {});
}

// The files first: a page that is there is whole. Raises when one of them does not come in time. `again`: unless
// it was forgotten meanwhile.
async function keep(path, { answer, asked = forms, again = false } = {}) {
  const signal = AbortSignal.timeout(KEEPING_MS);
  answer ??= await fetch(path, { cache: "reload", redirect: "manual", signal });
  if (!answer.ok) throw new Error(path);
  const files = await caches.open(FILES);
  const there = await paths(files);
  const lacking = named(await answer.clone().text()).filter((each) => !there.includes(each));
  await Promise.all(lacking.map(async (each) => files.put(each, whole(await fetch(each, { signal })))));
  if (path === WORDS) return files.put(path, answer);
  if (asked !== forms || (again && !(await caches.match(path, { cacheName: RECORD })))) return;
  const pages = await caches.open(RECORD);
  await pages.put(path, answer);
  const briefs = (await paths(pages)).filter((each) => each.includes("?"));
  for (const each of briefs.slice(0, -MOST_BRIEFS)) await pages.delete(each);
}

function whole(answer) {
  if (!answer.ok) throw new Error(answer.url);
  return answer;
}

// What the server wrote into a page that it is drawn and moved with.
const named = (text) => [...new Set([...text.matchAll(/"(\/static\/[^"#]+)/g)].map((found) => found[1]))];

async function onlyOf(person) {
  const pages = await caches.open(RECORD);
  for (const each of await pages.keys())
    if ((await pages.match(each))?.headers.get("Person-Id") !== person) await pages.delete(each);
}

// After a release: what no kept page names any more.
async function sweep() {
  const files = await caches.open(FILES);
  const pages = await caches.open(RECORD);
  const kept = [await files.match(WORDS), ...(await pages.matchAll())].filter(Boolean);
  const wanted = new Set([WORDS, ...(await Promise.all(kept.map(async (each) => named(await each.text())))).flat()]);
  for (const each of await paths(files)) if (!wanted.has(each)) await files.delete(each);
  for (const name of await caches.keys()) if (![FILES, RECORD, SHARED].includes(name)) await caches.delete(name);
}

// The one that was asked for; where none was named, the plain one, or the brief that was answered last.
async function recordPage(url) {
  if (url.pathname !== "/record") return null;
  const there = await caches.match(place(url), { cacheName: RECORD });
  return there ?? (url.searchParams.get("brief") ? null : await anyRecordPage());
}

async function anyRecordPage() {
  if (!(await caches.has(RECORD))) return null;
  return (await (await caches.open(RECORD)).matchAll()).at(-1) ?? null;
}

// It says of itself that it was kept; frame.css shows what that means.
async function marked(answer) {
  return new Response((await answer.text()).replace("<body ", "<body data-kept "), { headers: answer.headers });
}

async function file(request) {
  return (await caches.match(request, { cacheName: FILES })) ?? fetch(request);
}

// What is named besides a brief (that something was shared, say) changes nothing of the page.
function place(url) {
  const brief = url.searchParams.get("brief");
  return brief ? `/record?brief=${encodeURIComponent(brief)}` : "/record";
}

const paths = async (cache) => (await cache.keys()).map(({ url }) => new URL(url)).map(({ pathname, search }) => pathname + search);

const after = (ms) => new Promise((over) => setTimeout(over, ms, null));

function inTurn(act) {
  return (turn = turn.catch(() => {}).then(act));
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
