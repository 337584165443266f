// <pass-prompter>: the questions of a brief over the picture, one at a time. On and back by tap and by key.
class PassPrompter extends HTMLElement {
  connectedCallback() {
    this.questions = [...this.querySelectorAll("li")];
    this.at = 0;
    for (const button of this.querySelectorAll("button"))
      button.addEventListener("click", () => this.go(button.dataset.go === "on" ? 1 : -1));
    this.addEventListener("click", (event) => event.target.closest("ol") && this.go(1));
    this.keys = (event) => this.#key(event);
    document.addEventListener("keydown", this.keys);
    this.#show();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.keys);
  }

  // From the first one again.
  reset() {
    this.at = 0;
    this.#show();
  }

  go(step) {
    this.at = Math.min(Math.max(this.at + step, 0), this.questions.length - 1);
    this.#show();
  }

  // Remote controls for slides send Page Up and Page Down.
  #key(event) {
    if (!this.checkVisibility?.() || event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.go(document.dir === "rtl" && event.key.startsWith("Arrow") ? -step : step);
  }

  #show() {
    this.questions.forEach((question, number) => (question.hidden = number !== this.at));
    const [back, on] = ["back", "on"].map((way) => this.querySelector(`[data-go="${way}"]`));
    back.disabled = this.at === 0;
    on.disabled = this.at === this.questions.length - 1;
    this.querySelector("[data-count]").textContent = `${this.at + 1} of ${this.questions.length}`;
  }
}

customElements.define("pass-prompter", PassPrompter);
