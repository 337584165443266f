// A film whose sound has gone before it: what both are known by, and what the server is told meanwhile.
import { api } from "./api.js";

const BITS = 128;

// In base64url.
export function chance() {
  const bytes = crypto.getRandomValues(new Uint8Array(BITS / 8));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// It is here still, and so large. Whether its sound was deleted there, as far as the server answers.
export const waits = (recording, bytes) => api("PUT", `recordings/${recording}/film`, { body: { byte_size: bytes } }).then(() => false, ({ status }) => status === 410);
