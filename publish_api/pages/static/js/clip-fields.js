// What people write of a clip, and what the editor calls a change of it.
import { _ } from "./words.js";

// Typed.
export const WORDS = { audience: _("Changed whom it is for"), prerequisites: _("Changed what to know before"), question: _("Changed the question") };
// One of several, or a day: "" is none of them.
export const CHOSEN = {
  level: _("Changed the level"), kind: _("Changed the sort"), risk: _("Changed how careful one has to be"),
  owner: _("Changed the owner"), assigned: _("Changed who looks at it"), review_by: _("Changed the day"),
};
export const FIELDS = ["parts", "title", "tags", ...Object.keys(CHOSEN), ...Object.keys(WORDS)];

// The API's clip, as far as it is written, and what follows of that.
export function written(clip) {
  const { owner, assigned, wants_approval } = clip;
  return { ...Object.fromEntries(FIELDS.map((f) => [f, clip[f]])), owner: owner?.id ?? null, assigned: assigned?.id ?? null, wants_approval };
}

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Browsers take no "" for the value of several radio buttons, though one of them has it.
export function choose(field, value) {
  if (field instanceof RadioNodeList) for (const radio of field) radio.checked = radio.value === value;
  else field.value = value;
}

// What the large button does now. `done`: people see it as it is here; `asked`: this person is to approve it.
export function mainAct({ published, done, changed, asked, next }) {
  if (done) return changed ? _("Looked at") : next ? _("Next clip") : _("Published");
  if (published) return _("Save: live at once");
  return asked ? _("Approve and publish") : _("Publish");
}
