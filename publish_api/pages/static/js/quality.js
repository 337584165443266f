// Which picture is played: as the connection allows, the one that somebody chose, or none that is dear. Kept for this
// device. A button names the present one and opens a menu; where there is one picture alone there is nothing to choose.
import Hls from "../vendor/hls.mjs";
import { Menu } from "./menu.js";
import { _ } from "./words.js";

const KEPT = "quality";
const SPARING = 480; // lines: on a phone little is lost

// "auto", "save", or a number of lines.
export const chosen = () => localStorage.getItem(KEPT) ?? (navigator.connection?.saveData ? "save" : "auto");

export class Quality {
  #hls = null;

  constructor(button, menu) {
    this.button = button;
    this.menu = new Menu(button, menu, (choice) => this.#choose(choice));
  }

  // `hls`: null where the browser plays by itself, and chooses too.
  of(hls) {
    this.#hls = hls;
    this.button.hidden = true;
    this.menu.open(false);
    hls?.on(Hls.Events.MANIFEST_PARSED, () => {
      this.#apply();
      this.#list();
    });
    hls?.on(Hls.Events.LEVEL_SWITCHED, () => this.#name());
  }

  #apply(now = false) {
    const hls = this.#hls;
    const choice = chosen();
    const sparing = choice === "save";
    if (hls.capLevelToPlayerSize === sparing) hls.capLevelToPlayerSize = !sparing;
    if (sparing) hls.autoLevelCapping = this.#level(SPARING);
    const level = Number(choice) ? this.#level(Number(choice)) : -1;
    if (now) hls.nextLevel = level;
    else if (level >= 0) hls.loadLevel = level;
  }

  // The best with no more lines than these, else the smallest. hls.js has them in order of their bytes.
  #level(lines) {
    return Math.max(this.#hls.levels.findLastIndex((level) => side(level) <= lines), 0);
  }

  #list() {
    const sides = [...new Set(this.#hls.levels.map(side))].sort((a, b) => b - a);
    this.button.hidden = sides.length < 2;
    const saving = sides[0] > SPARING ? [["save", _("Save data")]] : [];
    const items = [["auto", _("Automatic")], ...saving, ...sides.map((lines) => [String(lines), `${lines}p`])];
    this.menu.list(items.map(([value, words]) => ({ value, words })));
    this.#name();
  }

  #name() {
    const { levels, currentLevel, loadLevel } = this.#hls;
    const level = levels[currentLevel] ?? levels[loadLevel];
    const present = level ? `${side(level)}p` : "";
    const choice = chosen();
    const fixed = Number(choice) ? String(side(levels[this.#level(Number(choice))])) : choice;
    this.button.textContent = present || _("Auto");
    const lines = present || _("Auto");
    const how = { save: _("%(lines)s: quality, saving data", { lines }), auto: _("%(lines)s: quality, automatic", { lines }) };
    this.button.setAttribute("aria-label", how[fixed] ?? _("%(lines)s: quality", { lines }));
    for (const item of this.menu.items) {
      item.ariaChecked = String(item.value === fixed);
      if (item.value === "auto") item.textContent = fixed === "auto" && present ? _("Automatic (%(present)s)", { present }) : _("Automatic");
    }
  }

  #choose(choice) {
    localStorage.setItem(KEPT, choice);
    this.#apply(true);
    this.#name();
  }
}

const side = ({ width, height }) => Math.min(width, height);
