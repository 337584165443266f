// A recording's words as they are read, and edits of them: what the page works out by itself. As domain/phrase.py and
// domain/transcript.py have it.
const MARKS = "(?:(?![#%&@*/])\\p{P})*";
const WORD = new RegExp(`^(${MARKS})(.*?)((?:['’][sS])?${MARKS})$`, "su"); // marks, the word, a genitive and marks

// [{from, to}]: the numbers of the first word of each sentence and of the one after its last.
export function sentences({ words, sentences: said }) {
  const found = [];
  let number = 0;
  words.forEach((word, at) => {
    const before = number;
    while (number + 1 < said.length && said[number + 1].start_ms <= word.start_ms) number += 1;
    if (!found.length || number !== before) found.push({ from: at, to: words.length });
  });
  found.forEach((each, i) => (each.to = found[i + 1]?.from ?? words.length));
  return found;
}

// A word without the marks around it.
export function bare(text) {
  const found = WORD.exec(text);
  return found?.[2] || text;
}

// The marks off at both ends of a phrase.
export function phrase(texts) {
  if (texts.length < 2) return texts.map(bare).join(" ");
  const [first, last] = [WORD.exec(texts[0]), WORD.exec(texts.at(-1))];
  return [texts[0].slice(first[1].length), ...texts.slice(1, -1), texts.at(-1).slice(0, texts.at(-1).length - last[3].length)].join(" ");
}

// How often a phrase is said where it is not written as `instead` already.
export function elsewhere(text, said, instead) {
  const meant = said.split(" ").map(core);
  let found = 0;
  for (const { from, to } of sentences(text)) {
    for (let at = from; at + meant.length <= to; at += 1) {
      const here = text.words.slice(at, at + meant.length).map((word) => word.text);
      if (here.every((word, i) => core(word) === meant[i]) && phrase(here) !== instead) (found += 1), (at += meant.length - 1);
    }
  }
  return found;
}

const core = (text) => bare(text).toLowerCase();

// Edits made over `was`, over what is read now; null where somebody has changed one of their words.
export function again(edits, was, now) {
  const moved = edits.map((edit) => {
    const words = was.words.slice(edit.first, edit.first + (edit.count ?? 1));
    const first = now.words.findIndex((_, at) => words.every((word, i) => same(word, now.words[at + i])));
    return first < 0 ? null : { ...edit, first };
  });
  return moved.includes(null) ? null : moved;
}

const same = (a, b) => b && a.text === b.text && a.start_ms === b.start_ms && a.end_ms === b.end_ms;

// The numbers of the words that are said from one moment to another; of the nearest one where there is none.
export function heard({ words }, { start_ms, end_ms }) {
  const found = words.flatMap((word, at) => (middle(word) >= start_ms && middle(word) < end_ms ? [at] : []));
  if (found.length) return { first: found[0], count: found.length };
  const apart = words.map((word) => Math.abs(middle(word) - start_ms));
  return { first: apart.indexOf(Math.min(...apart)), count: 1 };
}

export const middle = ({ start_ms, end_ms }) => (start_ms + end_ms) / 2;
