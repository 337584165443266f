// On every page: exact times in the reader's own zone, words when the signal is gone, pages kept for then.
import "./pass-toast.js";

export function local(root = document) {
  for (const time of root.querySelectorAll("time[datetime]"))
    time.title = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { dateStyle: "full", timeStyle: "short" });
}

function signal() {
  document.querySelector(".offline-words")?.remove();
  if (navigator.onLine) return;
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

local();
signal();
menu();
addEventListener("online", signal);
addEventListener("offline", signal);
navigator.serviceWorker?.register("/sw.js").catch(() => {}); // a private window may refuse: then without
