// What the server tells of clips while they are open, over one stream a browser, however many tabs. Of the pages that
// somebody looks at one holds the stream, by a lock, and passes on what it hears. A hidden page hears nothing, holds
// nothing, and is told where things stand when it is seen again: browsers freeze hidden pages, and phones save power.
import { api } from "./api.js";
import { _ } from "./words.js";

const AGAIN_MS = 60_000; // after the server would not have us listen
const GATHER_MS = 50; // until the other pages have said what they want
const MOST = 8; // clips of one stream, as events.py has it
const NEWS = ["clip", "talk", "comment", "reactions", "notices", "review"];
const TAKEN_BACK = _("This clip was taken back, or is not shared with you any more."); // as events.py says it

export const INBOX = "notices"; // besides clips, and the one thing that is said of it
export const REVIEW = "review"; // what waits for a curator: the same

const name = `passiton-events-${document.body.dataset.person ?? ""}`;
const page = Math.random().toString(36).slice(2);
const shared = navigator.locks && globalThis.BroadcastChannel ? new BroadcastChannel(name) : null; // else each page its own
const ears = new Map(); // clip: those of this page who hear of it
const others = new Map(); // page: the clips it wants
const latest = new Map(); // clip: what was said last, for a page that comes later
const gone = new Set(); // clips that have ended
let source = null;
let opened = ""; // for which clips
let leads = false;
let asking = null; // for the lock, to be aborted
let letGo = null; // of the lock
let timer;

// A clip; or INBOX, or REVIEW. `tell(name, data)`, until `signal` is aborted: "clip", "talk", "comment", "reactions" as
// events.py says them, and "end" with the reason as `message`.
export function hear(clip, tell, signal) {
  if (!ears.has(clip)) ears.set(clip, new Set());
  ears.get(clip).add(tell);
  signal?.addEventListener("abort", () => {
    ears.get(clip)?.delete(tell);
    if (!ears.get(clip)?.size) ears.delete(clip);
    changed();
  });
  const known = latest.get(clip);
  if (known?.clip) tell("clip", known.clip);
  changed();
}

const wants = () => (document.hidden || !navigator.onLine ? [] : [...ears.keys()].filter((clip) => !gone.has(clip)));

function changed() {
  const mine = wants();
  shared?.postMessage({ page, wants: mine });
  if (!mine.length) return stepDown();
  if (leads) return gather();
  if (!shared) return lead();
  if (asking) return;
  const request = (asking = new AbortController());
  navigator.locks
    .request(name, { signal: request.signal }, () => new Promise((done) => ((letGo = done), lead())))
    .catch(() => {}) // not wanted any more
    .finally(() => asking === request && (asking = null));
}

function lead() {
  leads = true;
  others.clear();
  shared?.postMessage({ who: true });
  gather();
}

function stepDown() {
  asking?.abort();
  asking = null;
  leads = false;
  close();
  letGo?.();
  letGo = null;
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
  opened = "";
  latest.clear();
}

function gather(ms = GATHER_MS) {
  clearTimeout(timer);
  timer = setTimeout(open, ms);
}

function open() {
  const all = [...new Set([...wants(), ...[...others.values()].flat()])].filter((clip) => !gone.has(clip));
  const besides = [INBOX, REVIEW].filter((each) => all.includes(each));
  const clips = all.filter((clip) => !besides.includes(clip)).slice(0, MOST);
  const asked = [...clips.map((clip) => `clip=${encodeURIComponent(clip)}`).sort(), ...besides.map((each) => `${each}=true`)].join("&");
  if (!leads || asked === opened) return;
  close();
  if (!asked) return;
  opened = asked;
  source = new EventSource(`/api/v1/events?${asked}`);
  for (const each of NEWS) source.addEventListener(each, ({ data }) => heard(each, { clip: each, ...JSON.parse(data) }));
  source.addEventListener("end", ({ data }) => end(JSON.parse(data)));
  source.addEventListener("error", () => source?.readyState === EventSource.CLOSED && refused(clips));
}

function heard(what, data) {
  const known = latest.get(data.clip) ?? {};
  if (what === "clip" || what === "talk" || what === "notices") known[what] = data;
  else if (known.talk) known.talk = { ...known.talk, stamp: "" }; // it was then
  latest.set(data.clip, known);
  pass(what, data);
}

function end(data) {
  pass("end", data);
  if (!wants().length && ![...others.values()].flat().length) close(); // or it would come back and be refused
}

function pass(what, data) {
  shared?.postMessage({ what, data });
  tell(what, data);
}

function tell(what, data) {
  if (what === "end") gone.add(data.clip);
  for (const each of [...(ears.get(data.clip) ?? [])]) each(what, data);
}

// The browser does not say why.
async function refused(clips) {
  close();
  for (const clip of clips) {
    try {
      await api("GET", `clips/${clip}`);
    } catch (problem) {
      if ([401, 404, 410].includes(problem.status)) end({ clip, message: problem.status === 404 ? TAKEN_BACK : problem.message });
    }
  }
  gather(AGAIN_MS);
}

shared?.addEventListener("message", ({ data }) => {
  if (data.what) return document.hidden || tell(data.what, data.data);
  if (data.who) return wants().length && shared.postMessage({ page, wants: wants() });
  if (!leads) return;
  if (data.wants.length) others.set(data.page, data.wants);
  else others.delete(data.page);
  gather();
  for (const clip of data.wants) for (const [what, said] of Object.entries(latest.get(clip) ?? {})) shared.postMessage({ what, data: said });
});
document.addEventListener("visibilitychange", changed);
for (const event of ["online", "offline"]) addEventListener(event, changed);
