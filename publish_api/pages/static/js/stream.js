// Brings an HLS playlist into a <video>: by hls.js where Media Source exists, else by the browser itself.
import Hls from "../vendor/hls.min.mjs";

const RETRY_MS = 2000;
const RENEW_MS = 10_000; // what is refused sooner is not there

// `growing`: the playlist may not be there yet, and gets longer. `trouble(words | null)` is told what is wrong.
// `.renew(ms)`: the playlist is another now; goes on at a moment of it.
export function stream(video, src, { startMs = 0, growing = false, trouble = () => {} } = {}) {
  if (!Hls.isSupported()) return native(video, src, startMs, trouble);

  const hls = new Hls({
    startPosition: startMs ? startMs / 1000 : growing ? 0 : -1,
    capLevelToPlayerSize: true, // no 1080 lines into a phone's 240
    backBufferLength: 60,
    enableWebVTT: false, // captions come as a <track>, which every browser draws
    startFragPrefetch: true,
  });
  let recovered = 0;
  let renewedAt = -Infinity;
  let timer;
  const load = () => (hls.levels.length ? hls.startLoad() : hls.loadSource(src));
  const again = () => {
    trouble(null);
    load();
  };
  // The addresses of fragments have changed, since something was taken out or withdrawn: the playlist has the new
  // ones, and what was loaded by the old ones is forgotten.
  const renew = (ms = video.currentTime * 1000) => {
    renewedAt = performance.now();
    clearTimeout(timer);
    const playing = !video.paused;
    hls.config.startPosition = ms / 1000;
    hls.once(Hls.Events.MANIFEST_PARSED, () => playing && video.play().catch(() => {}));
    hls.loadSource(src);
    captionsAgain(video);
  };
  hls.on(Hls.Events.ERROR, (_, error) => {
    const refused = error.details === Hls.ErrorDetails.FRAG_LOAD_ERROR && error.response?.code === 404;
    if (refused && performance.now() - renewedAt > RENEW_MS) return renew();
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && recovered++ < 2) return hls.recoverMediaError();
    const missing = [404, 410].includes(error.response?.code);
    if (growing && [404, 503].includes(error.response?.code)) {
      timer = setTimeout(again, RETRY_MS); // nothing has been rendered yet
    } else if (error.response?.code === 503) {
      trouble("This is being made ready."); // what a clip lacks at its bounds: a second or two
      timer = setTimeout(load, RETRY_MS);
    } else if (error.type === Hls.ErrorTypes.NETWORK_ERROR && !missing) {
      trouble(navigator.onLine ? "The signal is weak. It goes on as soon as more has arrived." : "No signal. It goes on when it is back.");
      timer = setTimeout(again, 2 * RETRY_MS);
    } else {
      trouble(missing ? "This video is no longer here." : "This browser cannot play this video. Try another one.");
    }
  });
  hls.on(Hls.Events.FRAG_BUFFERED, () => trouble(null));
  hls.loadSource(src);
  hls.attachMedia(video);
  addEventListener("online", again);
  return {
    hls,
    renew,
    stop() {
      clearTimeout(timer);
      removeEventListener("online", again);
      hls.destroy();
    },
  };
}

function native(video, src, startMs, trouble) {
  let renewedAt = -Infinity;
  const open = (ms) => (video.src = ms ? `${src}#t=${ms / 1000}` : src);
  // It does not say why: perhaps for the same reason as above.
  const failed = () => {
    if (performance.now() - renewedAt < RENEW_MS) return trouble("This video cannot be played at the moment. Reload the page to try again.");
    renew(video.currentTime * 1000 || startMs);
  };
  const renew = (ms) => {
    renewedAt = performance.now();
    const { paused } = video;
    open(ms);
    if (!paused) video.play().catch(() => {});
    captionsAgain(video);
  };
  video.addEventListener("error", failed);
  open(startMs);
  return {
    hls: null,
    renew,
    stop() {
      video.removeEventListener("error", failed);
      video.removeAttribute("src");
      video.load();
    },
  };
}

function captionsAgain(video) {
  for (const track of video.querySelectorAll("track")) track.src = track.getAttribute("src");
}
