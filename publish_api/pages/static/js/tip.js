// A tip on its way: what it is, what the person wants, and how it stands.

export class Tip {
  url = null; // of its upload
  sending = null; // while this tab sends it
  live = null; // {release}: it is being recorded in this tab, or was, and this tab still holds it
  elsewhere = false; // another tab has it
  kept = false; // it lies on the shelf
  settled = false; // whether it could be kept has been found out
  found = false; // an earlier visit left it
  copying = Promise.resolve();
  aside = 0; // not before (ms since 1970)
  outcome = null; // what was made of it: {headline, words, another}
  now = { state: "queued", sent: 0, left_s: null, words: "", code: null, recording: null, failures: 0 };

  // about: {id, kind: "file" | "tape", name, type, size, lastModified, at, metadata, ready, held, ended}
  constructor(about, source) {
    this.about = about;
    this.source = source;
  }

  get id() {
    return this.about.id;
  }

  get name() {
    return this.about.metadata.title || this.about.name;
  }

  get size() {
    return Math.max(this.source.size, this.now.sent);
  }

  get state() {
    const { ready, held, ended, kind } = this.about;
    if (this.now.state === "done") return "done";
    if (kind === "tape" && !ended && (this.live || this.elsewhere)) return "recording";
    if (!ready) return "draft";
    if (held) return held === "wifi" ? "kept" : "paused";
    if (this.now.state === "level") return "sending";
    return this.now.state === "paused" ? "queued" : this.now.state;
  }

  // Leaving the page now would lose it, or stop it.
  get needsPage() {
    if (this.state === "done" || this.elsewhere) return false;
    return !this.kept || this.source.full || ["sending", "waiting", "recording"].includes(this.state);
  }

  // What was said of it when its upload began stays.
  get fixed() {
    return Boolean(this.url);
  }
}
