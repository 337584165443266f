// A stream in slices of a few seconds: each as soon as it is made, so that little can be lost.
//
//   idle --start--> recording --stop, or the stream ends--> stopping --last slice--> over

const SLICE_MS = 1800;
const MUTED_MS = 2000; // for so long a microphone may be silent for reasons of its own
const RATES = { videoBitsPerSecond: 2_000_000, audioBitsPerSecond: 64_000 };
// Chromium: MP4 is written from keyframe to keyframe, so they make the slices; a little longer than the above, or two
// of them would come as one.
const KEYFRAMES = { videoKeyFrameIntervalDuration: 2000 };

// In order of preference. What is cut off in the middle has to play: MediaRecorder's MP4 is written in fragments.
const PICTURES = [
  "video/mp4;codecs=avc1.42E01F,mp4a.40.2",
  "video/mp4;codecs=avc1.64001F,mp4a.40.2",
  "video/mp4;codecs=avc1.42E01F,opus",
  "video/mp4",
  "video/webm;codecs=vp9,opus",
  "video/webm;codecs=vp8,opus",
  "video/webm",
];
// WebM first: Chromium hands out sound alone in MP4 now and then two slices at once.
const SOUNDS = ["audio/webm;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4;codecs=opus", "audio/mp4", "audio/webm"];

// The format that this browser records in; "" leaves it to the browser.
export const format = (pictures) => (pictures ? PICTURES : SOUNDS).find((type) => MediaRecorder.isTypeSupported(type)) ?? "";

export class Recorder {
  state = "idle";
  ms = 0;
  #began = 0;
  #main;
  #aside = null;
  #open = new Set(); // those whose last slice has not come

  // `slice(blob, ms)` gets each slice and how long the recording is with it; `over(why)` comes last, with
  // "stop", "taken" (the device is gone: a phone call) or "broken". `aside`, {type, slice}: the sound alone, at the
  // same time once more; a browser that cannot do both records the first.
  constructor(stream, { type, slice, over, aside = null }) {
    Object.assign(this, { stream, over });
    this.#main = this.#one(stream, type, slice);
    this.#main.onerror = () => this.stop("broken");
    if (aside) this.#aside = this.#one(new MediaStream(stream.getAudioTracks()), aside.type, aside.slice);
    for (const track of stream.getTracks()) {
      track.addEventListener("ended", () => this.stop("taken"));
      track.addEventListener("mute", () => this.#muted(track));
    }
  }

  get elapsed() {
    return this.state === "recording" ? performance.now() - this.#began : this.ms;
  }

  // In one tick: their times begin together, to a few milliseconds.
  start() {
    this.state = "recording";
    this.#began = performance.now();
    this.#open.add(this.#main);
    this.#main.start(SLICE_MS);
    if (!this.#aside) return;
    try {
      this.#aside.start(SLICE_MS);
      this.#open.add(this.#aside);
    } catch {
      // Then without.
    }
  }

  stop(why = "stop") {
    if (this.state !== "recording") return;
    this.ms = this.elapsed;
    this.state = "stopping";
    this.why = why;
    for (const each of this.#open) {
      // A stream that has ended stops its recorder by itself; asking again would be an error.
      if (each.state === "inactive") this.#stopped(each);
      else each.stop();
    }
  }

  #one(stream, type, slice) {
    const recorder = new MediaRecorder(stream, { ...(type ? { mimeType: type } : {}), ...RATES, ...KEYFRAMES });
    let slices = 0;
    recorder.ondataavailable = ({ data }) => {
      // Chromium hands out what was written before its clock struck: MP4's head alone at first, and then everything
      // one slice late. Asked once for what has come since, it keeps time.
      if (slices++ === 0 && recorder.state === "recording") recorder.requestData();
      slice(data, this.elapsed);
    };
    recorder.onstop = () => this.#stopped(recorder);
    return recorder;
  }

  #stopped(recorder) {
    this.#open.delete(recorder);
    this.stop("taken"); // by itself: every track has ended
    if (this.#open.size || this.state === "over") return;
    this.state = "over";
    this.over(this.why);
  }

  // A phone call takes the microphone away without ending it.
  #muted(track) {
    if (this.state !== "recording") return;
    for (const each of this.#open) if (each.state === "recording") each.requestData();
    setTimeout(() => track.muted && this.stop("taken"), MUTED_MS);
  }
}
