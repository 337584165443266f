// A box over the picture of a player, moved and made larger by touch, mouse and keys: {left, top, right, bottom} in
// thousandths of the picture. Arrows move it, with Shift they move its lower right corner.
import { _ } from "./words.js";

const LEAST = 20; // thousandths: smaller is not found again by a finger
const STEP = 10;
const MOVES = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

export const inWords = ({ left, top, right, bottom }) =>
  _("%(left)s from the left, %(top)s from the top, %(width)s wide, %(height)s high", {
    left: `${left / 10}%`,
    top: `${top / 10}%`,
    width: `${(right - left) / 10}%`,
    height: `${(bottom - top) / 10}%`,
  });

export class CoverBox {
  #box = { left: 350, top: 350, right: 650, bottom: 650 };
  #resized = new ResizeObserver(() => this.#lay());

  // `changed(box)`: somebody moved it.
  constructor(player, changed) {
    Object.assign(this, { player, changed });
    this.frame = document.createElement("div");
    this.frame.className = "picture-frame";
    this.frame.dir = "ltr";
    this.frame.innerHTML = `<button type="button" class="cover-box"><i class="corner" aria-hidden="true"></i></button>`;
    this.button = this.frame.firstElementChild;
    this.button.addEventListener("pointerdown", (event) => this.#drag(event));
    this.button.addEventListener("keydown", (event) => this.#key(event));
  }

  get box() {
    return this.#box;
  }

  set box(box) {
    this.#box = box;
    this.#draw();
  }

  // `inView`: the player stays where it is.
  open({ inView }) {
    this.player.append(this.frame);
    this.#resized.observe(this.player);
    this.player.video.addEventListener("loadedmetadata", this.lay);
    this.#lay();
    this.#draw();
    this.button.focus({ preventScroll: inView });
  }

  close() {
    this.#resized.disconnect();
    this.player.video.removeEventListener("loadedmetadata", this.lay);
    this.frame.remove();
  }

  lay = () => this.#lay();

  // Where the picture is: a player has room beside one of another shape.
  #lay() {
    const { video } = this.player;
    const scale = Math.min(video.clientWidth / (video.videoWidth || video.clientWidth), video.clientHeight / (video.videoHeight || video.clientHeight));
    const width = (video.videoWidth || video.clientWidth) * scale;
    const height = (video.videoHeight || video.clientHeight) * scale;
    Object.assign(this.frame.style, {
      left: `${video.offsetLeft + (video.clientWidth - width) / 2}px`,
      top: `${video.offsetTop + (video.clientHeight - height) / 2}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }

  #draw() {
    const { left, top, right, bottom } = this.#box;
    Object.assign(this.button.style, { left: `${left / 10}%`, top: `${top / 10}%`, width: `${(right - left) / 10}%`, height: `${(bottom - top) / 10}%` });
    this.button.setAttribute("aria-label", `${_("What is covered")}: ${inWords(this.#box)}`);
  }

  #drag(event) {
    event.preventDefault();
    this.button.focus();
    const from = { ...this.#box };
    const { width, height } = this.frame.getBoundingClientRect();
    const corner = event.target.matches(".corner");
    const move = ({ clientX, clientY }) => this.#move(from, ((clientX - event.clientX) * 1000) / width, ((clientY - event.clientY) * 1000) / height, corner);
    const up = new AbortController();
    this.button.setPointerCapture(event.pointerId);
    this.button.addEventListener("pointermove", move, { signal: up.signal });
    for (const end of ["pointerup", "pointercancel"]) this.button.addEventListener(end, () => up.abort(), { signal: up.signal });
  }

  #key(event) {
    const by = MOVES[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // the player would go on, or back
    this.#move(this.#box, ...by, event.shiftKey);
  }

  #move({ left, top, right, bottom }, across, down, corner) {
    const within = (value, least, most) => Math.round(Math.min(Math.max(value, least), most));
    if (corner) this.box = { left, top, right: within(right + across, left + LEAST, 1000), bottom: within(bottom + down, top + LEAST, 1000) };
    else {
      const [x, y] = [within(left + across, 0, 1000 - right + left), within(top + down, 0, 1000 - bottom + top)];
      this.box = { left: x, top: y, right: x + right - left, bottom: y + bottom - top };
    }
    this.changed(this.#box);
  }
}
