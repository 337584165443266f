// What one does to a comment of a <pass-thread>, which looks at that thread again afterwards.
import { api, piece } from "./api.js";
import { later } from "./later.js";
import { once } from "./once.js";
import { toast } from "./pass-toast.js";
import { _ } from "./words.js";

const speaking = later(() => import("./speak.js"));

// A button's act.
export async function act(thread, name, said, button) {
  const comment = `comments/${said.id.slice(2)}`;
  const turn = (path) => api(button.ariaPressed === "true" ? "DELETE" : "PUT", `${comment}/${path}`);
  const acts = {
    helped: () => turn("reactions/helped"),
    thanks: () => turn("reactions/thanks"),
    accept: () => turn("acceptance"),
    resolve: () => api(said.hasAttribute("data-resolved") ? "DELETE" : "PUT", `${comment}/resolution`),
    delete: () => confirm(_("Take this back? Its words are gone for everybody; replies stay.")) && api("DELETE", comment),
    edit: () => edit(said),
    before: () => before(said, button),
    speak: () => aloud(thread, button),
  };
  if ((await acts[name]()) === false) return;
  button.disabled = false; // or it would be another than the one drawn
  await thread.look(root(said));
  if (name === "delete") toast(_("Taken back."));
}

// A form's: an edit, a reason for looking up who asked, a reply.
export async function send(thread, form, said) {
  const id = said.id.slice(2);
  if (form.matches(".edit")) {
    await api("PATCH", `comments/${id}`, { body: { text: form.elements.text.value }, version: form.dataset.version });
    form.remove();
    await thread.look(root(said));
    thread.querySelector(`#c-${id} [data-act="edit"]`)?.focus();
  } else if (form.matches("[data-unmask]")) {
    await api("POST", `comments/${id}/unmaskings`, { body: { why: form.elements.why.value } });
    form.reset();
    await thread.look(id);
  } else {
    const made = await once(`clips/${thread.getAttribute("clip")}/comments`, {
      reply_to: id,
      kind: form.elements.kind.value,
      text: form.elements.text.value,
    });
    form.reset();
    form.closest("details").open = false;
    await thread.look(made.id, { show: true });
  }
}

// A reply that is spoken.
async function aloud(thread, button) {
  const form = button.form;
  thread.player?.pause();
  await (await speaking()).speak(form, {
    clip: thread.getAttribute("clip"),
    what: () => ({ reply_to: form.dataset.replyTo, kind: form.elements.kind.value }),
    over: async (made) => {
      if (!made) return button.focus();
      form.closest("details").open = false;
      await thread.look(made.id, { show: true }).catch(() => {});
    },
  });
  return false;
}

const root = (said) => (said.parentElement.closest(".said") ?? said).id.slice(2);

// What was written, not what is shown of it, and which version that is.
async function edit(said) {
  const text = said.querySelector(":scope > article > .text");
  if (said.querySelector(":scope > article > form.edit")) return false;
  const { text: written, version } = await api("GET", `comments/${said.id.slice(2)}`);
  const form = document.createElement("form");
  form.className = "edit";
  form.dataset.version = version;
  form.innerHTML = `<textarea name="text" rows="3" required maxlength="4000" dir="auto" aria-label="${_("Your words")}"></textarea>
    <p class="row"><button class="main-action">${_("Save")}</button><button type="button" class="quiet" data-cancel>${_("Leave as it was")}</button></p>`;
  form.elements.text.defaultValue = written;
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
  return false;
}

// What it said before, in its place; pressed again, it goes.
async function before(said, link) {
  const article = said.querySelector(":scope > article");
  const shown = article.querySelector(":scope > .before");
  link.setAttribute("aria-expanded", String(!shown));
  if (shown) shown.remove();
  else article.querySelector(":scope > .text").after((await piece(link.getAttribute("href"))).querySelector(".before"));
  return false;
}
