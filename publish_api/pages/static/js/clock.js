// Times as people read them: 0:42, 1:02:03. Always rounded down, as on the server.
import { ngettext } from "./words.js";

export function clock(ms) {
  const all = Math.floor(Math.max(ms, 0) / 1000);
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// To a tenth of a second: where a bound lies.
export const exact = (ms) => `${clock(ms)}.${Math.floor((Math.max(ms, 0) % 1000) / 100)}`;

// To a hundredth: one frame told from the next.
export const toFrame = (ms) => `${clock(ms)}.${String(Math.floor((Math.max(ms, 0) % 1000) / 10)).padStart(2, "0")}`;

export function spoken(ms) {
  const all = Math.round(Math.max(ms, 0) / 1000);
  const [m, s] = [Math.floor(all / 60), all % 60];
  const seconds = ngettext("%(num)s second", "%(num)s seconds", s);
  if (!m) return seconds;
  const minutes = ngettext("%(num)s minute", "%(num)s minutes", m);
  return s ? `${minutes} ${seconds}` : minutes;
}

// "0:12" or "12" as milliseconds; null when it is neither.
export function read(text) {
  if (!/^\d+(:[0-5]?\d){0,2}$/.test(text.trim())) return null;
  return text.trim().split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
}
