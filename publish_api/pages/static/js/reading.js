// What is read over the picture: nothing, what is said, or captions in another language; and with or without the sounds
// of somebody who looks for a word. Kept for this device. Where there is but one thing to read, a button shows or hides
// it; else it opens a menu.
import { leaveOut } from "./captions.js";
import { Menu } from "./menu.js";
import { _ } from "./words.js";

const [SHOWN, LANGUAGE, FILLERS] = ["captions", "captions-language", "captions-fillers"];
const [OFF, LEFT_OUT] = ["off", "fillers"];
const SPOKEN = ""; // as a language: whichever it is

export class Reading {
  constructor(video, button, menu) {
    this.video = video;
    this.button = button;
    this.menu = new Menu(button, menu, (choice) => this.#choose(choice));
    button.addEventListener("click", () => this.menu.items.length || this.toggle());
    video.addEventListener("pass-tracks", () => this.#list());
    video.textTracks.addEventListener("addtrack", () => this.#show()); // a browser that plays HLS by itself finds more
    this.#list();
  }

  get on() {
    return localStorage.getItem(SHOWN) !== OFF;
  }

  toggle() {
    localStorage.setItem(SHOWN, this.on ? OFF : "on");
    this.#show();
  }

  get #tracks() {
    return [...this.video.querySelectorAll("track")];
  }

  get #chosen() {
    const wanted = localStorage.getItem(LANGUAGE) ?? SPOKEN;
    return this.#tracks.find((each) => value(each) === wanted) ?? this.#tracks[0];
  }

  #list() {
    const tracks = this.#tracks;
    const fillers = tracks.some((each) => "fillers" in each.dataset);
    const several = tracks.length > 1 || fillers;
    this.button.hidden = !tracks.length;
    const items = [{ value: OFF, words: _("Off") }, ...tracks.map((each) => ({ value: `in ${value(each)}`, words: each.label }))];
    if (fillers) items.push({ value: LEFT_OUT, words: _("Leave out “um” and “er”"), alone: true });
    this.menu.list(several ? items : []);
    this.menu.open(false);
    this.button.ariaHasPopup = several ? "menu" : null;
    if (!several) this.button.ariaExpanded = null;
    this.#show();
  }

  #show() {
    const left = localStorage.getItem(FILLERS) === "out";
    for (const element of this.#tracks) if ("fillers" in element.dataset) leaveOut(element, left);
    const chosen = this.on ? this.#chosen : null;
    for (const track of this.video.textTracks) {
      const mode = track === chosen?.track ? "showing" : "disabled";
      if (track.mode !== mode) track.mode = mode;
    }
    this.button.ariaPressed = String(Boolean(chosen));
    for (const item of this.menu.items) {
      const { value: choice } = item;
      item.ariaChecked = String(choice === LEFT_OUT ? left : choice === (chosen ? `in ${value(chosen)}` : OFF));
    }
  }

  #choose(choice) {
    if (choice === LEFT_OUT) localStorage.setItem(FILLERS, localStorage.getItem(FILLERS) === "out" ? "in" : "out");
    else localStorage.setItem(SHOWN, choice === OFF ? OFF : "on");
    if (choice.startsWith("in ")) localStorage.setItem(LANGUAGE, choice.slice(3));
    this.#show();
  }
}

const value = (element) => (element.kind === "captions" ? SPOKEN : element.srclang);
