// Who corrected what in a recording, the newest first; each can be taken back, and that, too.
import { api } from "./api.js";
import { clock } from "./clock.js";
import { _, moment, ngettext } from "./words.js";

const MOST = 3; // edits of one change that are told one by one

export class Past {
  #next = null;

  // `lost`: where it is said, above the words, which corrections find no place.
  constructor(details, lost, path, takeBack) {
    Object.assign(this, { details, lost, path, takeBack });
    details.addEventListener("toggle", () => details.open && this.#fetch());
    details.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button?.dataset.version) takeBack(Number(button.dataset.version));
      else if (button) this.#fetch(this.#next);
    });
  }

  // As the words are now. An open list is fetched anew.
  show({ unplaced }) {
    this.lost.hidden = !unplaced.length;
    this.lost.textContent =
      ngettext(
        "%(num)s correction finds no place in the words as they were heard last: %(list)s. Look there, and correct by hand what is still wrong.",
        "%(num)s corrections find no place in the words as they were heard last: %(list)s. Look there, and correct by hand what is still wrong.",
        unplaced.length,
        { list: unplaced.map(({ at_ms: at, old, new: now }) => `${clock(at)} ${told(old, now)}`).join("; ") },
      );
    if (this.details.open) this.#fetch();
  }

  async #fetch(cursor = null) {
    const list = this.details.querySelector("ul");
    const asked = (this.asked = {});
    const more = this.details.querySelector("[data-more]");
    try {
      const { items, next } = await api("GET", `${this.path}/changes${cursor ? `?${new URLSearchParams({ cursor })}` : ""}`);
      if (asked !== this.asked) return;
      this.#next = next;
      if (!cursor) list.replaceChildren();
      list.append(...items.map(entry));
      more.hidden = !next;
      if (!list.children.length) list.append(line(_("Nothing yet. What is corrected is listed here, and can be taken back.")));
    } catch (problem) {
      list.replaceChildren(line(problem.message));
    }
  }
}

function entry(change) {
  const li = document.createElement("li");
  li.innerHTML = '<p dir="auto"></p><p class="meta soft small"><span dir="auto"></span><span><time></time></span></p>';
  const [what, meta] = li.children;
  what.textContent = change.undoes === null ? summary(change.edits) : _("Taken back: %(what)s", { what: summary(change.edits) });
  meta.firstChild.textContent = change.by.name;
  const when = meta.querySelector("time");
  when.dateTime = change.made_at;
  when.textContent = moment(change.made_at, { dateStyle: "medium", timeStyle: "short" });
  if (!change.holds) {
    const gone = document.createElement("span");
    gone.textContent = _("Taken back since");
    meta.append(gone);
    return li;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.dataset.version = change.version;
  button.textContent = change.undoes === null ? _("Take back") : _("Bring back");
  button.ariaLabel = `${button.textContent}: ${summary(change.edits)}`;
  li.append(button);
  return li;
}

// The same in many places is told once.
function summary(edits) {
  const counts = new Map();
  for (const { old, new: now, begins } of edits) {
    const words = begins !== null && old === now ? begins ? _("A sentence begins at “%(word)s”", { word: old }) : _("No sentence begins at “%(word)s”", { word: old }) : told(old, now);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const all = [...counts].map(([words, many]) => (many > 1 ? ngettext("%(words)s (%(num)s time)", "%(words)s (%(num)s times)", many, { words }) : words));
  return all.length > MOST ? _("%(some)s; and %(more)s more", { some: all.slice(0, MOST).join("; "), more: all.length - MOST }) : all.join("; ");
}

const told = (old, now) => (!old ? _("“%(now)s” was written where nobody speaks", { now }) : now ? _("“%(old)s” became “%(now)s”", { old, now }) : _("“%(old)s” was left out", { old }));

function line(words) {
  const li = document.createElement("li");
  li.className = "soft";
  li.textContent = words;
  return li;
}
