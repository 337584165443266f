// Threads as the server has drawn them now, put in the place of what is there: what is the same stays the element it
// is, what somebody is writing stays as it is, the focus stays, and what is read does not move.
import { local } from "./site.js";

// `whole`: what is in the list and not among `items` is gone, up to where they end if there are `more`. Gives the new
// ones, replies too.
export function put(list, items, { whole = false, more = false } = {}) {
  for (const li of items) local(li); // as those that are there
  const news = [];
  steady(list, () => place(list, items, whole, more ? (items.at(-1)?.dataset.order ?? "") : "~", news));
  return news;
}

function place(list, items, whole, last, news) {
  const ids = new Set(items.map((li) => li.id));
  for (const li of [...list.children]) if (whole && !ids.has(li.id) && li.dataset.order <= last && !written(li)) li.remove();
  for (const li of items) {
    const old = list.querySelector(`:scope > #${CSS.escape(li.id)}`);
    if (old) renew(old, li, whole, news);
    else {
      list.insertBefore(li, [...list.children].find((each) => each.dataset.order > li.dataset.order) ?? null);
      news.push(li, ...li.querySelectorAll(".said"));
    }
  }
}

function renew(old, li, whole, news) {
  for (const name of ["data-kind", "data-order", "data-ms", "data-end", "data-resolved"])
    if (li.hasAttribute(name)) old.setAttribute(name, li.getAttribute(name));
    else old.removeAttribute(name);
  old.classList.toggle("chosen", li.classList.contains("chosen"));
  swap(part(old, "article, .gone"), part(li, "article, .gone"));
  const [replies, now] = [part(old, ".replies"), part(li, ".replies")];
  if (replies && now) place(replies, [...now.children], whole, "~", news);
  else if (now) {
    part(old, "article, .gone").after(now);
    news.push(...now.children);
  } else if (whole && replies && !written(replies)) replies.remove();
  const [reply, may] = [part(old, ".reply"), part(li, ".reply")];
  if (reply && !may && !written(reply)) reply.remove();
  if (!reply && may) old.append(may);
}

function swap(old, now) {
  if (same(old, now) || written(old)) return;
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  const again = focus?.dataset.act ? `[data-act="${focus.dataset.act}"]` : focus?.matches("a.at") ? "a.at" : focus?.localName;
  const opened = old.querySelector("details[open]");
  old.replaceWith(now);
  if (opened) now.querySelector("details")?.setAttribute("open", "");
  if (focus) (now.querySelector(again) ?? now.closest(".said")?.querySelector("summary"))?.focus({ preventScroll: true });
}

// What somebody listens to plays on: its element stays, whatever is drawn anew around it.
function same(old, now) {
  const [voice, drawn] = [old, now].map((each) => each.querySelector(":scope > pass-voice"));
  if (!voice || !drawn) return old.isEqualNode(now);
  voice.follow?.(drawn);
  document.adoptNode(now); // a sound that is put into another document begins anew
  const [here, there] = [voice, drawn].map((each) => {
    const place = document.createElement("i");
    each.replaceWith(place);
    return place;
  });
  const equal = old.isEqualNode(now);
  const stays = equal || written(old) ? here : there;
  stays.replaceWith(voice);
  return equal;
}

const part = (li, selector) => [...li.children].find((each) => each.matches(selector));

// Whether somebody is writing in there.
const written = (within) =>
  [...within.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => field.value !== field.defaultValue || field === document.activeElement) ||
  Boolean(within.querySelector("form.edit, .speaking"));

// Safari does not keep what is read where it is when something comes above it; where a browser does, it is told not to.
function steady(list, change) {
  const anchor = [...list.querySelectorAll(".said")].find((li) => {
    const { top } = li.getBoundingClientRect();
    return top >= 0 && top < innerHeight;
  });
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (!anchor?.isConnected) return;
  const off = anchor.getBoundingClientRect().top - before;
  if (off) scroller(list).scrollTop += off;
}

function scroller(element) {
  for (let each = element; each; each = each.parentElement)
    if (/auto|scroll/.test(getComputedStyle(each).overflowY) && each.scrollHeight > each.clientHeight) return each;
  return document.scrollingElement;
}
