// On every page: exact times in the reader's own zone, words when the signal is gone, the record page kept for then.
import "./pass-search.js";
import "./pass-toast.js";
import { _, moment, ngettext } from "./words.js";

export function local(root = document) {
  for (const time of root.querySelectorAll("time[datetime]"))
    time.title = moment(time.dateTime, { dateStyle: "full", timeStyle: "short" });
}

function signal() {
  document.querySelector(".offline-words")?.remove();
  if (navigator.onLine || document.querySelector("pass-upload")) return; // that one has its own words for it
  const words = document.createElement("p");
  words.className = "offline-words";
  words.setAttribute("role", "status");
  words.textContent = _("No signal. What is on this page stays. Send again when there is signal.");
  document.body.prepend(words);
}

// A menu that closes by itself when one clicks elsewhere or presses Escape.
function menu() {
  const me = document.querySelector("details.me");
  if (!me) return;
  document.addEventListener("click", (event) => me.contains(event.target) || (me.open = false));
  me.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    me.open = false;
    me.querySelector("summary").focus();
  });
}

// On a shared device the next person does not get back to the pages, or the half-typed words, of the last.
function farewell() {
  const person = document.body.dataset.person ?? "";
  const others = () => (localStorage.getItem("person") ?? person) !== person;
  // Back to a page that the browser has kept: its own copy of it is asked for anew, too.
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward" && others()) location.reload();
  addEventListener("pageshow", (event) => event.persisted && others() && location.reload());
  localStorage.setItem("person", person);
  if (document.body.matches(".nobody")) forget();
  for (const leaving of document.querySelectorAll('form[action="/sign-out"]'))
    leaving.addEventListener("submit", async (event) => {
      event.preventDefault();
      const tips = await import("./shelf.js").then(({ count }) => count(person)).catch(() => 0);
      if (tips && !confirm(stays(tips))) return;
      for (const theirs of ["passiton-shared", "passiton-record"]) globalThis.caches?.delete(theirs); // see sw.js
      empty();
      leaving.submit();
    });
  document.querySelector('form[action="/lock"]')?.addEventListener("submit", empty);
}

// What is half typed on this page: a browser brings it back with the page, whoever goes back to it.
function empty() {
  sessionStorage.clear();
  for (const field of document.querySelectorAll("textarea, input:not([type=hidden], [type=radio], [type=checkbox])")) field.value = "";
}

const stays = (tips) =>
  ngettext(
    "A tip is on this phone and not sent yet. If you sign out now, it stays on this phone. You can send it once you have signed in here again; if you came by a brief’s link, whoever opens a link to that brief here can send it, too. Sign out?",
    "%(num)s tips are on this phone and not sent yet. If you sign out now, they stay on this phone. You can send them once you have signed in here again; if you came by a brief’s link, whoever opens a link to that brief here can send them, too. Sign out?",
    tips,
  );

// Half-typed words, and where somebody stopped in which clip (see resume.js).
function forget() {
  sessionStorage.clear();
  for (const key of Object.keys(localStorage)) if (key.startsWith("passiton-places-")) localStorage.removeItem(key);
}

// The service worker keeps the record page of whoever is signed in, so that it opens without signal.
async function serve() {
  await navigator.serviceWorker.register("/sw.js");
  const { active } = await navigator.serviceWorker.ready;
  const record = document.querySelector("pass-upload") ? location.href : document.querySelector('a[href="/record"]')?.href;
  active.postMessage({ person: document.body.dataset.person, record });
}

// When the first view is there: it holds a connection to the server.
function bell() {
  if (!document.querySelector("pass-bell")) return;
  const soon = () => setTimeout(() => import("./pass-bell.js").catch(() => {}), 1000);
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon, { once: true });
}

local();
signal();
menu();
farewell();
bell();
addEventListener("online", signal);
addEventListener("offline", signal);
if (navigator.serviceWorker) serve().catch(() => {}); // a private window may refuse: then without
