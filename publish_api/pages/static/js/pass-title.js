// <pass-title recording version>: a recording's title, changed in place. Without scripts its form is sent.
import { api } from "./api.js";
import { toast } from "./pass-toast.js";
import { _ } from "./words.js";

class PassTitle extends HTMLElement {
  connectedCallback() {
    const details = this.querySelector("details");
    const form = this.querySelector("form");
    details.addEventListener("toggle", () => details.open && form.elements.title.focus());
    form.addEventListener("keydown", (event) => event.key === "Escape" && (details.open = false));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const trouble = this.querySelector(".trouble");
      try {
        const recording = await api("PATCH", `recordings/${this.getAttribute("recording")}`, {
          body: { title: form.elements.title.value },
          version: this.getAttribute("version"),
        });
        this.setAttribute("version", recording.version);
        this.querySelector("h1").textContent = recording.title || recording.filename || _("Untitled recording");
        trouble.hidden = true;
        details.open = false;
        toast(_("Saved."));
      } catch (problem) {
        trouble.textContent = problem.message;
        trouble.hidden = false;
      }
    });
  }
}

customElements.define("pass-title", PassTitle);
