// <pass-drafts>: what was picked or recorded and waits for the person's word: looked at again, named, sent, kept for
// later, or thrown away. Its <template> is a draft. Says "sent".
import { complete, consent, fill, said, watch } from "./about.js";
import { estimate } from "./network.js";
import { megabytes, minutes } from "./sizes.js";
import { clocked, leftOver } from "./tip-words.js";

class PassDrafts extends HTMLElement {
  #rows = new Map();
  #why = new Map();

  connectedCallback() {
    this.list = this.querySelector("ul");
    this.row = this.querySelector("template").content.firstElementChild;
    this.form = this.querySelector("form");
    watch(this.form);
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.#send(null)));
    this.querySelector('[data-act="keep"]').addEventListener("click", () => this.#send("wifi"));
    this.list.addEventListener("click", (event) => event.target.closest("[data-drop]") && this.#drop(event.target.closest("[data-id]")));
  }

  show(queue, tips) {
    this.queue = queue;
    this.tips = tips;
    for (const [id, row] of this.#rows) if (!tips.some((tip) => tip.id === id)) this.#forget(id, row);
    for (const tip of tips) this.#fill(this.#rows.get(tip.id) ?? this.#new(tip), tip);
    if (!tips.length) return;
    this.#questions();
    this.#time();
  }

  // Why its recording ended.
  ended(tip, why) {
    this.#why.set(tip.id, why);
  }

  #new(tip) {
    const row = this.row.cloneNode(true);
    row.dataset.id = tip.id;
    row.querySelector("[data-name]").textContent = tip.name;
    row.querySelector("input").value = tip.about.metadata.title ?? "";
    fill(this.form, tip.about.metadata);
    this.#rows.set(tip.id, row);
    this.list.append(row);
    if (tip.about.kind === "tape") this.#play(row, tip);
    return row;
  }

  #forget(id, row) {
    URL.revokeObjectURL(row.address);
    row.remove();
    this.#rows.delete(id);
  }

  #fill(row, tip) {
    const write = (name, words) => {
      const place = row.querySelector(`[data-${name}]`);
      place.hidden = !words;
      if (place.textContent !== words) place.textContent = words;
    };
    const taped = tip.about.kind === "tape";
    write("size", `${taped ? `${clocked(tip.source.ms)}, ` : ""}${megabytes(tip.size)}`);
    write("stands", tip.found && taped ? leftOver(tip) : where(tip));
    write("why", this.#why.get(tip.id) ?? "");
    row.querySelector("[data-naming]").hidden = tip.fixed && taped;
    const words = taped ? "Throw away" : "Remove";
    row.querySelector("[data-drop-words]").textContent = words;
    row.querySelector("[data-drop]").setAttribute("aria-label", `${words}: ${tip.name}`);
  }

  // To be seen again. A recording has no length of its own until it was read to its end.
  #play(row, tip) {
    const player = document.createElement(tip.about.type.startsWith("audio/") ? "audio" : "video");
    player.controls = player.playsInline = true;
    player.preload = "metadata";
    player.setAttribute("aria-label", "Your recording");
    row.address = URL.createObjectURL(new Blob([tip.source.slice(0, tip.source.size)], { type: tip.about.type }));
    player.src = row.address;
    player.addEventListener("loadedmetadata", () => {
      if (Number.isFinite(player.duration)) return;
      player.currentTime = 1e7;
      player.addEventListener("timeupdate", () => (player.currentTime = 0), { once: true });
    });
    row.prepend(player);
  }

  // Asked for what has not been said yet.
  #questions() {
    const begun = this.tips.every((tip) => tip.fixed && tip.about.kind === "tape");
    this.querySelector("[data-asked]").hidden = begun;
    if (begun) consent(this.form, this.tips.some((tip) => tip.about.metadata.speaker));
    const several = this.tips.length > 1;
    this.querySelector("h1").textContent = this.tips.some((tip) => tip.found) ? "Not sent yet" : "Ready to send";
    this.querySelector("[data-send-words]").textContent = several ? `Send all ${this.tips.length}` : "Send";
  }

  #time() {
    const left = this.tips.reduce((sum, tip) => sum + tip.size - tip.now.sent, 0);
    const time = left ? estimate(left, { minutes }) : "";
    const words = !left ? "" : `${megabytes(left)} to send${time ? `: ${time}.` : ". How long it takes is known once it has begun."}`;
    const place = this.querySelector("[data-estimate]");
    place.hidden = !words;
    if (place.textContent !== words) place.textContent = words;
  }

  async #send(held) {
    const asked = !this.querySelector("[data-asked]").hidden;
    if (asked && !complete(this.form)) return;
    const about = asked ? said(this.form) : {};
    for (const tip of this.tips) {
      const title = this.#rows.get(tip.id).querySelector("input").value.trim();
      const before = tip.about.metadata; // which brief it answers was settled when it was picked or recorded
      this.queue.send(tip, { held, metadata: { ...before, speaker: "", ...about, title, brief: before.brief ?? about.brief ?? "" } });
    }
    this.dispatchEvent(new Event("sent"));
  }

  #drop(row) {
    const tip = this.tips.find((each) => each.id === row.dataset.id);
    const taped = tip.about.kind === "tape";
    if (!taped || confirm("Throw this recording away, here and on the server? There is no other copy of it.")) this.queue.remove(tip);
  }
}

function where(tip) {
  if (tip.about.kind === "file") return "";
  const { sent } = tip.now;
  if (tip.source.full) return "Part of it is in this page alone: send it before you close the page.";
  if (sent >= tip.source.size) return "All of it is on the server and on this phone. Nobody sees it until you send it.";
  return `${megabytes(sent)} are on the server, all of it is on this phone. Nobody sees it until you send it.`;
}

customElements.define("pass-drafts", PassDrafts);
