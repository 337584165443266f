// What is known of the way to the server: how fast it was, whether it is Wi-Fi, whether bytes are dear.
import { _ } from "./words.js";

const KEPT = "passiton-speed";
const FRESH_MS = 24 * 3600 * 1000;
const WAITED = "passiton-kept-until-wifi";
const FILM = 258_000; // bytes a second that this page records
const GUESS = 125_000; // bytes a second: what a phone still gets where people say that the network is bad
const SLOW = ["slow-2g", "2g", "3g"];

// Remembers how fast bytes went, for the next estimate.
export function measured(bytesPerSecond) {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ speed: bytesPerSecond, at: Date.now() }));
  } catch {
    // Full, or forbidden: then without.
  }
}

// How long `bytes` will take, in words that say where that is from.
export function estimate(bytes, { minutes }) {
  const before = remembered();
  if (before) return _("%(minutes)s at the speed of your last upload", { minutes: minutes(bytes / before) });
  const told = navigator.connection?.downlink; // Mbit/s, and of the way down: the way up is rarely faster
  if (told) return _("%(minutes)s or longer, as far as this browser knows the network", { minutes: minutes((bytes * 8) / (told * 1e6)) });
  return _("%(minutes)s at 1 Mbit/s, a guess: this browser does not tell how fast the network is", { minutes: minutes(bytes / GUESS) });
}

function remembered() {
  try {
    const { speed, at } = JSON.parse(localStorage.getItem(KEPT));
    return Date.now() - at < FRESH_MS && speed > 0 ? speed : null;
  } catch {
    return null;
  }
}

// True, false, or null where the browser does not tell.
export function onWifi() {
  const type = navigator.connection?.type;
  return type && type !== "unknown" ? ["wifi", "ethernet"].includes(type) : null;
}

// A film would fall behind on its way, or was last kept for Wi-Fi: then its sound is worth sending first.
export function poor() {
  const before = remembered();
  const { effectiveType, downlink } = navigator.connection ?? {};
  const waits = localStorage.getItem(WAITED) !== null && !onWifi();
  return dear() || waits || (before ? before < FILM : SLOW.includes(effectiveType) || downlink * 1e6 < FILM * 8);
}

// What the person wanted for a film; it is what they will want for the next one.
export function waited(wifi) {
  if (wifi) localStorage.setItem(WAITED, "1");
  else localStorage.removeItem(WAITED);
}

// The person has told the phone to be sparing, or it says that it is on mobile data.
export const dear = () => Boolean(navigator.connection?.saveData) || navigator.connection?.type === "cellular";

export const onChange = (act) => navigator.connection?.addEventListener?.("change", act);
