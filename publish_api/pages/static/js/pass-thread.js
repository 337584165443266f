// <pass-thread player clip src>: replies, reactions, editing, taking back, settling, choosing an answer. Drawn by the
// server: what has changed, here or elsewhere, is fetched again as HTML, a thread at a time, and put in its place
// (thread-merge.js). What is done to a comment is in thread-acts.js.
import { piece } from "./api.js";
import { clock } from "./clock.js";
import { later } from "./later.js";
import { listen } from "./listen.js";
import { playerOf } from "./player-of.js";
import { toast } from "./pass-toast.js";
import { _, ngettext } from "./words.js";

const KINDS = { comment: _("comment"), question: _("question"), answer: _("answer"), correction: _("correction"), "used-it": _("“used it”"), reflection: _("thought") };

const acting = later(() => import("./thread-acts.js"));
const merging = later(() => import("./thread-merge.js"));
const naming = later(() => import("./mention.js"));
later(() => import("./pass-voice.js"));

class PassThread extends HTMLElement {
  #left = new AbortController();
  #pages = 1; // of the thread that are here
  #fetching = null; // the next one

  async connectedCallback() {
    const { stamp, marks } = read(this);
    [this.stamp, this.marks] = [stamp, marks];
    this.src = this.getAttribute("src");
    this.told = document.createElement("p");
    this.told.className = "out-of-sight";
    this.told.setAttribute("role", "status");
    this.after(this.told);
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("submit", (event) => this.#submit(event));
    this.addEventListener("focusin", ({ target }) => this.#names(target).catch(() => {}));
    document.addEventListener("pass-said", ({ detail }) => this.look(detail.id, { show: true }));
    this.player = await playerOf(this);
    this.player.addEventListener("pass-time", (event) => this.#near(event.detail.ms));
    this.player.addEventListener("pass-changed", () => this.refresh().catch(() => {})); // its seconds lie elsewhere
    this.#mark();
    this.#linked();
    addEventListener("hashchange", () => this.#linked(), { signal: this.#left.signal });
    const tell = {
      comment: ({ thread }) => this.look(thread).catch(() => {}), // no signal: where things stand is told again
      talk: ({ stamp }) => stamp !== this.stamp && this.refresh().catch(() => {}),
    };
    listen(this.getAttribute("clip"), (what, said) => tell[what]?.(said), this.#left.signal);
  }

  async #names(field) {
    if (field.matches("textarea")) (await naming()).offer(field, this.getAttribute("clip"));
  }

  disconnectedCallback() {
    this.#left.abort();
    this.told?.remove();
  }

  // Fetches all of it again that is here.
  async refresh() {
    const found = read(await piece(this.src));
    for (let n = 1; n < this.#pages && found.more; n++) {
      const next = read(await piece(this.#after(found.more)));
      found.items.push(...next.items);
      found.more = next.more;
    }
    this.stamp = found.stamp;
    await this.#put(found, { whole: true, more: Boolean(found.more) });
  }

  // Fetches one thread again, by its beginning or by any comment of it; `show`: brings that one into view.
  async look(id, { show = false } = {}) {
    const found = read(await piece(`${this.src}?of=${encodeURIComponent(id)}`));
    const before = this.#said(id);
    if (found.items.length) await this.#put(found, { one: true });
    else if (!before?.querySelector("textarea:focus")) before?.remove();
    if (!this.querySelector(".said, .nothing")) await this.refresh();
    this.#mark();
    const said = show && this.#said(id);
    if (!said) return;
    said.scrollIntoView({ block: "nearest" });
    said.classList.add("new");
    said.tabIndex = -1;
    said.focus({ preventScroll: true });
  }

  // What a link leads to may lie further on. One that asks for an answer leads to the field where it is written.
  async #linked() {
    const [, to, id] = /^#(c|reply)-(\w+)$/.exec(location.hash) ?? [];
    if (!id) return;
    if (!this.#said(id)) await this.look(id, { show: true }).catch(() => {}); // no signal: what is here can be read
    if (to !== "reply") return;
    const said = this.#said(id);
    const form = said?.closest(".thread > .said").querySelector(":scope > .reply");
    said?.scrollIntoView({ block: "nearest" });
    if (!form) return; // taken back meanwhile
    form.open = true;
    form.querySelector("textarea").focus();
  }

  #after = (more) => `${this.src}?after=${encodeURIComponent(more.querySelector("a").dataset.after)}`;

  // The next page, once.
  #next() {
    const more = this.querySelector(":scope > .more");
    this.#fetching ??= more
      ? piece(this.#after(more))
          .then(async (drawn) => {
            this.#pages++;
            await this.#put(read(drawn), { next: true });
          })
          .finally(() => (this.#fetching = null))
      : null;
    return this.#fetching;
  }

  async #put({ items, marks, more, nothing }, { whole = false, one = false, next = false, more: goesOn = false } = {}) {
    const { put } = await merging();
    let list = this.querySelector(":scope > .thread");
    if (whole && nothing) return this.replaceChildren(nothing), (this.marks = []), this.#mark();
    if (!list) {
      list = document.createElement("ol");
      list.className = "thread";
      this.replaceChildren(list);
    }
    const news = put(list, items, { whole, more: goesOn });
    if (!one) {
      this.marks = marks;
      this.querySelector(":scope > .more")?.remove();
      if (more) this.append(more);
    }
    this.#mark();
    if (!next) this.#announce(news.filter((li) => !li.hasAttribute("data-mine")));
  }

  #announce(news) {
    for (const li of news) li.classList.add("new");
    if (news.length > 1) this.told.textContent = ngettext("%(num)s new comment.", "%(num)s new comments.", news.length);
    if (news.length !== 1) return;
    const [li] = news;
    const ms = li.closest("[data-ms]")?.dataset.ms;
    const by = li.querySelector(".author")?.textContent ?? "";
    this.told.textContent = ms
      ? _("New %(kind)s by %(by)s at %(time)s.", { kind: KINDS[li.dataset.kind], by, time: clock(Number(ms)) })
      : _("New %(kind)s by %(by)s.", { kind: KINDS[li.dataset.kind], by });
  }

  async #click(event) {
    const at = event.target.closest("a[data-ms]");
    if (at) {
      event.preventDefault();
      return this.player.play({ from: Number(at.dataset.ms), to: at.dataset.end && Number(at.dataset.end) });
    }
    const more = event.target.closest(".more a");
    const button = event.target.closest("[data-act]");
    if (more || button?.matches("a")) event.preventDefault();
    if (more) return this.#next().catch((problem) => toast(problem.message));
    if (!button) return;
    const said = button.closest(".said");
    button.disabled = true;
    try {
      await (await acting()).act(this, button.dataset.act, said, button);
    } catch (problem) {
      this.#fail(said, problem.message);
    }
    button.disabled = false;
  }

  async #submit(event) {
    event.preventDefault();
    const form = event.target;
    const said = form.closest(".said");
    const button = form.querySelector("button.main-action");
    button.disabled = true;
    try {
      await (await acting()).send(this, form, said);
    } catch (problem) {
      this.#fail(said, problem.message, form);
    }
    button.disabled = false;
  }

  #fail(said, words, form) {
    const trouble = form?.querySelector(".trouble") ?? said.querySelector(":scope > article > .trouble");
    trouble.textContent = words;
    trouble.hidden = false;
  }

  #said = (id) => this.querySelector(`#c-${CSS.escape(id)}`);

  #mark() {
    const here = [...this.querySelectorAll(".thread > .said")];
    const ids = new Set(here.map((li) => li.id.slice(2)));
    this.player.marks = [
      ...here
        .filter((li) => li.dataset.ms)
        .map((li) => ({
          id: li.id.slice(2),
          ms: Number(li.dataset.ms),
          end: li.dataset.end && Number(li.dataset.end),
          kind: li.dataset.kind,
          by: li.querySelector(":scope > article .author")?.textContent ?? "", // taken back: nobody
          text: li.querySelector(".text")?.textContent ?? "",
          resolved: li.hasAttribute("data-resolved"),
        })),
      ...this.marks.filter((mark) => !ids.has(mark.id)),
    ];
  }

  // What was said about the second that is shown stands out; the next page comes when the video gets there.
  #near(ms) {
    const roots = this.querySelectorAll(".thread > .said[data-ms]");
    for (const li of roots) {
      const from = Number(li.dataset.ms);
      li.classList.toggle("near", ms >= from && ms < Math.max(Number(li.dataset.end ?? 0), from + 4000));
    }
    if (roots.length && ms > Number(roots[roots.length - 1].dataset.ms)) this.#next()?.catch(() => {});
  }
}

// What the server has drawn of a thread, or what the page shows of it.
function read(drawn) {
  const list = drawn.querySelector(":scope > .thread");
  return {
    items: [...(list?.children ?? [])],
    marks: JSON.parse(list?.dataset.marks ?? "[]"),
    stamp: drawn.querySelector("[data-stamp]")?.dataset.stamp ?? "",
    more: drawn.querySelector(":scope > .more"),
    nothing: drawn.querySelector(":scope > .nothing"),
  };
}

customElements.define("pass-thread", PassThread);
