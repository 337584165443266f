// <pass-questions most><ol><li><textarea name="question">: lines that can be removed and added.
import { _ } from "./words.js";

class PassQuestions extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ol");
    this.add = this.querySelector('[data-do="add"]');
    const empty = [...this.list.children].filter((line) => !line.firstElementChild.value);
    this.spare = (empty[0] ?? this.list.lastElementChild).cloneNode(true);
    for (const line of empty) line.remove(); // those were for where no script runs
    for (const line of this.list.children) this.#removable(line);
    this.add.hidden = false;
    this.add.addEventListener("click", () => this.#added());
    this.#show();
  }

  #added() {
    const line = this.spare.cloneNode(true);
    line.firstElementChild.value = "";
    this.#removable(line);
    this.list.append(line);
    this.#show();
    line.firstElementChild.focus();
  }

  #removable(line) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = _("Remove");
    button.addEventListener("click", () => {
      const next = line.nextElementSibling ?? line.previousElementSibling;
      line.remove();
      this.#show();
      (next?.querySelector("button") ?? this.add).focus();
    });
    line.append(button);
  }

  #show() {
    const lines = [...this.list.children];
    lines.forEach((line, i) => {
      line.firstElementChild.ariaLabel = _("Question %(number)s", { number: i + 1 });
      line.querySelector("button").ariaLabel = _("Remove question %(number)s", { number: i + 1 });
    });
    this.add.disabled = lines.length >= Number(this.getAttribute("most"));
  }
}

customElements.define("pass-questions", PassQuestions);
