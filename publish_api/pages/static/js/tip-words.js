// How a tip stands, in words.
import { onWifi } from "./network.js";
import { supported } from "./opfs.js";
import { megabytes, minutes, moment, part, sentence, sentences } from "./sizes.js";
import { _, ngettext } from "./words.js";

export const HEADLINES = {
  sending: _("Sending"),
  waiting: _("Waiting for signal"),
  queued: _("Waiting its turn"),
  paused: _("Paused"),
  kept: _("Kept until Wi-Fi"),
  failed: _("Not sent"),
  done: _("On the server"),
  recording: _("Being recorded in another tab"),
  draft: _("Not sent yet"),
};

// Its sound is on the server, its picture here.
export const apart = (tip) => tip.sound?.now.state === "done" && tip.state !== "done" && !tip.orphan;

// How much of them is on the server, "3.1 of 9.0 MB": by what was heard last, where there is no signal to ask by.
export function figures(tips) {
  const all = (of) => tips.reduce((sum, tip) => sum + of(tip), 0);
  const said = part(all((tip) => tip.sent), all((tip) => tip.size));
  return tips.some((tip) => tip.noted) ? _("at least %(size)s", { size: said }) : said;
}

// Whether others are sent before the tip of this number.
export const waitsTurn = (tips, number) => tips.slice(0, number).some((each) => ["sending", "waiting", "queued"].includes(each.state));

// How it looks: what waits for the signal, or is sent at once, waits for no other. `turn`: whether others are before it.
const looks = (tip, turn) => (tip.state !== "queued" ? tip.state : !navigator.onLine ? "waiting" : turn ? "queued" : "sending");

export function headlineOf(tip, turn = false) {
  if (tip.state === "kept" && apart(tip)) return _("The sound is sent");
  if (tip.orphan) return _("The sound was deleted");
  return (tip.outcome?.trouble && tip.outcome.headline) || HEADLINES[looks(tip, turn)];
}

export function standing(tip, turn = false) {
  const { sent, left_s, words } = tip.going;
  const said = {
    queued: () => _("It is sent when those before it are."),
    sending: () => sending(tip, left_s),
    waiting: () => waiting(tip, sent, words),
    paused: () => sentences(_("Nothing is lost."), stays(tip), remains(tip)),
    kept: () => kept(tip),
    failed: () => (tip.orphan ? ORPHAN : words),
    done: () => tip.outcome?.words ?? _("All of it is on the server. We are looking at it now."),
    recording: () => _("What is said there is kept as it comes."),
    draft: () => "",
  }[looks(tip, turn)]();
  const bound = !tip.kept && tip.settled && ["sending", "waiting", "queued", "paused", "kept"].includes(tip.state);
  return bound ? `${said} ${uncopied(tip)}` : said;
}

// Why a file lies nowhere but where it was picked, or filmed.
export function uncopied(tip) {
  const why = !isSecureContext ? _("This address is not secure (http), so no copy is kept here.") : supported() ? _("There was no room for a copy here.") : _("This browser keeps no copy here, in a private window perhaps.");
  if (tip.only) return sentences(why, _("Keep this page open until it is sent."));
  const then = tip.sent && tip.until ? _("If this page closes, pick the same file again before %(moment)s.", { moment: moment(tip.until) }) : _("If this page closes, pick the same file again.");
  return sentences(why, then);
}

const ORPHAN = _("The sound of this was deleted on the server. The film is on this phone alone: send it on its own, or throw it away.");

const stays = (tip) => (tip.sent && tip.until ? _("What is on the server stays there until %(moment)s.", { moment: moment(tip.until) }) : _("What is on the server stays there."));

// How long the server has what is nowhere else.
export const keeps = (tip) => (tip.until ? _("The server keeps what it has until %(moment)s.", { moment: moment(tip.until) }) : "");

// Where what is not on the server is.
const inPage = (tip) => tip.loose && tip.about.kind === "tape";
const remains = (tip) => (inPage(tip) ? _("The rest stays in this page alone.") : _("The rest stays on this phone."));

// The page as a whole.
export function headline(tips) {
  const state = (name) => tips.filter((tip) => tip.state === name).length;
  const done = state("done");
  if (tips.length === 1) {
    const [tip] = tips;
    return tip.state === "done" ? (tip.outcome?.headline ?? _("It is on the server")) : headlineOf(tip);
  }
  const troubled = tips.filter((tip) => tip.outcome?.trouble).length;
  if (done === tips.length && troubled) return ngettext("One of %(all)s needs a look", "%(num)s of %(all)s need a look", troubled, { all: done });
  if (done === tips.length) return done === 2 ? _("Both are on the server") : _("All %(number)s are on the server", { number: done });
  if (state("sending")) return _("Sending %(number)s of %(all)s", { number: Math.min(done + 1, tips.length), all: tips.length });
  return HEADLINES[["waiting", "queued", "failed", "paused", "kept", "recording"].find(state)] ?? _("On their way");
}

