// What a page needs when its first view is there: fetched a little after that, or when it is needed before.
import { Trouble } from "./api.js";
import { _ } from "./words.js";

const AFTER_MS = 1500;

// `load`: () => import("./..."). Gives a function that promises the module.
export function later(load) {
  let begun = null;
  const get = () =>
    (begun ??= load().catch(() => {
      begun = null;
      throw new Trouble(_("No signal. Nothing you typed is lost; try again when it is back."), "offline", 0);
    }));
  const soon = () => setTimeout(() => get().catch(() => {}), AFTER_MS);
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon, { once: true });
  return get;
}
