// <pass-copy player="id" [unfurls]> or <pass-copy text="...">: its button copies a link to the second shown, which says of
// which version of the clip, or the text. `unfurls`: what the link carries so that a chat shows the title.
import { clock } from "./clock.js";
import { playerOf } from "./player-of.js";
import { toast } from "./pass-toast.js";
import { _ } from "./words.js";

class PassCopy extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.#copy());
  }

  async #copy() {
    const player = this.hasAttribute("player") ? await playerOf(this) : null;
    const text = player ? here(player.ms, player.getAttribute("version"), this.getAttribute("unfurls")) : this.getAttribute("text");
    const words = player ? _("Copied: a link to %(time)s", { time: clock(player.ms) }) : _("Copied");
    if (player && matchMedia("(pointer: coarse)").matches && navigator.share) {
      return navigator.share({ title: document.title, url: text }).catch(() => {}); // closed without choosing
    }
    try {
      await navigator.clipboard.writeText(text);
      toast(words);
    } catch {
      prompt(_("Copy this"), text);
    }
  }
}

function here(ms, version, unfurls) {
  const link = new URL(location.pathname, location.origin);
  const seconds = Math.floor(ms / 1000);
  if (seconds) link.searchParams.set("t", seconds);
  if (seconds && version) link.searchParams.set("v", version);
  if (unfurls) link.searchParams.set("u", unfurls);
  return link.href;
}

customElements.define("pass-copy", PassCopy);
