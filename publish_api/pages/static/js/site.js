// On every page: exact times in the reader's own zone, words when the signal is gone, pages kept for then.
import "./pass-toast.js";

export function local(root = document) {
  for (const time of root.querySelectorAll("time[datetime]"))
    time.title = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { dateStyle: "full", timeStyle: "short" });
}

function signal() {
  document.querySelector(".offline-words")?.remove();
  if (navigator.onLine || document.querySelector("pass-upload")) return; // that one has its own words for it
  const words = document.createElement("p");
  words.className = "offline-words";
  words.setAttribute("role", "status");
  words.textContent = "No signal. What is on this page stays; what you send waits.";
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
  localStorage.setItem("person", person);
  if (document.body.matches(".nobody")) sessionStorage.clear();
  const leaving = document.querySelector('form[action="/sign-out"]');
  leaving?.addEventListener("submit", () => globalThis.caches?.delete("passiton-shared")); // what the gallery shared with them
  addEventListener("pageshow", (event) => event.persisted && localStorage.getItem("person") !== person && location.reload());
}

local();
signal();
menu();
farewell();
addEventListener("online", signal);
addEventListener("offline", signal);
navigator.serviceWorker?.register("/sw.js").catch(() => {}); // a private window may refuse: then without
