// <pass-choosing>: the clips of a reel. Its buttons work without this by loading the page again; with it only the lists
// are drawn anew, and the keyboard stays where it was.
import { piece } from "./api.js";
import { toast } from "./pass-toast.js";

// Where the keyboard goes when its button is not there any more.
const NEXT = { up: ["down", "out"], down: ["up", "out"], out: [], into: ["out"], look: [] };

class PassChoosing extends HTMLElement {
  #asked = null;

  connectedCallback() {
    this.form = this.closest("form");
    this.news = document.createElement("p");
    this.news.setAttribute("role", "status");
    this.news.className = "out-of-sight";
    this.after(this.news);
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.form.addEventListener("change", (event) => event.target.name === "space" && this.#press(this.querySelector("#look")));
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.name !== "q") return;
      event.preventDefault();
      this.#press(this.querySelector("#look"));
    });
  }

  #submit(event) {
    if (event.submitter?.formMethod !== "get") return;
    event.preventDefault();
    this.#press(event.submitter);
  }

  async #press(button) {
    const asked = (this.#asked = {});
    const kept = this.contains(document.activeElement);
    const query = new URLSearchParams(new FormData(this.form, button));
    try {
      const drawn = (await piece(`${new URL(button.formAction).pathname}?${query}`)).querySelector("#choosing");
      if (asked !== this.#asked) return;
      this.querySelector("#choosing").replaceWith(drawn);
    } catch (problem) {
      return toast(problem.message);
    }
    this.news.textContent = [...this.querySelectorAll(".note, [data-news]")].map((each) => each.textContent.trim()).join(" ");
    const { name, value } = button;
    if (!kept) return;
    const next = [name, ...(NEXT[name] ?? [])].map((each) => `${each}-${value}`);
    if (this.contains(document.activeElement)) return; // it has gone on meanwhile
    const found = next.map((id) => document.getElementById(id)).find((each) => each && !each.disabled);
    (found ?? this.querySelector(name === "out" ? ".chosen button" : "#q") ?? this.querySelector("#q")).focus();
  }
}

customElements.define("pass-choosing", PassChoosing);
