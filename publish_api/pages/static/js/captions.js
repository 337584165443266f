// The captions of a <video>, as <track>s. What is being shown of one stays in the picture when it is given another
// address, or taken away: so that goes first.
let times = 0;

// Other words are written down of what plays, or it is made of other seconds.
export function renew(video) {
  times += 1;
  for (const element of video.querySelectorAll("track")) {
    const { mode } = element.track; // as somebody has chosen
    clear(element.track);
    element.track.mode = mode; // first: a disabled one is not loaded
    element.src = asking(element, "again", times); // nor is the same address, twice
  }
}

export function end(video) {
  for (const element of video.querySelectorAll("track")) {
    clear(element.track);
    element.remove();
  }
}

// Whether a track leaves the sounds out of somebody who looks for a word. Another takes its place: one that has been
// loaded, and is not shown, would not be loaded again.
export function leaveOut(element, left) {
  if (new URL(element.src).searchParams.has("fillers") === left) return;
  const other = element.cloneNode();
  other.src = asking(element, "fillers", left ? "false" : null);
  clear(element.track);
  element.replaceWith(other);
}

// A track's address with a value in it; null: without.
function asking(element, name, value) {
  const address = new URL(element.src);
  if (value === null) address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  return address.pathname + address.search;
}

// The page has others now, drawn by the server: those that went, go; those that came, come. The rest stays.
export function take(video, drawn) {
  const named = (tracks) => new Map([...tracks].map((each) => [each.srclang + each.kind, each]));
  const [there, now] = [named(video.querySelectorAll("track")), named(drawn)];
  for (const [name, element] of there) {
    const other = now.get(name);
    if (!other) clear(element.track), element.remove();
    else element.label = other.label, element.toggleAttribute("data-fillers", "fillers" in other.dataset);
  }
  for (const [name, element] of now) if (!there.has(name)) video.append(element);
  video.dispatchEvent(new Event("pass-tracks"));
}

function clear(track) {
  for (const cue of [...(track.cues ?? [])]) track.removeCue(cue); // it has none to give once it is disabled
  track.mode = "disabled";
}
