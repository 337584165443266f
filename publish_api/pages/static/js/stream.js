// Brings an HLS playlist into a <video>: by hls.js where Media Source exists, else by the browser itself.
import Hls from "../vendor/hls.min.mjs";

const RETRY_MS = 2000;

// `growing`: the playlist may not be there yet, and gets longer. `trouble(words | null)` is told what is wrong.
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
  let timer;
  const again = () => {
    trouble(null);
    if (hls.levels.length) hls.startLoad();
    else hls.loadSource(src);
  };
  hls.on(Hls.Events.ERROR, (_, error) => {
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && recovered++ < 2) return hls.recoverMediaError();
    const missing = error.response?.code === 404;
    if (growing && [404, 503].includes(error.response?.code)) {
      timer = setTimeout(again, RETRY_MS); // nothing has been rendered yet
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
    stop() {
      clearTimeout(timer);
      removeEventListener("online", again);
      hls.destroy();
    },
  };
}

function native(video, src, startMs, trouble) {
  const failed = () => trouble("This video cannot be played at the moment. Reload the page to try again.");
  video.addEventListener("error", failed);
  video.src = startMs ? `${src}#t=${startMs / 1000}` : src;
  return {
    hls: null,
    stop() {
      video.removeEventListener("error", failed);
      video.removeAttribute("src");
      video.load();
    },
  };
}
