// Bytes and waiting times as people say them.
import { _, moment as written, ngettext } from "./words.js";

// As phones show them: decimal.
export function megabytes(bytes) {
  if (bytes >= 1e9) return _("%(size)s GB", { size: (bytes / 1e9).toFixed(1) });
  if (bytes < 1e5) return _("%(size)s kB", { size: Math.ceil(bytes / 1e3) });
  return _("%(size)s MB", { size: bytes >= 1e7 ? Math.round(bytes / 1e6) : (bytes / 1e6).toFixed(1) });
}

export function part(sent, size) {
  const [said, of] = [megabytes(sent), megabytes(size)];
  const [number, unit] = said.split(" ");
  return _("%(sent)s of %(size)s", { sent: sent === 0 || of.endsWith(unit) ? number : said, size: of });
}

export function minutes(seconds) {
  if (seconds < 10) return _("a few seconds");
  if (seconds <= 50) return ngettext("about %(num)s second", "about %(num)s seconds", Math.ceil(seconds / 10) * 10);
  if (seconds < 90) return _("about a minute");
  if (seconds < 5400) return ngettext("about %(num)s minute", "about %(num)s minutes", Math.round(seconds / 60));
  return ngettext("about %(num)s hour", "about %(num)s hours", Math.round(seconds / 3600));
}

// "29 November at 10:42"
export const moment = (ms) => written(ms, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });

// One after the other, as far as there is something to say.
export const sentences = (...said) => said.filter(Boolean).join(" ");

export const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1);

// A name as it is read: without signs that turn the direction of writing, by which "gpj.exe" can look like "exe.jpg".
export const plain = (name) => name.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
