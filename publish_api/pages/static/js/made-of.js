// A clip's parts as buttons, with what was left out between them; and what is said somewhere, in words.
import { toFrame } from "./clock.js";
import { _ } from "./words.js";

export function madeOf(list, parts, at, title) {
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...parts.flatMap((part, i) => [...leftOut(parts[i - 1], part), button(part, i, i === at, title(part))]));
  if (focused) list.querySelector('[aria-pressed="true"]')?.focus();
}

function button(part, i, chosen, title) {
  const li = document.createElement("li");
  li.innerHTML = '<button type="button"><b></b> <span class="figure"></span><span class="small" dir="auto"></span></button>';
  li.firstChild.dataset.part = i;
  li.firstChild.ariaPressed = chosen;
  const [number, times, from] = li.querySelectorAll("b, span");
  number.textContent = i + 1;
  times.textContent = _("%(start)s to %(end)s", { start: toFrame(part.start_ms), end: toFrame(part.end_ms) });
  from.textContent = title;
  return li;
}

function leftOut(before, part) {
  const ms = before?.recording === part.recording ? part.start_ms - before.end_ms : 0;
  if (ms <= 0) return [];
  const li = document.createElement("li");
  li.className = "soft small";
  li.textContent = _("%(seconds)s s left out", { seconds: (ms / 1000).toFixed(1) });
  return [li];
}

export function said(words, { from, to }) {
  const middle = ({ start_ms, end_ms }) => (start_ms + end_ms) / 2;
  const found = words.filter((word) => middle(word) >= from && middle(word) < to).map((word) => word.text);
  return found.length ? `: “${found.join(" ")}”` : "";
}
