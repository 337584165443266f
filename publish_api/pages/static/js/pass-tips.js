// <pass-tips>: the tips on their way, a row each, with what can be done about it. Its <template> is a row.
import { icon } from "./icon.js";
import { megabytes } from "./sizes.js";
import { apart, figures, headlineOf, standing, waitsTurn } from "./tip-words.js";
import { _ } from "./words.js";

const TURNS = { sending: "pause", waiting: "pause", queued: "pause", paused: "go", kept: "now", failed: "again" };
const BUTTONS = {
  pause: ["pause", _("Pause")],
  go: ["play", _("Go on")],
  now: ["send", _("Send now")],
  again: ["again", _("Try again")],
  own: ["send", _("Send the film on its own")],
};

const SAVED_MS = 60_000; // the browser has begun to read it by then

class PassTips extends HTMLElement {
  #rows = new Map();

  connectedCallback() {
    this.list = this.querySelector("ul");
    this.row = this.querySelector("template").content.firstElementChild;
    this.addEventListener("click", (event) => this.#click(event.target.closest("[data-act]")));
  }

  // `queue.tips` that are no drafts.
  show(queue, tips) {
    this.queue = queue;
    for (const [id, row] of this.#rows) {
      if (tips.some((tip) => tip.id === id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    tips.forEach((tip, number) => {
      const row = this.#rows.get(tip.id) ?? this.#new(tip);
      if (this.list.children[number] !== row) this.list.insertBefore(row, this.list.children[number] ?? null);
      this.#fill(row, tip, { several: tips.length > 1, turn: waitsTurn(tips, number) });
    });
  }

  #new(tip) {
    const row = this.row.cloneNode(true);
    row.dataset.id = tip.id;
    this.#rows.set(tip.id, row);
    return row;
  }

  // `turn`: others are sent before it.
  #fill(row, tip, { several, turn }) {
    const { state } = tip;
    const of = (name) => row.querySelector(`[data-${name}]`);
    const write = (name, words) => of(name).textContent !== words && (of(name).textContent = words);
    write("name", tip.name);
    write("figures", state === "done" ? megabytes(tip.size) : figures([tip]));
    write("standing", several || state !== "done" ? standing(tip, turn) : "");
    write("state-words", headlineOf(tip, turn));
    of("state-words").hidden = !several;
    of("link").hidden = !apart(tip) && (!several || state !== "done");
    write("link", tip.outcome?.link ?? _("See how it goes"));
    of("link").href = tip.recording ? `/recordings/${tip.recording}` : "/recordings";
    const bar = row.querySelector("progress");
    bar.value = tip.size ? Math.min(1, tip.given / tip.size) : 0;
    bar.setAttribute("aria-label", _("Sent of %(name)s", { name: tip.name }));
    bar.hidden = state === "done";
    const turns = [state, tip.about.held, tip.orphan].join(" ");
    if (row.dataset.turns !== turns) this.#turn(row, tip);
    row.toggleAttribute("data-trouble", Boolean(tip.outcome?.trouble));
    Object.assign(row.dataset, { state, turns });
  }

  // Which buttons there are depends on the state and on what is wanted alone.
  #turn(row, tip) {
    const { state, name, about } = tip;
    const [turn, drop] = ["turn", "drop"].map((each) => row.querySelector(`[data-${each}]`));
    const act = tip.orphan ? "own" : about.held === "wifi" ? "now" : TURNS[state]; // of one whose sound goes, too
    turn.hidden = !act;
    if (act) {
      const [sign, words] = BUTTONS[act];
      turn.dataset.act = act;
      turn.innerHTML = `${icon(sign)}<span>${words}</span>`;
      turn.setAttribute("aria-label", `${words}: ${name}`);
    }
    row.querySelector("[data-save]").hidden = !(state === "failed" && tip.only && tip.source.size);
    drop.hidden = state === "done" || state === "recording";
    drop.setAttribute("aria-label", _("Do not send it: %(name)s", { name }));
  }

  async #click(button) {
    const tip = button && this.queue.tips.find((each) => each.id === button.closest("[data-id]").dataset.id);
    if (!tip) return;
    const acts = {
      pause: () => this.queue.hold(tip),
      go: () => this.queue.go(tip),
      now: () => this.queue.go(tip),
      again: () => this.queue.go(tip),
      own: () => this.queue.onItsOwn(tip),
      save: () => save(tip),
      drop: () => confirm(question(tip)) && this.queue.remove(tip),
    };
    await acts[button.dataset.act]();
  }
}

// What the server does not take is not trapped here.
function save({ source, size, about }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([source.slice(0, size)], { type: about.type }));
  link.download = about.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SAVED_MS);
}

const question = (tip) =>
  apart(tip)
    ? _("Throw the picture away? There is no other copy of it. The sound is on the server and stays there, as a voice tip; its page lets you delete that.")
    : tip.only
      ? _("Throw this recording away, here and on the server? There is no other copy of it.")
      : _("Stop sending, and take what was sent off the server? The video stays where you picked it from.");

customElements.define("pass-tips", PassTips);
