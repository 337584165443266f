// <pass-approval clip>: where a clip that wants a second approver stands. One curator asks another to approve it, who
// approves exactly this version; other bounds or words void both.
//   .show(wanted, version): whether what is saved wants approval   .stands: "approved", "asked", "open"
//   .approve(), .ask(): for the version that is shown   event "pass-approval": it stands elsewhere now
import { api } from "./api.js";
import "./pass-who.js";
import { _, moment } from "./words.js";

const OFFERED = 50; // of more, the others are found by their name
const day = (iso) => moment(iso, { day: "numeric", month: "long" });

class PassApproval extends HTMLElement {
  #found = {};
  #people = [];
  #version = null;

  // "asked": this person is the second one. "open": somebody has to be asked, or to answer.
  get stands() {
    const { holds, approved_at, by_me } = this.#found;
    if (!holds) return "open";
    return approved_at ? "approved" : by_me ? "open" : "asked";
  }

  async show(wanted, version) {
    if (!wanted) {
      this.#version = null;
      return this.replaceChildren();
    }
    if (version === this.#version) return;
    this.#version = version;
    await this.read();
  }

  async read() {
    const of = `clips/${this.getAttribute("clip")}`;
    const [found, people] = await Promise.all([api("GET", `${of}/approval`), api("GET", `${of}/approvers`)]);
    this.#found = found;
    this.#people = people.items;
    this.#draw();
    this.dispatchEvent(new CustomEvent("pass-approval", { bubbles: true }));
  }

  async approve() {
    await api("PUT", `clips/${this.getAttribute("clip")}/approval`, { version: this.#version });
    await this.read();
  }

  async ask() {
    const approver = this.querySelector("select")?.value;
    if (!approver) return;
    await api("PUT", `clips/${this.getAttribute("clip")}/proposal`, { body: { approver }, version: this.#version });
    await this.read();
  }

  #draw() {
    const note = document.createElement("section");
    note.className = "note waits small";
    note.setAttribute("role", "status");
    note.innerHTML = `<h2>${_("A matter of safety")}</h2><p data-said dir="auto"></p>`;
    note.querySelector("[data-said]").textContent = this.#said;
    note.classList.toggle("waits", this.stands !== "approved");
    if (this.stands === "open" && this.#people.length) note.append(this.#choice());
    this.replaceChildren(note);
  }

  get #said() {
    const { asked_by, asked_of, asked_at, approved_by, approved_at, holds } = this.#found;
    if (this.stands === "approved") return _("%(name)s approved it as it is, %(day)s.", { name: approved_by ?? _("Somebody who has left"), day: day(approved_at) });
    if (this.stands === "asked") return _("%(name)s asks for your approval. Watch it to its end; with Publish you approve exactly this version.", { name: asked_by ?? _("Somebody") });
    if (!this.#people.length) return _("Another curator has to approve it before people see it, and nobody else curates this space. Ask an admin to bring one in.");
    if (holds) return _("%(name)s was asked to approve it, %(day)s. You can ask somebody else.", { name: asked_of ?? _("Somebody"), day: day(asked_at) });
    if (approved_by) return _("%(name)s approved it as it was. Its bounds or words are others now: ask again.", { name: approved_by });
    return _("Another curator has to approve it as it is before people see it. Whom do you ask?");
  }

  #choice() {
    const row = document.createElement("p");
    row.className = "row";
    const many = this.#people.length >= OFFERED ? " many" : "";
    const src = `clips/${this.getAttribute("clip")}/approvers`;
    row.innerHTML = `<pass-who class="row"${many} src="${src}" value="id" told="${_("Another curator, by name")}"><select aria-label="${_("Who approves it")}"></select></pass-who><button type="button" data-do="ask-approval">${_("Ask")}</button>`;
    row.querySelector("select").append(...this.#people.map(({ id, name }) => new Option(name, id)));
    return row;
  }
}

customElements.define("pass-approval", PassApproval);
