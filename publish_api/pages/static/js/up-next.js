// The clip after this one, as a link at the end. Its beginning is fetched when the present one is nearly over and has
// come whole, so that it plays at once; not where bytes are dear. It never plays by itself.
import { dear } from "./network.js";
import { chosen } from "./quality.js";

const NEAR_S = 15;
const FRAGMENTS = 2; // of the picture and of the sound: 3 to 6 s

// `told(words)`: for those who do not see that it has come up.
export function upNext(video, link, told) {
  let begun = false;
  const look = () => {
    const { buffered, currentTime, duration } = video;
    const whole = buffered.length > 0 && buffered.end(buffered.length - 1) > duration - 0.5;
    if (begun || !whole || duration - currentTime > NEAR_S || dear() || chosen() === "save") return;
    begun = true;
    beginning(link.dataset.src).catch(() => {}); // no signal: then without
  };
  for (const event of ["timeupdate", "progress"]) video.addEventListener(event, look);
  video.addEventListener("ended", () => {
    link.hidden = false;
    told(link.textContent.trim());
  });
  for (const event of ["play", "seeking"]) video.addEventListener(event, () => (link.hidden = true));
}

// Playlists are asked for again when the clip is opened; fragments are kept by the browser.
async function beginning(src) {
  const master = await text(src);
  const sound = /^#EXT-X-MEDIA:TYPE=AUDIO.*URI="([^"]+)"/m.exec(master)?.[1];
  const picture = addresses(master)[0]; // what players begin with
  const playlists = [...new Set([picture, sound].filter(Boolean))];
  await Promise.all(playlists.map((playlist) => pieces(new URL(playlist, new URL(src, location)))));
}

async function pieces(playlist) {
  const listed = await text(playlist);
  const init = /^#EXT-X-MAP:URI="([^"]+)"/m.exec(listed)?.[1];
  const first = [init, ...addresses(listed).slice(0, FRAGMENTS)].filter(Boolean);
  await Promise.all(first.map((piece) => ask(new URL(piece, playlist)).then((answer) => answer.arrayBuffer())));
}

const addresses = (playlist) => playlist.split("\n").filter((line) => line && !line.startsWith("#"));

const text = (address) => ask(address).then((answer) => answer.text());

async function ask(address) {
  const answer = await fetch(address, { priority: "low" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer;
}
