// What the server is still to hear of things that were done here: noted first, so that no lost signal and no closed page
// forgets it, and said at once, at each visit, and when the signal is back.
//   {url, sent, until}  what was sent there goes: its tip was thrown away; the server has so many bytes of it, until then
//   {recording}         no film of this sound comes
import { api } from "./api.js";
import * as notes from "./notes.js";
import { standing, terminate } from "./tus.js";

const SETTLED = [400, 403, 404, 410, 422]; // asking again changes nothing

// {arrived, refused}: the recordings that what was to go has become meanwhile: it was sent, and is here; and
// [{errand, words}] of what the server does not let go of now: it is asked again the next time.
export async function run(person) {
  const [arrived, refused] = [[], []];
  for (const errand of notes.errands(person)) {
    try {
      await (errand.url ? terminate(errand.url) : api("DELETE", `recordings/${errand.recording}/film`));
    } catch (problem) {
      const { status, code, message } = problem;
      const stays = errand.url && [401, 403].includes(status) && code !== "already_arrived";
      if (stays) refused.push({ errand, words: message });
      if (stays || !SETTLED.includes(status) || code === "somebody_else") continue;
      if (code === "already_arrived") arrived.push((await standing(errand.url).catch(() => null))?.recording);
    }
    notes.done(person, errand);
  }
  return { arrived: arrived.filter(Boolean), refused };
}
