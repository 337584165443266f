// <pass-in-this player>: the second that is shown when the form is opened, until somebody writes another.
import { clock } from "./clock.js";
import { playerOf } from "./player-of.js";

class PassInThis extends HTMLElement {
  async connectedCallback() {
    const details = this.querySelector("details");
    const at = this.querySelector("[name=at]");
    const player = await playerOf(this);
    details.addEventListener("toggle", () => {
      if (!details.open) return;
      player.pause();
      at.value = clock(player.ms);
    });
  }
}

customElements.define("pass-in-this", PassInThis);
