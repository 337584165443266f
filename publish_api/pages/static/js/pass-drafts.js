// <pass-drafts>: what was picked or recorded and waits for the person's word: looked at again, named, sent, kept for
// later, or thrown away. Its <template> is a draft. Says "sent".
import { complete, consent, fill, said, watch } from "./about.js";
import { estimate, waited } from "./network.js";
import { supported } from "./opfs.js";
import { megabytes, minutes, sentences } from "./sizes.js";
import { clocked, keeps, leftOver, uncopied } from "./tip-words.js";
import { warn } from "./warn.js";
import { _ } from "./words.js";

class PassDrafts extends HTMLElement {
  #rows = new Map();
  #why = new Map();

  connectedCallback() {
    this.list = this.querySelector("ul");
    this.row = this.querySelector("template").content.firstElementChild;
    this.form = this.querySelector("form");
    watch(this.form);
    this.form.addEventListener("change", () => this.#questions());
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
    warn(this.querySelector("[data-warning]"), tips.some(hereAlone));
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
    const { speaker, ...said } = tip.about.metadata;
    if (!this.#rows.size && tip.about.kind === "tape") this.#me(); // what was said of one before is not said of this
    fill(this.form, this.#apart ? said : tip.about.metadata);
    this.#rows.set(tip.id, row);
    this.list.append(row);
    this.#play(row, tip);
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
    const ms = taped && Math.max(tip.source.ms, tip.arrived_ms);
    write("size", `${ms ? `${clocked(ms)}, ` : ""}${megabytes(tip.size)}`);
    write("stands", tip.found && taped ? leftOver(tip) : where(tip));
    write("why", this.#why.get(tip.id) ?? "");
    const { speaker } = tip.about.metadata;
    write("speaks", speaker && this.#settled(tip) ? _("%(speaker)s speaks in it.", { speaker }) : "");
    const words = taped ? _("Throw away") : _("Remove");
    row.querySelector("[data-drop-words]").textContent = words;
    row.querySelector("[data-drop]").setAttribute("aria-label", `${words}: ${tip.name}`);
  }

  // To be seen again, where there is something here that this browser plays. A recording has no length of its own until
  // it was read to its end.
  #play(row, tip) {
    const [kind] = tip.about.type.split("/");
    if (!tip.source.size || !["audio", "video"].includes(kind)) return;
    const player = document.createElement(kind);
    player.controls = player.playsInline = true;
    player.preload = "metadata";
    player.setAttribute("aria-label", tip.about.kind === "tape" ? _("Your recording") : tip.name);
    row.address = URL.createObjectURL(new Blob([tip.source.slice(0, tip.source.size)], { type: tip.about.type }));
    player.src = `${row.address}#t=0.1`; // a picture to know it by
    player.addEventListener("error", () => player.remove());
    player.addEventListener("loadedmetadata", () => {
      if (kind === "video" && !player.videoWidth) return player.remove(); // only the sound of it
      if (Number.isFinite(player.duration)) return;
      player.currentTime = 1e7;
      player.addEventListener("timeupdate", () => (player.currentTime = 0), { once: true });
    });
    row.prepend(player);
  }

  // Asked for what has not been said yet.
  #questions() {
    const { who, speaker } = this.form.elements;
    if (this.#apart && !this.parted && this.#speakers.has(speaker.value.trim())) {
      this.#me(); // what was said of one is not said of the others
      fill(this.form, {});
    }
    this.parted = this.#apart;
    this.querySelector("[data-asked]").hidden = this.tips.every((tip) => this.#settled(tip));
    this.querySelector("[data-asked] legend").textContent = this.#apart ? _("Who speaks in the others?") : _("Who speaks in it?");
    const said = (tip) => (tip.about.metadata.speaker ? "other" : "me");
    consent(this.form, ...this.tips.map((tip) => (this.#settled(tip) ? said(tip) : who.value)));
    const several = this.tips.length > 1;
    const loose = this.tips.some((tip) => tip.about.kind === "tape" || tip.settled ? tip.loose : !supported());
    this.querySelector('[data-act="keep"]').hidden = loose; // nothing keeps it
    this.querySelector("h1").textContent = this.tips.some((tip) => tip.found) ? _("Not sent yet") : _("Ready to send");
    this.querySelector("[data-send-words]").textContent = several ? _("Send all %(number)s", { number: this.tips.length }) : _("Send");
  }

  #me() {
    this.form.elements.who.value = "me";
    this.form.elements.speaker.value = "";
  }

  // Whether different people speak: then each draft keeps who was said to.
  get #apart() {
    return this.#speakers.size > 1;
  }

  get #speakers() {
    return new Set(this.tips.map((tip) => tip.about.metadata.speaker ?? ""));
  }

  // Whether it has been said who speaks in it.
  #settled(tip) {
    return this.#apart && Boolean(tip.about.metadata.speaker);
  }

  #time() {
    const left = this.tips.reduce((sum, tip) => sum + tip.size - tip.sent, 0);
    const time = estimate(left, { minutes });
    const apart = this.tips.some((tip) => tip.sound?.source.size) ? _("The sound goes first, and at once: even if you keep the picture until Wi-Fi, its words can begin.") : "";
    const words = !left ? "" : `${_("%(size)s to send: %(time)s.", { size: megabytes(left), time })} ${apart}`.trim();
    const place = this.querySelector("[data-estimate]");
    place.hidden = !words;
    if (place.textContent !== words) place.textContent = words;
  }

  async #send(held) {
    const asked = !this.querySelector("[data-asked]").hidden;
    if (asked && !complete(this.form)) return;
    const about = asked ? said(this.form) : {};
    const kept = this.tips.filter((tip) => this.#settled(tip));
    waited(held === "wifi");
    for (const tip of this.tips) {
      const title = this.#rows.get(tip.id).querySelector("input").value.trim();
      const before = tip.about.metadata; // which brief it answers was settled when it was picked or recorded
      const speaker = (kept.includes(tip) ? before.speaker : about.speaker) ?? "";
      this.queue.send(tip, { held, metadata: { ...before, ...(elsewhere(before, about) ? rest(about) : about), speaker, title, brief: before.brief ?? about.brief ?? "" } });
    }
    this.dispatchEvent(new Event("sent"));
  }

  #drop(row) {
    const tip = this.tips.find((each) => each.id === row.dataset.id);
    if (!tip.only || confirm(_("Throw this recording away, here and on the server? There is no other copy of it."))) this.queue.remove(tip);
  }
}

// What is said in the form is said of the form's brief.
const elsewhere = (before, about) => Boolean(before.brief && about.brief && before.brief !== about.brief);
const rest = ({ audience, prerequisites, kind, level, ...others }) => others;

// There is no other copy of some of it, and that is not leaving at the moment.
const hereAlone = (tip) => tip.only && tip.kept && tip.sent < tip.size && tip.going.state !== "sending";

function where(tip) {
  const { sent, going } = tip;
  if (tip.about.kind === "file") return tip.kept ? _("A copy is kept on this phone.") : tip.settled ? uncopied(tip) : _("Being copied to this phone …");
  const refused = going.state === "failed" ? going.words : "";
  const nobody = _("Nobody sees it until you send it.");
  const size = megabytes(sent);
  const told = () => {
    if (sent >= tip.size && tip.loose) return [_("All of it is on the server; not all of it is on this phone."), keeps(tip)];
    if (sent >= tip.size) return [_("All of it is on the server and on this phone.")];
    if (tip.loose) return [_("%(size)s are on the server, part of the rest is in this page alone: send it before you close the page.", { size }), sent ? keeps(tip) : ""];
    if (tip.heard) return [_("Its sound is on the server, all of it is on this phone.")];
    return [sent ? _("%(size)s are on the server, all of it is on this phone.", { size }) : _("Nothing of it is on the server yet, all of it is on this phone.")];
  };
  return sentences(...told(), nobody, refused);
}

customElements.define("pass-drafts", PassDrafts);
