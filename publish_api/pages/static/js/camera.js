// Camera and microphone: what is asked for, and what to say when it is not given.
import { _ } from "./words.js";

// What a person can choose. `picture`: which camera; `mirrored`: as in a mirror, on the screen alone.
export const WAYS = {
  back: { picture: "environment", mirrored: false },
  front: { picture: "user", mirrored: true },
  voice: { picture: null, mirrored: false },
};

// 720 lines are enough to see hands at work, and 2 Mbit/s enough for them: a minute is about 16 MB.
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const SOUND = { channelCount: { ideal: 1 }, noiseSuppression: true, autoGainControl: true };

export const supported = () => Boolean(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder);

// A stream; raises an Error whose message is for the person.
export async function open(way) {
  const { picture } = WAYS[way];
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: SOUND,
      video: picture ? { ...PICTURE, facingMode: { ideal: picture } } : false,
    });
  } catch (problem) {
    throw new Error(WORDS[problem.name] ?? inUse(picture), { cause: problem });
  }
}

export function close(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

// Only what fits in a hand has a camera of its own.
const INSTEAD = matchMedia("(pointer: coarse)").matches ? _("Or film with the phone’s own camera.") : _("Or pick a video that you have.");
const inUse = (picture) => {
  const what = picture ? _("This camera cannot be used at the moment. Close other apps that use it.") : _("This microphone cannot be used at the moment. Close other apps that use it.");
  return `${what} ${INSTEAD}`;
};
const WORDS = {
  NotAllowedError: `${_("The browser may not use the camera or microphone. Allow it in the browser’s settings for this site, and try again.")} ${INSTEAD}`,
  NotFoundError: _("No camera or microphone was found here. Record your voice only, or pick a video that you have."),
};
