// Sends the tips of a queue, one after the other: each until it is on the server, or rests. One tab does, the others
// wait for it to close.
//
// Locks: passiton-queue-<person>, held by the tab that sends; passiton-tip-<id>, by whoever writes to its upload.
import { alone } from "./locks.js";
import * as notes from "./notes.js";
import { Sending } from "./sending.js";

const PATIENCE = 4; // tries, while others wait behind it
const ASIDE_MS = 60_000;
const TAKEN_MS = 3000; // until it is asked again whether another tab still has it

export class Sender {
  #woken = () => {};

  constructor(queue) {
    this.queue = queue;
  }

  // The only one among this person's tabs.
  async work() {
    await alone(`passiton-queue-${this.queue.person}`, async () => {
      for (;;) {
        const tip = this.#next();
        if (!tip) await this.#news();
        else if (!(await alone(`passiton-tip-${tip.id}`, () => this.#carry(tip).then(() => true), { ifFree: true }))) tip.aside = Date.now() + TAKEN_MS;
      }
    });
  }

  // Something has changed.
  wake() {
    this.#woken();
  }

  // `part`: the tip itself, or its sound.
  start(tip, part) {
    const { queue } = this;
    part.sending = new Sending(part.source, {
      endpoint: queue.endpoint,
      url: part.url,
      sent: part.url ? part.now.sent : 0,
      metadata: () => tip.metadata(part),
      guest: queue.guest,
      tell: (now) => this.#tell(tip, part, now),
      began: (url) => this.#began(tip, part, url),
      came: (known) => this.#came(tip, part, known),
      wanted: async () => !tip.kept || queue.shelf.has(tip.id),
    });
    part.sending.start();
  }

  #next() {
    return this.queue.tips.find((tip) => ["queued", "sending", "waiting"].includes(tip.state) && !tip.live && tip.aside < Date.now());
  }

  // Until something has changed, or one that stands aside comes back.
  #news() {
    const back = Math.min(...this.queue.tips.map((tip) => tip.aside).filter((at) => at > Date.now()));
    return new Promise((come) => {
      const timer = Number.isFinite(back) ? setTimeout(come, back - Date.now() + 10) : null;
      this.#woken = () => (clearTimeout(timer), come());
    });
  }

  // Until it is on the server, or rests.
  async #carry(tip) {
    const { queue } = this;
    if (tip.kept) {
      if (!(await queue.shelf.has(tip.id))) return queue.gone(tip.id);
      const stored = await queue.shelf.one(tip.id).catch(() => null); // unreadable: what is known here has to do
      if (stored) tip.read(queue.shelf, stored); // another tab may have begun it
    }
    if (tip.sound?.waits && tip.about.held !== "paused") await this.#sent(tip, tip.sound);
    if (tip.sound?.waits || tip.about.held || !queue.tips.includes(tip)) return; // meanwhile
    await this.#sent(tip, tip);
  }

  async #sent(tip, part) {
    tip.elsewhere = false;
    part.source.whole = true;
    await new Promise((over) => {
      tip.over = over;
      this.start(tip, part);
    });
    tip.over = part.sending = null;
  }

  #tell(tip, part, now) {
    const { queue } = this;
    if (!queue.tips.includes(tip)) return;
    part.now = now;
    queue.channel.postMessage({ id: tip.id, [part === tip ? "now" : "sound"]: now });
    if (now.state === "done") part === tip ? queue.finished(tip) : queue.heardThere(tip);
    if (now.state === "failed") tip.over?.(); // a sound stands in nobody's way: all that is in it comes with the film
    if (now.state === "waiting" && now.failures >= PATIENCE && navigator.onLine && this.#others(tip)) {
      tip.aside = Date.now() + ASIDE_MS;
      tip.rest();
      tip.over?.();
    }
    queue.changed();
  }

  #others(tip) {
    return !tip.live && this.queue.tips.some((each) => each !== tip && each.state === "queued" && !each.live && each.aside < Date.now());
  }

  async #began(tip, part, url) {
    const { queue } = this;
    part.url = url;
    if (tip.kept && part !== tip) await queue.shelf.soundBegan(tip.id, url).catch(() => {});
    else if (tip.kept) await queue.shelf.began(tip.id, url).catch(() => {});
    else if (tip.about.kind === "file") notes.write(queue.person, tip.about, url);
    queue.note(tip);
  }

  // So that a page that opens without signal knows it.
  async #came(tip, part, known) {
    const { queue } = this;
    if (!tip.kept || !queue.tips.includes(tip)) return;
    if (part === tip) await queue.shelf.began(tip.id, tip.url, known).catch(() => {});
    else await queue.shelf.soundBegan(tip.id, part.url, known).catch(() => {});
  }
}
