// How a tip stands, in words.
import { onWifi } from "./network.js";
import { supported } from "./opfs.js";
import { megabytes, minutes, moment, sentence } from "./sizes.js";

export const HEADLINES = {
  sending: "Sending",
  waiting: "Waiting for signal",
  queued: "Waiting its turn",
  paused: "Paused",
  kept: "Kept until Wi-Fi",
  failed: "Not sent",
  done: "On the server",
  recording: "Being recorded in another tab",
  draft: "Not sent yet",
};

// Its sound is on the server, its picture here.
export const apart = (tip) => tip.sound?.now.state === "done" && tip.state !== "done";

// How it looks: what waits for the signal, or is sent at once, waits for no other. `turn`: whether others are before it.
const looks = (tip, turn) => (tip.state !== "queued" ? tip.state : !navigator.onLine ? "waiting" : turn ? "queued" : "sending");

export function headlineOf(tip, turn = false) {
  if (tip.state === "kept" && apart(tip)) return "The sound is sent";
  return (tip.outcome?.trouble && tip.outcome.headline) || HEADLINES[looks(tip, turn)];
}

export function standing(tip, turn = false) {
  const { sent, left_s, words } = tip.going;
  const said = {
    queued: () => "It is sent when those before it are.",
    sending: () => sending(tip, left_s),
    waiting: () => waiting(tip, sent, words),
    paused: () => `Nothing is lost: what is on the server stays there${stays(tip)}, the rest stays ${place(tip)}.`,
    kept: () => kept(tip),
    failed: () => words,
    done: () => tip.outcome?.words ?? "All of it is on the server. We are looking at it now.",
    recording: () => "What is said there is kept as it comes.",
    draft: () => "",
  }[looks(tip, turn)]();
  const bound = !tip.kept && tip.settled && ["sending", "waiting", "queued", "paused", "kept"].includes(tip.state);
  return bound ? `${said} ${uncopied(tip)}` : said;
}

// Why a file lies nowhere but where it was picked, or filmed.
export function uncopied(tip) {
  const why = !isSecureContext ? "This address is not secure (http), so no copy is kept here" : supported() ? "There was no room for a copy here" : "This browser keeps no copy here, in a private window perhaps";
  return `${why}: ${tip.only ? "keep this page open until it is sent" : `if this page closes, pick the same file again${tip.sent && tip.until ? ` before ${moment(tip.until)}` : ""}`}.`;
}

const stays = (tip) => (tip.sent && tip.until ? ` until ${moment(tip.until)}` : "");

// How long the server has what is nowhere else.
export const keeps = (tip) => (tip.until ? ` The server keeps what it has until ${moment(tip.until)}.` : "");

// Where what is not on the server is.
const place = (tip) => (tip.loose && tip.about.kind === "tape" ? "in this page alone" : "on this phone");

// The page as a whole.
export function headline(tips) {
  const state = (name) => tips.filter((tip) => tip.state === name).length;
  const done = state("done");
  if (tips.length === 1) {
    const [tip] = tips;
    return tip.state === "done" ? (tip.outcome?.headline ?? "It is on the server") : headlineOf(tip);
  }
  const troubled = tips.filter((tip) => tip.outcome?.trouble).length;
  if (done === tips.length && troubled) return `${troubled === 1 ? "One" : troubled} of ${done} ${troubled === 1 ? "needs" : "need"} a look`;
  if (done === tips.length) return done === 2 ? "Both are on the server" : `All ${done} are on the server`;
  if (state("sending")) return `Sending ${Math.min(done + 1, tips.length)} of ${tips.length}`;
  return HEADLINES[["waiting", "queued", "failed", "paused", "kept", "recording"].find(state)] ?? "On their way";
}

// A recording that an earlier visit has left.
export function leftOver(tip) {
  if (tip.adrift || tip.made) return mostlyThere(tip);
  const whole = clocked(tip.source.ms);
  const what = tip.about.ended ? `You recorded ${whole} and did not send it.` : `Your recording was interrupted. ${sentence(whole)} of it ${whole.startsWith("1 ") ? "is" : "are"} kept.`;
  if (!tip.now.sent && tip.heard) return `${what} Its sound is on the server, the picture here. Send it?`;
  if (!tip.now.sent) return `${what} Send it?`;
  if (tip.now.sent >= tip.source.size) return `${what} All of it is on the server already. Send it?`;
  return `${what} ${sentence(clocked(tip.arrived_ms))} of it ${tip.arrived_ms < 1500 ? "is" : "are"} on the server; send the rest?`;
}

// One that is not all on this phone: what came to the server, or lies here, whichever is more.
function mostlyThere(tip) {
  const { arrived_ms, made } = tip;
  const why = "Your recording could not all be kept on this phone.";
  const of = `Of ${clocked(made.ms)}${tip.about.alone ? " of its sound" : ""}`;
  if (!tip.now.sent && !tip.source.size) return `${why} How much of it arrived on the server is known when there is signal.${keeps(tip)}`;
  if (arrived_ms > tip.source.ms) return `${why} ${of} the first ${clocked(arrived_ms)} arrived on the server. Send them?${keeps(tip)}`;
  return `${why} ${of} the first ${clocked(tip.source.ms)} are here. Send them?`;
}

// Why a recording ended, when nobody pressed stop.
export const ENDED = {
  hidden: "Recording stopped when this page went out of sight. What was said until then is here.",
  taken: "The camera or microphone was taken away, by a call perhaps. What was said until then is here.",
  broken: "The browser stopped recording by itself. What was said until then is here.",
  full: "This phone is full, so recording stopped. What was said until then is here.",
  long: "This is as long as a tip can be here, so recording stopped. All of it is here.",
};

export function clocked(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return `${seconds} second${seconds === 1 ? "" : "s"}`;
  const halves = Math.round(seconds / 30) / 2;
  return `${halves} minutes`;
}

function waiting(tip, sent, words) {
  if (!navigator.onLine) return `No signal. ${sent ? `${megabytes(sent)} are safe on the server` : `All of it is ${place(tip)}`}. It goes on by itself when the signal is back and this page is open.`;
  return words || "The server cannot be reached at the moment. It is tried again every few seconds; nothing is lost.";
}

function sending(tip, left_s) {
  if (tip.elsewhere) return "It is being sent from another tab of this browser.";
  const what = tip.sound?.waits ? "The sound goes first. " : apart(tip) ? "The sound is there, the picture follows. " : "";
  return `${what}${left_s === null ? "" : `${sentence(minutes(left_s))} left. `}Keep this page open.`;
}

function kept(tip) {
  const known = onWifi() !== null;
  const what = apart(tip) ? `Its words can begin. The picture waits on this phone, ${megabytes(tip.source.size)}.` : `It stays ${place(tip)}.`;
  return `${what} ${known ? "It goes by itself once there is Wi-Fi and this page is open." : "This browser does not tell when there is Wi-Fi: press Send now when you have it."}`;
}
