// Bytes and waiting times as people say them.

// As phones show them: decimal.
export function megabytes(bytes) {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes < 1e5) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes >= 1e7 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function part(sent, size) {
  const [said, of] = [megabytes(sent), megabytes(size)];
  const [number, unit] = said.split(" ");
  return `${sent === 0 || of.endsWith(unit) ? number : said} of ${of}`;
}

export function minutes(seconds) {
  if (seconds < 10) return "a few seconds";
  if (seconds <= 50) return `about ${Math.ceil(seconds / 10) * 10} seconds`;
  if (seconds < 90) return "about a minute";
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} minutes`;
  return `about ${Math.round(seconds / 3600)} hours`;
}

// "29 November at 10:42"
export const moment = (ms) => new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }).format(ms);

export const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1);

// A name as it is read: without signs that turn the direction of writing, by which "gpj.exe" can look like "exe.jpg".
export const plain = (name) => name.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
