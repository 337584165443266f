// Colleagues offered while one types @ and the beginning of a name, in a text that sticks to a clip.
import { api } from "./api.js";
import { _, ngettext } from "./words.js";

const REST_MS = 150; // since the last key
const TYPED = /(?:^|[\s(])@([\p{L}\p{N}._-]{0,30})$/u;
const known = new WeakSet();
let lists = 0;

// `area`: a <textarea>, whose form the list is put into.
export function offer(area, clip) {
  if (known.has(area)) return;
  known.add(area);
  const list = document.createElement("ul");
  const told = document.createElement("p");
  list.id = `mentionable-${++lists}`;
  list.className = "offered-names above";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", _("Colleagues"));
  told.className = "out-of-sight";
  told.setAttribute("role", "status");
  area.after(list, told);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);
  let resting;
  let asked = 0; // the number of the newest question: an older one's answer comes too late
  let active = 0;

  const typed = () => TYPED.exec(area.value.slice(0, area.selectionStart))?.[1] ?? null;
  const close = () => {
    clearTimeout(resting);
    asked++;
    list.hidden = true;
    list.replaceChildren();
    told.textContent = "";
    area.removeAttribute("aria-activedescendant");
  };
  const choose = (at) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = at;
    list.children[at].setAttribute("aria-selected", "true");
    list.children[at].scrollIntoView({ block: "nearest" });
    area.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const ask = async (begins) => {
    const number = ++asked;
    const { items } = await api("GET", `clips/${clip}/mentionable?q=${encodeURIComponent(begins)}`).catch(() => ({ items: [] }));
    if (number !== asked || document.activeElement !== area) return;
    if (!items.length) return close();
    list.replaceChildren(...items.map((each, at) => option(each, `${list.id}-${at}`)));
    list.hidden = false;
    active = 0;
    choose(0);
    told.textContent = ngettext("%(num)s colleague. Enter puts the name in.", "%(num)s colleagues. Arrow keys choose, Enter puts the name in.", items.length);
  };
  const put = (login) => {
    const end = area.selectionStart;
    area.setRangeText(`${login} `, end - typed().length, end, "end");
    close();
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };

  area.addEventListener("input", () => {
    clearTimeout(resting);
    const begins = typed();
    if (begins === null) return close();
    resting = setTimeout(() => ask(begins), REST_MS);
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const many = list.children.length;
    if (event.key === "ArrowDown") choose((active + 1) % many);
    else if (event.key === "ArrowUp") choose((active + many - 1) % many);
    else if (event.key === "Escape") close();
    else if (["Enter", "Tab"].includes(event.key) && !event.ctrlKey && !event.metaKey && typed() !== null) put(list.children[active].dataset.login);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  area.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps the focus
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-login]");
    if (chosen && typed() !== null) put(chosen.dataset.login);
  });
}

function option({ login, name }, id) {
  const li = document.createElement("li");
  li.id = id;
  li.dataset.login = login;
  li.setAttribute("role", "option");
  li.setAttribute("aria-selected", "false");
  li.innerHTML = `<b dir="auto"></b> <small class="soft"></small>`;
  li.children[0].textContent = name;
  li.children[1].textContent = `@${login}`;
  return li;
}
