// hub.js, once the page is there: `tell(name, data)` of what becomes of a clip, until `signal` is aborted.
import { later } from "./later.js";

const hub = later(() => import("./hub.js"));

export async function listen(clip, tell, signal) {
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  try {
    (await hub()).hear(clip, tell, signal);
  } catch {
    addEventListener("online", () => listen(clip, tell, signal), { once: true, signal });
  }
}
