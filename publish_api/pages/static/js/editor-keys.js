// What each key does on the curator's desk.
import { KEYS as CUTTING } from "./pass-cutter.js";

const KEYS = {
  ...CUTTING, v: "level", y: "kind", h: "audience", c: "prerequisites", q: "question", W: "withdraw", H: "history", X: "split-clip", M: "join-clip",
  t: "title", d: "draft", w: "words", s: "save", p: "publish", n: "publish-on", u: "undo", j: "next", k: "previous", "?": "keys", " ": "play",
};
const TAKES = /^[1-9]$/; // the suggestion of that number

// The act of a key that was pressed; null for one that is typed, or means nothing here. `single`: keys alone do something.
export function actOf(event, single) {
  const typing = event.target.closest("input:not([type=radio], [type=checkbox], [type=range]), select, textarea, dialog");
  if ((event.ctrlKey || event.metaKey) && event.key === "s") return "save";
  if (event.key === "Escape" && typing) typing.blur?.();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const act = TAKES.test(event.key) ? `take-${event.key}` : (KEYS[event.key] ?? null);
  if (!single && act !== "keys") return null;
  return event.key === " " && event.target.closest("button, a, summary") ? null : act; // presses what has the focus
}
