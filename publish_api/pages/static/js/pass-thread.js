// <pass-thread player clip src>: replies, reactions, editing, taking back, settling. Drawn by the server:
// after each change the thread's HTML is fetched again, and only what differs is replaced.
import { api, piece } from "./api.js";
import { playerOf } from "./player-of.js";
import { toast } from "./pass-toast.js";
import { local } from "./site.js";

class PassThread extends HTMLElement {
  async connectedCallback() {
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("submit", (event) => this.#submit(event));
    document.addEventListener("pass-said", (event) => this.refresh(event.detail.id));
    // Whoever comes back to this tab sees what was said meanwhile.
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh().catch(() => {}));
    this.player = await playerOf(this);
    this.player.addEventListener("pass-time", (event) => this.#near(event.detail.ms));
    this.player.addEventListener("pass-changed", () => this.refresh().catch(() => {})); // its seconds lie elsewhere
    this.#mark();
  }

  // Fetches the thread again; `show`, a comment's id, is brought into view.
  async refresh(show) {
    const drawn = (await piece(this.getAttribute("src"))).querySelector(".thread, .nothing");
    this.#merge(drawn);
    this.#mark();
    local(this);
    if (!show) return;
    const said = this.querySelector(`#c-${CSS.escape(show)}`);
    if (!said) return;
    said.scrollIntoView({ block: "nearest" });
    said.classList.add("new");
    said.tabIndex = -1;
    said.focus({ preventScroll: true });
  }

  // Element by element, so that a half-written reply or edit elsewhere in the thread stays.
  #merge(drawn) {
    const list = this.querySelector(":scope > .thread");
    if (!list || drawn.matches(".nothing")) return this.replaceChildren(drawn);
    const wanted = [...drawn.children];
    const ids = new Set(wanted.map((li) => li.id));
    for (const li of [...list.children]) if (!ids.has(li.id)) li.remove();
    wanted.forEach((li, i) => {
      const old = this.querySelector(`#${CSS.escape(li.id)}`);
      if (old && !old.isEqualNode(li)) {
        const written = [...old.querySelectorAll("textarea")].filter((t) => t.value !== t.defaultValue);
        const opened = old.querySelector("details.reply")?.open;
        const focus = document.activeElement;
        const refocus = old.contains(focus) && focus.dataset.act && `#${focus.closest(".said").id} [data-act="${focus.dataset.act}"]`;
        for (const area of written) {
          const twin = area.id && li.querySelector(`#${CSS.escape(area.id)}`);
          if (twin) twin.value = area.value;
        }
        if (opened && written.length) li.querySelector("details.reply").open = true;
        old.replaceWith(li);
        if (refocus) this.querySelector(refocus)?.focus();
      } else if (!old) {
        list.insertBefore(li, list.children[i] ?? null);
      }
    });
  }

  async #click(event) {
    const at = event.target.closest("a.at[data-ms]");
    if (at) {
      event.preventDefault();
      return this.player.play({ from: Number(at.dataset.ms) });
    }
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const said = button.closest(".said");
    if (button.dataset.act === "edit") return this.#edit(said);
    button.disabled = true;
    try {
      await this.#act(button.dataset.act, said, button);
    } catch (problem) {
      this.#fail(said, problem.message);
    }
    button.disabled = false;
  }

  async #act(act, said, button) {
    const comment = `comments/${said.id.slice(2)}`;
    const pressed = button.ariaPressed === "true";
    const acts = {
      helped: () => api(pressed ? "DELETE" : "PUT", `${comment}/reactions/helped`),
      thanks: () => api(pressed ? "DELETE" : "PUT", `${comment}/reactions/thanks`),
      resolve: () => api(said.hasAttribute("data-resolved") ? "DELETE" : "PUT", `${comment}/resolution`),
      delete: () => confirm("Take this back? Its words are gone for everybody; replies stay.") && api("DELETE", comment),
    };
    if ((await acts[act]()) === false) return;
    await this.refresh();
    if (act === "delete") toast("Taken back.");
  }

  #edit(said) {
    const text = said.querySelector(":scope > article > .text");
    if (said.querySelector(":scope > article > form.edit")) return;
    const form = document.createElement("form");
    form.className = "edit";
    form.innerHTML = `<textarea name="text" rows="3" required maxlength="4000" dir="auto" aria-label="Your words"></textarea>
      <p class="row"><button class="main-action">Save</button><button type="button" class="quiet" data-cancel>Leave as it was</button></p>`;
    form.elements.text.defaultValue = text.textContent;
    const end = () => {
      form.remove();
      text.hidden = false;
      said.querySelector('[data-act="edit"]')?.focus();
    };
    form.querySelector("[data-cancel]").addEventListener("click", end);
    form.addEventListener("keydown", (event) => event.key === "Escape" && end());
    text.hidden = true;
    text.after(form);
    form.elements.text.focus();
  }

  async #submit(event) {
    event.preventDefault();
    const form = event.target;
    const said = form.closest(".said");
    const button = form.querySelector("button.main-action");
    button.disabled = true;
    try {
      if (form.matches(".edit")) {
        await api("PATCH", `comments/${said.id.slice(2)}`, { body: { text: form.elements.text.value } });
        form.elements.text.defaultValue = form.elements.text.value;
        await this.refresh();
      } else {
        const { id } = await api("POST", `clips/${this.getAttribute("clip")}/comments`, {
          body: { reply_to: said.id.slice(2), kind: form.elements.kind.value, text: form.elements.text.value },
        });
        form.reset();
        form.closest("details").open = false;
        await this.refresh(id);
      }
    } catch (problem) {
      this.#fail(said, problem.message, form);
    }
    button.disabled = false;
  }

  #fail(said, words, form) {
    const trouble = form?.querySelector(".trouble") ?? said.querySelector(":scope > article > .trouble");
    trouble.textContent = words;
    trouble.hidden = false;
  }

  #mark() {
    this.player.marks = [...this.querySelectorAll(".thread > .said[data-ms]")].map((li) => ({
      ms: Number(li.dataset.ms),
      kind: li.dataset.kind,
      text: li.querySelector(".text")?.textContent ?? "",
      resolved: li.hasAttribute("data-resolved"),
    }));
  }

  // What was said about the second that is shown stands out.
  #near(ms) {
    for (const li of this.querySelectorAll(".thread > .said[data-ms]"))
      li.classList.toggle("near", ms >= Number(li.dataset.ms) && ms < Number(li.dataset.ms) + 4000);
  }
}

customElements.define("pass-thread", PassThread);