// A recording that an earlier visit has left.
export function leftOver(tip) {
  if (tip.adrift || tip.made) return mostlyThere(tip);
  const whole = clocked(tip.source.ms);
  const interrupted = () => ngettext("Your recording was interrupted. %(length)s of it is kept.", "Your recording was interrupted. %(length)s of it are kept.", tip.source.ms < 1500 ? 1 : 2, { length: sentence(whole) });
  const what = tip.about.ended ? _("You recorded %(length)s and did not send it.", { length: whole }) : interrupted();
  if (!tip.now.sent && tip.heard) return `${what} ${_("Its sound is on the server, the picture here. Send it?")}`;
  if (!tip.now.sent) return `${what} ${_("Send it?")}`;
  if (tip.now.sent >= tip.source.size) return `${what} ${_("All of it is on the server already. Send it?")}`;
  const there = clocked(tip.arrived_ms);
  const length = tip.noted ? _("At least %(length)s", { length: there }) : sentence(there);
  return `${what} ${ngettext("%(length)s of it is on the server; send the rest?", "%(length)s of it are on the server; send the rest?", tip.arrived_ms < 1500 ? 1 : 2, { length })}`;
}

// One that is not all on this phone: what came to the server, or lies here, whichever is more. How long it was is
// known by a note that may have come to the disk too late.
function mostlyThere(tip) {
  const { arrived_ms, made, source, now } = tip;
  const why = _("Your recording could not all be kept on this phone.");
  const all = clocked(made.ms);
  const of = tip.about.alone ? _("%(length)s of its sound", { length: all }) : all;
  if (!tip.now.sent && !tip.source.size) return sentences(why, _("How much of it arrived on the server is known when there is signal."), keeps(tip));
  if (Math.max(now.sent, source.size) > made.size || made.ms < 500) {
    if (now.sent > source.size) return sentences(why, _("%(size)s of it arrived on the server. Send them?", { size: megabytes(now.sent) }), keeps(tip));
    return sentences(why, _("The first %(length)s are here. Send them?", { length: clocked(source.ms) }));
  }
  if (arrived_ms > tip.source.ms) return sentences(why, _("Of %(all)s the first %(length)s arrived on the server. Send them?", { all: of, length: clocked(arrived_ms) }), keeps(tip));
  return sentences(why, _("Of %(all)s the first %(length)s are here. Send them?", { all: of, length: clocked(tip.source.ms) }));
}

// Why a recording ended, when nobody pressed stop.
export const ENDED = {
  hidden: _("Recording stopped when this page went out of sight. What was said until then is here."),
  taken: _("The camera or microphone was taken away, by a call perhaps. What was said until then is here."),
  broken: _("The browser stopped recording by itself. What was said until then is here."),
  full: _("This phone is full, so recording stopped. What was said until then is here."),
  long: _("This is as long as a tip can be here, so recording stopped. All of it is here."),
};

export function clocked(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return ngettext("%(num)s second", "%(num)s seconds", seconds);
  const halves = Math.round(seconds / 30) / 2;
  return Number.isInteger(halves) ? ngettext("%(num)s minute", "%(num)s minutes", halves) : _("%(number)s minutes", { number: halves });
}

function waiting(tip, sent, words) {
  const size = megabytes(sent);
  const safe = () => (tip.noted ? _("At least %(size)s are safe on the server.", { size }) : _("%(size)s are safe on the server.", { size }));
  const here = () => (inPage(tip) ? _("All of it is in this page alone.") : _("All of it is on this phone."));
  if (!navigator.onLine) return sentences(_("No signal."), sent ? safe() : here(), _("It goes on by itself when the signal is back and this page is open."));
  return words || _("The server cannot be reached at the moment. It is tried again every few seconds; nothing is lost.");
}

function sending(tip, left_s) {
  if (tip.elsewhere) return _("It is being sent from another tab of this browser.");
  const what = tip.sound?.waits ? _("The sound goes first.") : apart(tip) ? _("The sound is there, the picture follows.") : "";
  return sentences(what, left_s === null ? "" : _("%(about)s left.", { about: sentence(minutes(left_s)) }), _("Keep this page open."));
}

function kept(tip) {
  const known = onWifi() !== null;
  const stays = inPage(tip) ? _("It stays in this page alone.") : _("It stays on this phone.");
  const what = apart(tip) ? _("Its words can begin. The picture waits on this phone, %(size)s.", { size: megabytes(tip.source.size) }) : stays;
  return sentences(what, known ? _("It goes by itself once there is Wi-Fi and this page is open.") : _("This browser does not tell when there is Wi-Fi: press Send now when you have it."));
}
