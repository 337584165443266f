// A word that can be pressed; what is written in its place; and what else can be done with it.
import { _ } from "./words.js";

export function word({ text, start_ms: ms }, number, unsure, byHand) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `word${unsure ? " unsure" : ""}${byHand ? " by-hand" : ""}`;
  button.dataset.n = number;
  button.dataset.ms = ms;
  button.tabIndex = unsure ? 0 : -1;
  button.textContent = text;
  if (unsure) button.insertAdjacentHTML("beforeend", `<span class="out-of-sight"> ${_("(in doubt)")}</span>`);
  return button;
}

// The field that belongs to a form: what is said, or what was typed instead.
export function written(form, said, typed) {
  const field = document.createElement("input");
  Object.assign(field, { value: typed ?? said, maxLength: 500, autocomplete: "off", enterKeyHint: "done", dir: "auto", ariaLabel: _("Instead of “%(said)s”", { said }) });
  field.setAttribute("form", (form.id = "mend"));
  field.size = Math.max(said.length, field.value.length, 4) + 2;
  return field;
}

// `begins`, `ends`: whether a sentence does, there; `first`: of all words; `muted`: nobody hears them; `note`: what somebody else wrote meanwhile.
export function tools(template, { begins, ends, first, muted, note }) {
  const form = template.content.cloneNode(true).firstElementChild;
  const of = (act) => form.querySelector(`[data-mend="${act}"]`);
  of("split").hidden = begins;
  of("join").hidden = !begins || first;
  of("more").hidden = ends;
  of("mute").hidden = muted;
  of("close").textContent = note ? _("Keep theirs") : _("Leave it as it was");
  const said = form.querySelector("[data-note]");
  said.textContent = note;
  said.hidden = !note;
  return form;
}
