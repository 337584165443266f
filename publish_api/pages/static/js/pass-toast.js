// <pass-toast role="status">: a line that comes and goes, with one thing to do about it.
const STAYS_MS = 6000;

class PassToast extends HTMLElement {
  say(words, action, act) {
    const line = document.createElement("p");
    line.append(words);
    if (action) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = action;
      button.addEventListener("click", () => (line.remove(), act()));
      line.append(button);
    }
    this.replaceChildren(line);
    clearTimeout(this.timer);
    // Not while it is being read or reached for.
    const leave = () => (line.matches(":hover, :focus-within") ? (this.timer = setTimeout(leave, STAYS_MS)) : line.remove());
    this.timer = setTimeout(leave, STAYS_MS);
  }
}

customElements.define("pass-toast", PassToast);

export const toast = (...said) => document.querySelector("pass-toast")?.say(...said);
