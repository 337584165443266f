// Brings an HLS playlist into a <video>: by hls.js where Media Source exists, else by the browser itself.
import Hls from "../vendor/hls.mjs";
import { again } from "./again.js";
import * as captions from "./captions.js";
import { poster } from "./poster.js";
import { _ } from "./words.js";

const RETRY_MS = 2000;
const MISSING = [404, 410];
const CHANGED = _("This video has just been changed. It goes on in a moment.");
const GONE = _("This video is no longer here.");

// `growing`: the playlist may not be there yet, and gets longer. `trouble(words | null)` is told what is wrong.
// `renewed(ms)`: the playlist is asked for anew, to go on there, and nothing stays of what was shown by the old one.
// `.renew(ms)`: the playlist is another now; goes on at a moment of it.
export function stream(video, src, { startMs = 0, growing = false, trouble = () => {}, renewed = () => {} } = {}) {
  const still = poster(video);
  const forget = (ms) => {
    still.renew();
    captions.renew(video);
    renewed(ms);
  };
  const ways = { startMs, growing, trouble, still, forget };
  return Hls.isSupported() ? byHls(video, src, ways) : native(video, src, ways);
}

function byHls(video, src, { startMs, growing, trouble, still, forget }) {
  const hls = new Hls({
    startPosition: startMs ? startMs / 1000 : growing ? 0 : -1,
    capLevelToPlayerSize: true, // no 1080 lines into a phone's 240
    backBufferLength: 60,
    // Captions come as a <track>, which every browser draws: it is not to fetch them too, nor to add tracks of its own.
    ...{ subtitleTrackController: undefined, subtitleStreamController: undefined, timelineController: undefined },
    startFragPrefetch: true,
  });
  let recovered = 0;
  let onto = startMs; // where it goes on; null once it is there
  let timer;
  const load = () => (hls.levels.length ? hls.startLoad() : hls.loadSource(src));
  const retry = () => {
    trouble(null);
    load();
  };
  // The addresses of fragments have changed, since something was taken out or withdrawn: the playlist has the new
  // ones, and what was loaded by the old ones is forgotten.
  const renew = (ms = onto ?? video.currentTime * 1000) => {
    clearTimeout(timer);
    onto = ms;
    const playing = !video.paused;
    hls.config.startPosition = ms / 1000;
    hls.once(Hls.Events.MANIFEST_PARSED, () => playing && video.play().catch(() => {}));
    hls.loadSource(src);
    forget(ms);
  };
  const refusals = again({ ask: renew, long: () => trouble(CHANGED), over: () => trouble(GONE) });
  const arrived = () => (onto = null);
  hls.on(Hls.Events.ERROR, (event, error) => {
    const missing = MISSING.includes(error.response?.code);
    if (missing && error.details === Hls.ErrorDetails.FRAG_LOAD_ERROR) {
      hls.stopLoad();
      return refusals.refused();
    }
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && recovered++ < 2) return hls.recoverMediaError();
    if (growing && [404, 503].includes(error.response?.code)) {
      timer = setTimeout(retry, RETRY_MS); // nothing has been rendered yet
    } else if (error.response?.code === 503) {
      trouble(_("This is being made ready.")); // what a clip lacks at its bounds: a few seconds
      timer = setTimeout(load, RETRY_MS);
    } else if (error.response?.code === 409) {
      trouble(_("This clip lies between two frames that could not be made. Whoever reviews it can move its bounds."));
    } else if (error.type === Hls.ErrorTypes.NETWORK_ERROR && !missing) {
      trouble(navigator.onLine ? _("The signal is weak. It goes on as soon as more has arrived.") : _("No signal. It goes on when it is back."));
      timer = setTimeout(retry, 2 * RETRY_MS);
    } else {
      trouble(missing ? GONE : _("This browser cannot play this video. Try another one."));
    }
  });
  hls.on(Hls.Events.FRAG_BUFFERED, () => trouble(null));
  video.addEventListener("seeking", arrived);
  video.addEventListener("loadeddata", arrived);
  hls.loadSource(src);
  hls.attachMedia(video);
  addEventListener("online", retry);
  return {
    hls,
    renew(ms) {
      refusals.asked();
      renew(ms);
    },
    stop() {
      clearTimeout(timer);
      refusals.stop();
      still.stop();
      removeEventListener("online", retry);
      video.removeEventListener("seeking", arrived);
      video.removeEventListener("loadeddata", arrived);
      hls.destroy();
    },
  };
}

function native(video, src, { startMs, trouble, still, forget }) {
  let onto = startMs; // where it goes on; null once it is there
  const open = (ms) => (video.src = ms ? `${src}#t=${ms / 1000}` : src);
  const renew = (ms = onto ?? video.currentTime * 1000) => {
    onto = ms;
    const { paused } = video;
    open(ms);
    if (!paused) video.play().catch(() => {});
    forget(ms);
  };
  // The browser does not say why it has failed: perhaps for the same reason as above.
  const over = async () => {
    const answer = await fetch(src).catch(() => null);
    if (MISSING.includes(answer?.status)) trouble(GONE);
    else trouble(_("This video cannot be played at the moment. Reload the page to try again."));
  };
  const refusals = again({ ask: renew, long: () => trouble(CHANGED), over });
  const failed = () => refusals.refused();
  const arrived = () => {
    onto = null;
    trouble(null);
  };
  video.addEventListener("error", failed);
  video.addEventListener("loadeddata", arrived);
  open(startMs);
  return {
    hls: null,
    renew(ms) {
      refusals.asked();
      renew(ms);
    },
    stop() {
      refusals.stop();
      still.stop();
      video.removeEventListener("error", failed);
      video.removeEventListener("loadeddata", arrived);
      video.removeAttribute("src");
      video.load();
    },
  };
}
