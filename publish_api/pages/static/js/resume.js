// Where a person stopped in a clip, in recording time: when the clip is cut anew, the place is still what was seen
// last, or gone with it. It is kept on the server, for that person alone, so that another device goes on there; or,
// where they have switched that off, in this browser, told to nobody, until js/site.js removes it at sign-out.
import { inClip, inRecording, length } from "./parts.js";

const EVERY_MS = 15_000; // that it is told while it plays
const MOST = 50; // clips, in this browser
const MARGIN_MS = 5000; // as domain/watched.py has it
const NOWHERE = "no"; // on a device that a ward shares
const key = () => `passiton-places-${document.body.dataset.person}`;

// Milliseconds of a player's clip; null when it begins at the start. `kept`: as the server knows it.
export function place(player) {
  if (player.hasAttribute("kept")) return Number(player.getAttribute("kept")) || null;
  const kept = read().find((each) => each.clip === player.getAttribute("clip"));
  const ms = kept ? inClip(player.parts, kept) : null;
  return ms !== null && inTheMiddle(ms, player.length) ? ms : null;
}

// Keeps it while the player plays, when it stops, and when somebody leaves; until `signal` is aborted.
export function follow(player, signal) {
  if (player.getAttribute("kept") === NOWHERE) return;
  let told = 0;
  let last = null;
  const tell = () => {
    if (!player.hasAttribute("begun") || player.hasAttribute("gone") || player.ms === last) return;
    told = Date.now();
    last = player.ms;
    (player.hasAttribute("kept") ? say : keep)(player);
  };
  player.video.addEventListener("pause", tell);
  player.video.addEventListener("timeupdate", () => Date.now() - told >= EVERY_MS && tell());
  addEventListener("pagehide", tell, { signal });
  document.addEventListener("visibilitychange", () => document.hidden && tell(), { signal });
}

// It outlives the page. Without signal, what was said before stays.
function say(player) {
  const at = inRecording(player.parts, Math.min(player.ms, length(player.parts) - 1));
  if (!at) return;
  fetch(`/api/v1/me/history/${player.getAttribute("clip")}`, {
    method: "PUT",
    keepalive: true,
    headers: { "Content-Type": "application/json", "Person-Id": document.body.dataset.person },
    body: JSON.stringify({ recording: at.recording, at_ms: at.ms, version: Number(player.getAttribute("version")) }),
  }).catch(() => {});
}

function keep(player) {
  if (localStorage.getItem("person") !== document.body.dataset.person) return; // signed out in another tab
  const clip = player.getAttribute("clip");
  const at = inTheMiddle(player.ms, player.length) ? inRecording(player.parts, player.ms) : null;
  const others = read().filter((each) => each.clip !== clip);
  try {
    localStorage.setItem(key(), JSON.stringify([...(at ? [{ clip, ...at }] : []), ...others].slice(0, MOST)));
  } catch {
    // Full, or forbidden: then it begins at the start.
  }
}

const inTheMiddle = (ms, whole) => ms > MARGIN_MS && ms < whole - MARGIN_MS;

function read() {
  try {
    return JSON.parse(localStorage.getItem(key())) ?? [];
  } catch {
    return [];
  }
}
