// The note that this browser may throw away what lies here alone: shown where something does (`lies`), and the browser
// has not promised to keep it.
import { lasts } from "./shelf.js";

export async function warn(note, lies) {
  if (note.dataset.lies === String(lies)) return;
  note.dataset.lies = lies;
  const hidden = !lies || (await lasts());
  if (note.dataset.lies === String(lies)) note.hidden = hidden; // it may have changed meanwhile
}
