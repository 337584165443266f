// <pass-inside hidden>: shown in the browser that a chat app has built in, where recording, keeping and sending are
// not to be relied on. Holds a <pass-copy> for the address of this page.
import { insideApp } from "./browser.js";
import "./pass-copy.js";

class PassInside extends HTMLElement {
  connectedCallback() {
    const app = insideApp();
    if (!app) return;
    this.querySelector("[data-app]").textContent = app;
    this.querySelector("pass-copy")?.setAttribute("text", location.href);
    this.querySelector("[data-address]").textContent = location.host + location.pathname;
    this.hidden = false;
  }
}

customElements.define("pass-inside", PassInside);
