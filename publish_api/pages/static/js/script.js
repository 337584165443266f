// The words around a clip, with its pauses between them: what is in the clip stands out.
import { _ } from "./words.js";

const LONGEST_WORD_MS = 900;
const drawn = new WeakMap(); // box -> its words, when each begins, and the one that is lit

export function draw(box, { view, words, stops }) {
  const shown = words.filter((w) => w.end_ms > view.from && w.start_ms < view.to);
  const cuts = stops.filter((ms) => ms >= view.from && ms <= view.to);
  const made = [];
  for (const word of shown) {
    while (cuts.length && cuts[0] <= (word.start_ms + word.end_ms) / 2) made.push(gapAt(cuts.shift()));
    const span = document.createElement("span");
    span.dataset.ms = word.start_ms;
    span.dataset.middle = (word.start_ms + word.end_ms) / 2;
    span.textContent = word.text;
    made.push(span, " ");
  }
  for (const ms of cuts) made.push(gapAt(ms));
  box.replaceChildren(...made);
  know(box, made.filter((each) => each.dataset?.middle), shown.map((word) => word.start_ms));
}

// Words that are drawn already, and when each begins: for `light`.
export function know(box, spans, starts) {
  drawn.set(box, { spans, starts, lit: null });
}

// Keys and the handles reach every pause: the gaps are for pointers, and out of the way of Tab.
function gapAt(ms) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "gap";
  button.tabIndex = -1;
  button.dataset.ms = ms;
  button.ariaLabel = _("Cut here");
  return button;
}

export function mark(box, ...spans) {
  for (const each of box.children) {
    const { ms, middle } = each.dataset;
    if (each.matches(".gap")) each.classList.toggle("bound", spans.some(({ start_ms, end_ms }) => Number(ms) === start_ms || Number(ms) === end_ms));
    else each.classList.toggle("in", spans.some(({ start_ms, end_ms }) => middle >= start_ms && middle < end_ms)); // as the server decides
  }
}

// Lights the word that is spoken at a moment. Sixty times a second, of an hour's words: the word, when it is another.
export function light(box, ms) {
  const words = drawn.get(box);
  let [low, high] = [0, words.starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words.starts[middle] <= ms) low = middle + 1;
    else high = middle;
  }
  const silent = !low || ms > words.starts[low - 1] + LONGEST_WORD_MS; // a pause: nobody speaks
  const lit = silent ? null : words.spans[low - 1];
  if (words.lit === lit) return null;
  words.lit?.classList.remove("lit");
  lit?.classList.add("lit");
  return (words.lit = lit);
}

// Which bound a pause is for: the nearer one.
export const nearerBound = ({ start_ms, end_ms }, ms) => (Math.abs(ms - start_ms) <= Math.abs(ms - end_ms) ? "start" : "end");
