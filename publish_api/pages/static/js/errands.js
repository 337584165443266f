// What the server is still to hear of things that were done here: noted first, so that no lost signal and no closed page
// forgets it, and said at once, at each visit, and when the signal is back.
//   {url}               what was sent there goes: its tip was thrown away
//   {recording}         no film of this sound comes
//   {recording, title}  what it is about
import { api } from "./api.js";
import * as notes from "./notes.js";
import { standing, terminate } from "./tus.js";

const SETTLED = [400, 403, 404, 410, 422]; // asking again changes nothing

// The recordings that what was to go has become meanwhile: it was sent, and is here.
export async function run(person) {
  const arrived = [];
  for (const errand of notes.errands(person)) {
    try {
      await say(errand);
    } catch (problem) {
      if (!SETTLED.includes(problem.status) || problem.code === "somebody_else") continue; // the next time
      if (errand.url && problem.code === "already_arrived") arrived.push((await standing(errand.url).catch(() => null))?.recording);
    }
    notes.done(person, errand);
  }
  return arrived.filter(Boolean);
}

async function say({ url, recording, title }) {
  if (url) return terminate(url);
  if (title === undefined) return api("DELETE", `recordings/${recording}/film`);
  const { version } = await api("GET", `recordings/${recording}`);
  return api("PATCH", `recordings/${recording}`, { body: { title }, version });
}
