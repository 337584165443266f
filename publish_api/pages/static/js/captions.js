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
    element.src = `${element.getAttribute("src").split("?")[0]}?again=${times}`; // nor is the same address, twice
  }
}

export function end(video) {
  for (const element of video.querySelectorAll("track")) {
    clear(element.track);
    element.remove();
  }
}

function clear(track) {
  for (const cue of [...(track.cues ?? [])]) track.removeCue(cue); // it has none to give once it is disabled
  track.mode = "disabled";
}
