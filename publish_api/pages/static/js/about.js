// What is said of a tip beside its bytes: who speaks, and answers to a brief. The form is drawn by the server.
import { _ } from "./words.js";

export function watch(form) {
  form.addEventListener("change", () => follow(form));
  form.querySelector("[data-not-me]")?.addEventListener("click", () => notMe(form));
  follow(form);
}

// Beside Send, where the question is out of sight.
function notMe(form) {
  const { who, speaker } = form.elements;
  who.value = "other";
  form.dispatchEvent(new Event("change"));
  speaker.focus();
}

// As the upload's metadata. An answer that is empty was emptied, or is "I cannot say": what the brief has holds no more.
export function said(form) {
  const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
  const { who, speaker, streams, sparing, ...rest } = values;
  return { ...rest, ...(who === "other" && speaker ? { speaker } : {}) };
}

// Somebody else has to have a name.
export function complete(form) {
  const field = form.elements.speaker;
  field.setCustomValidity(form.elements.who.value === "other" && !field.value.trim() ? _("Say who speaks.") : "");
  if (!form.checkValidity()) field.closest("details")?.setAttribute("open", ""); // else nobody sees what is asked
  return form.reportValidity();
}

const OURS = ["terms", "brief"]; // which sentence about consent is shown, and what is answered here, the page knows

// What was said of it before is there already.
export function fill(form, metadata) {
  for (const [name, value] of Object.entries(metadata)) if (!OURS.includes(name) && form.elements[name]) form.elements[name].value = value;
  if (metadata.speaker) form.elements.who.value = "other";
  follow(form);
}

// The sentences above Send: whose consent it is. `whose`: "me" and "other", as far as they speak.
export function consent(form, ...whose) {
  for (const each of form.querySelectorAll("[data-consent]")) each.hidden = !whose.includes(each.dataset.consent);
}

function follow(form) {
  const other = form.elements.who.value === "other";
  form.querySelector("[data-other]").hidden = !other;
  form.elements.speaker.setCustomValidity("");
  consent(form, other ? "other" : "me");
}
