// A tip on its way: what it is, what the person wants, and how it stands.
import { SOUND_DELETED } from "./sending.js";
import { plain } from "./sizes.js";
import { Tape } from "./tape.js";

// `noted`: there are at least so many bytes, by what was heard on an earlier visit.
const QUEUED = { state: "queued", sent: 0, given: 0, noted: false, left_s: null, words: "", code: null, recording: null, until: null, failures: 0 };

export class Tip {
  url = null; // of its upload
  sending = null; // while this tab sends it
  sound = null; // of a film whose sound goes first: a Sound
  live = null; // {release}: it is being recorded in this tab, or was, and this tab still holds it
  elsewhere = false; // another tab has it
  kept = false; // it lies on the shelf
  settled = false; // whether it could be kept has been found out
  found = false; // an earlier visit left it
  adrift = false; // nothing of it is here: the server has some (see adrift.js)
  made = null; // {size, ms, until} of all that was recorded, where the shelf has not all of it
  copying = Promise.resolve();
  aside = 0; // not before (ms since 1970)
  outcome = null; // what was made of it: {headline, words, another}
  now = QUEUED;

  // about: {id, kind: "file" | "tape", filmed, name, type, size, lastModified, at, by, metadata, ready, held, ended}, and of a
  // film whose sound goes first `tip`, what the server knows both by, and `sound`: {name, type}. `by`: the name of
  // whoever it is of
  constructor(about, source) {
    this.about = about;
    this.source = source;
  }

  get id() {
    return this.about.id;
  }

  get name() {
    return plain(this.about.metadata.title || this.about.name);
  }

  get size() {
    return Math.max(this.source.size, this.now.sent) + (this.sound?.source.size ?? 0);
  }

  get sent() {
    return this.now.sent + (this.sound?.now.sent ?? 0);
  }

  // These, and what is on its way.
  get given() {
    const given = ({ now }) => Math.max(now.given ?? 0, now.sent);
    return given(this) + (this.sound ? given(this.sound) : 0);
  }

  // What is said of the way to the server is said of its sound while that goes.
  get going() {
    const refused = this.sound?.now.state === "failed" && !this.about.ready; // its film has not begun
    return this.sound?.waits || refused ? this.sound.now : this.now;
  }

  // Whether what it says of the server was heard on an earlier visit.
  get noted() {
    return this.now.noted || Boolean(this.sound?.now.noted);
  }

  // What has become of it, or of its sound.
  get recording() {
    return this.now.recording ?? this.sound?.now.recording ?? null;
  }

  // The film of a sound that was deleted on the server: whoever has it says what is to become of it.
  get orphan() {
    return this.now.state === "failed" && this.now.code === SOUND_DELETED;
  }

  get state() {
    const { ready, held, ended, kind } = this.about;
    if (this.now.state === "done") return "done";
    if (this.orphan) return "failed";
    if (kind === "tape" && !ended && (this.live || this.elsewhere)) return "recording";
    if (!ready) return "draft";
    if (held === "wifi" && !this.sound?.waits) return "kept";
    if (held && held !== "wifi") return "paused";
    const { state } = this.going;
    if (state === "level") return "sending";
    return state === "paused" ? "queued" : state;
  }

  // What the server is told of it, or of its sound, which says all that the film would.
  metadata(part) {
    const { name, type } = part === this ? this.about : this.about.sound;
    return { filename: name, filetype: type, tip: this.about.tip, part: part === this ? "" : "sound", ...this.about.metadata };
  }

  // What lies on the shelf, where that is more than this tab knows.
  read(shelf, { url, sent, until, slices, sound }) {
    this.url = url ?? this.url;
    this.now = atLeast(this.now, { sent, until });
    if (slices) this.source = more(this.source, Tape.found(shelf, this.id, slices));
    if (!sound) return;
    const tape = Tape.found(shelf, this.id, sound.slices, "sound");
    this.sound ??= new Sound(tape);
    this.sound.source = more(this.sound.source, tape);
    this.sound.url = sound.url ?? this.sound.url;
    this.sound.now = atLeast(this.sound.now, sound);
    if (sound.recording) this.sound.now = { ...QUEUED, state: "done", sent: tape.size, recording: sound.recording };
  }

  // From now on it is a tip of its own, of which nothing has been sent.
  leaveSound() {
    const { tip, sound, ...about } = this.about;
    Object.assign(this, { about, sound: null, url: null, now: QUEUED });
  }

  // Nothing more of it is sent, for now.
  rest() {
    this.sending?.pause();
    this.sound?.sending?.pause();
  }

  // Leaving the page now would lose it, or stop it.
  get needsPage() {
    if (this.state === "done" || this.elsewhere) return false;
    return (this.loose && !this.adrift) || ["sending", "waiting", "recording"].includes(this.state);
  }

  // There is no other copy of it, as far as we know.
  get only() {
    return this.about.kind === "tape" || Boolean(this.about.filmed);
  }

  // Not all of it lies on the shelf.
  get loose() {
    return !this.kept || Boolean(this.source.full || this.sound?.source.full);
  }

  // All of its sound is on the server, as far as there is sound yet.
  get heard() {
    const { source, now } = this.sound ?? {};
    return Boolean(source?.size) && now.state !== "failed" && now.sent >= source.size;
  }

  // How many milliseconds of a recording are on the server, about.
  get arrived_ms() {
    const { size, ms } = this.made ?? this.source;
    return size ? Math.floor((ms * Math.min(this.now.sent, size)) / size) : 0;
  }

  // So long the server keeps what it has of it if nothing more comes (ms since 1970); null where that is not known.
  get until() {
    return this.now.until ?? this.made?.until ?? null;
  }
}

// What was noted is the server's until it clears that away.
const atLeast = (now, { sent = 0, until = null }) => (sent > now.sent && !(until && until < Date.now()) ? { ...now, sent, until, noted: true } : now);
const more = (one, other) => (other.size > one.size ? other : one);

// The sound of a film, on its way before it.
export class Sound {
  url = null;
  sending = null;
  now = QUEUED;

  constructor(source) {
    this.source = source;
  }

  get waits() {
    return this.source.size > 0 && !["done", "failed"].includes(this.now.state);
  }
}
