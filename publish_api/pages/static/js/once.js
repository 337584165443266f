// What makes something is sent with a key of its own, the same one when it is sent again: an answer that was lost on the
// way makes nothing twice.
import { api } from "./api.js";

const keys = new Map();

export async function once(path, said) {
  const body = draft() ? { ...said, draft: true } : said;
  const what = `${path} ${JSON.stringify(body)}`;
  if (!keys.has(what)) keys.set(what, key());
  const made = await api("POST", path, { body, once: keys.get(what) });
  keys.delete(what);
  return made;
}

// What is said on a draft's page is for those who see the draft: refused once people see the clip.
export const draft = () => Boolean(document.querySelector("pass-circle"));

// crypto.randomUUID is not there without https.
export const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
