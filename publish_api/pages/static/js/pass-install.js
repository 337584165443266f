// <pass-install hidden>: a place on the home screen, offered once and quietly: where the browser can do it, with a
// button; on an iPhone or iPad, where the reader has to, with a sentence. Whoever declines is not asked again.
const DECLINED = "install-declined";

class PassInstall extends HTMLElement {
  connectedCallback() {
    if (matchMedia("(display-mode: standalone)").matches || navigator.standalone || localStorage.getItem(DECLINED)) return;
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault(); // the browser's own bar would cover what one came for
      this.prompt = event;
      this.#offer("install");
    });
    addEventListener("appinstalled", () => (this.hidden = true));
    this.addEventListener("click", (event) => this.#click(event.target.closest("[data-do]")?.dataset.do));
    if (navigator.standalone === false) this.#offer("ios"); // Safari alone knows the word
  }

  #offer(how) {
    for (const each of this.querySelectorAll("[data-how]")) each.hidden = each.dataset.how !== how;
    this.hidden = false;
  }

  async #click(act) {
    if (act === "install") {
      this.hidden = true; // whatever is answered: a prompt can be shown once
      await this.prompt.prompt();
    }
    if (act === "decline") {
      localStorage.setItem(DECLINED, "1");
      this.hidden = true;
    }
  }
}

customElements.define("pass-install", PassInstall);
