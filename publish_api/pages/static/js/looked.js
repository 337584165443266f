// What becomes of a recording that has just come: asked until it has been looked at.
import { api } from "./api.js";

const EVERY_MS = 1500;
const TROUBLED_MS = 6000;
const LOST = [401, 403, 404]; // asking again changes nothing

// The recording once its `look` has ended, well or not; {deleted: true} when it was deleted; null when `wanted()` is no
// longer true, or it cannot be seen.
export async function looked(id, wanted) {
  while (wanted()) {
    let wait = EVERY_MS;
    try {
      const recording = await api("GET", `recordings/${id}`);
      const look = recording.steps.find((step) => step.name === "look");
      if (recording.status !== "working" || look?.state === "done") return wanted() ? recording : null;
    } catch (problem) {
      if (problem.status === 410) return { deleted: true };
      if (LOST.includes(problem.status)) return null;
      wait = TROUBLED_MS; // no signal: what is shown stays true
    }
    await new Promise((rested) => setTimeout(rested, wait));
  }
  return null;
}
