// What becomes of a clip while it is open: told by the server as it happens, while somebody looks (hub.js).
import { piece } from "./api.js";
import * as captions from "./captions.js";
import { hear } from "./hub.js";
import * as made from "./parts.js";

const ROUNDED_MS = 100; // between what a clip is said to last and what plays of it: whole frames
const DRAWN = "[data-live]"; // what the page says of the clip: drawn by the server, and again when it has changed

// A <pass-player>'s clip, until `signal` is aborted. It goes on at the same moment of its recording, or the nearest left.
export function follow(player, signal) {
  let plays = null; // what was said last
  let heard = null;

  const changed = ({ version, parts, words }) => {
    const corrected = heard !== null && heard !== words;
    heard = words;
    const newer = version !== Number(player.getAttribute("version"));
    const said = JSON.stringify(parts);
    const same = plays ? said === plays : !newer && Math.abs(made.length(parts) - player.length) < ROUNDED_MS;
    plays = said;
    player.toggleAttribute("listens", true);
    if (!same) {
      const moment = made.inRecording(player.parts, Math.min(player.ms, made.length(player.parts) - 1));
      const left = parts.length ? parts : player.parts; // nothing: it is being made, and the player says so
      player.recut(left, made.nearest(left, moment));
    } else if (parts.length) player.parts = parts;
    if (same && corrected) captions.renew(player.video);
    player.setAttribute("version", version);
    if (newer || !same) player.dispatchEvent(new CustomEvent("pass-changed", { bubbles: true }));
    if (newer || corrected) redraw(player).catch(() => {}); // no signal: it says so by itself
  };
  const ended = (words) => {
    player.end(words);
    player.dispatchEvent(new CustomEvent("pass-gone", { bubbles: true }));
  };
  const tell = { clip: (said) => changed(read(said)), end: ({ message }) => ended(message) };
  hear(player.getAttribute("clip"), (what, said) => signal.aborted || tell[what]?.(said), signal);
}

const read = ({ version, plays, words }) => ({
  version,
  words,
  parts: plays.map(({ recording, start_ms, end_ms }) => ({ recording, start: start_ms, end: end_ms })),
});

// Fetches the page again and takes from it what it says of the clip. Nothing else of it moves.
async function redraw(player) {
  const drawn = await piece(location.pathname);
  captions.take(player.video, drawn.querySelectorAll("pass-player track"));
  for (const old of document.querySelectorAll(DRAWN)) {
    const now = drawn.querySelector(`[data-live="${old.dataset.live}"]`);
    if (!now) old.replaceChildren();
    else if (now.isEqualNode(old)) continue;
    else if (old.localName.includes("-")) old.replaceWith(now); // an element of ours begins anew
    else old.replaceChildren(...now.childNodes);
  }
  if (document.querySelector("pass-amends")) await import("./pass-amends.js");
}
