// What lies over the picture: that a second was corrected, or that somebody says it is wrong and nobody has answered yet.
// One at a time, two lines of it; the others of that second are counted, and a tap leads to all that was written.
import { _, ngettext } from "./words.js";

const STAYS_MS = 6000; // at least
const MOST = 300; // letters: two lines hold fewer

export class Over {
  #open = [];
  #amends = [];
  #drawn = "";

  constructor(root) {
    this.root = root;
  }

  // Of a thread: [{id, ms, kind, by, text, resolved}], of which corrections without an answer are shown.
  set marks(marks) {
    this.#open = marks
      .filter(({ kind, by, resolved }) => kind === "correction" && by && !resolved)
      .map(({ id, ms, by, text }) => ({ from: ms, to: ms + STAYS_MS, by, words: text || _("Said aloud: listen to it."), leads: `c-${id}` }));
  }

  // What was accepted: [{from, to, words, leads}], `leads`: the id of the element where all of it stands.
  set amends(amends) {
    this.#amends = amends.map((each) => ({ ...each, to: Math.max(each.to, each.from + STAYS_MS) }));
  }

  draw(ms) {
    const here = [...this.#amends, ...this.#open].filter(({ from, to }) => ms >= from && ms < to);
    const drawn = here.map(({ leads, words }) => `${leads} ${words}`).join("\n");
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.root.hidden = !here.length;
    this.root.replaceChildren(...(here.length ? [link(here)] : []));
  }
}

function link([{ by, words, leads }, ...others]) {
  const a = document.createElement("a");
  a.href = `#${leads}`;
  a.innerHTML = '<small></small><span dir="auto"><bdi></bdi></span>';
  const [what, said] = a.children;
  what.textContent = [
    by ? _("Correction, not answered yet") : _("Corrected"),
    others.length ? ngettext("and %(num)s more", "and %(num)s more", others.length) : "",
  ].filter(Boolean).join(" · ");
  if (by) said.firstChild.textContent = _("%(name)s says:", { name: by });
  said.append(by ? " " : "", [...words].slice(0, MOST).join(""));
  return a;
}
