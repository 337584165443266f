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
const SOUNDS = ["audio/mp4;codecs=mp4a.40.2", "audio/mp4;codecs=opus", "audio/mp4", "audio/webm;codecs=opus", "audio/webm"];

// The format that this browser records in; "" leaves it to the browser.
export const format = (pictures) => (pictures ? PICTURES : SOUNDS).find((type) => MediaRecorder.isTypeSupported(type)) ?? "";

export class Recorder {
  state = "idle";
  ms = 0;
  #began = 0;
  #slices = 0;
  #recorder;

  // `slice(blob, ms)` gets each slice and how long the recording is with it; `over(why)` comes last, with
  // "stop", "taken" (the device is gone: a phone call) or "broken".
  constructor(stream, { type, slice, over }) {
    Object.assign(this, { stream, slice, over });
    this.#recorder = new MediaRecorder(stream, { ...(type ? { mimeType: type } : {}), ...RATES, ...KEYFRAMES });
    this.#recorder.ondataavailable = ({ data }) => this.#sliced(data);
    this.#recorder.onerror = () => this.stop("broken");
    this.#recorder.onstop = () => this.#stopped();
    for (const track of stream.getTracks()) {
      track.addEventListener("ended", () => this.stop("taken"));
      track.addEventListener("mute", () => this.#muted(track));
    }
  }

  // As the browser says it, once it records.
  get type() {
    return this.#recorder.mimeType;
  }

  get elapsed() {
    return this.state === "recording" ? performance.now() - this.#began : this.ms;
  }

  start() {
    this.state = "recording";
    this.#began = performance.now();
    this.#recorder.start(SLICE_MS);
  }

  stop(why = "stop") {
    if (this.state !== "recording") return;
    this.ms = this.elapsed;
    this.state = "stopping";
    this.why = why;
    // A stream that has ended stops its recorder by itself; asking again would be an error.
    if (this.#recorder.state === "inactive") this.#stopped();
    else this.#recorder.stop();
  }

  // Chromium hands out what was written before its clock struck: MP4's head alone at first, and then everything one
  // slice late. Asked once for what has come since, it keeps time.
  #sliced(data) {
    if (this.#slices++ === 0 && this.#recorder.state === "recording") this.#recorder.requestData();
    this.slice(data, this.elapsed);
  }

  #stopped() {
    if (this.state === "recording") {
      this.ms = this.elapsed; // by itself: every track has ended
      this.why = "taken";
    }
    if (this.state === "over") return;
    this.state = "over";
    this.over(this.why);
  }

  // A phone call takes the microphone away without ending it.
  #muted(track) {
    if (this.state !== "recording") return;
    this.#recorder.requestData();
    setTimeout(() => track.muted && this.stop("taken"), MUTED_MS);
  }
}
