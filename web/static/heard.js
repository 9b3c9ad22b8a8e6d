// What was heard of a sound: the seconds that were really played. What is jumped over, by a person or by the player, is not.

const LONGEST = 5; // seconds between two looks at the sound; more is a jump that nobody told of

export class Heard {
  constructor() {
    this.ranges = [];
    this.total = 0; // seconds, however often the same ones were played
    this.last = null;
  }

  /** The sound is at this second, and plays. */
  at(second) {
    if (this.last !== null && second > this.last && second - this.last < LONGEST) this.add(this.last, second);
    this.last = second;
  }

  /** The sound goes somewhere else, or stops: nothing in between was heard. */
  lose() { this.last = null; }

  add(from, to) {
    this.total += to - from;
    const all = [...this.ranges, [from, to]].sort((a, b) => a[0] - b[0]);
    this.ranges = [];
    for (const [begin, end] of all) {
      const before = this.ranges.at(-1);
      if (before && begin <= before[1] + 0.1) before[1] = Math.max(before[1], end);
      else this.ranges.push([begin, end]);
    }
  }

  /** "4.0-9.2,12.0-13.5", `offset` seconds further. */
  text(offset = 0) { return this.ranges.map(([from, to]) => `${(from + offset).toFixed(1)}-${(to + offset).toFixed(1)}`).join(","); }
}

/** Tells the server what was heard, one report after the other: who waits for the last has waited for all. `facts` gives
    the report, nothing while there is none that is new; `told` gets the answer. */
export class Teller {
  constructor(address, facts, { every = 10000, told = null } = {}) {
    Object.assign(this, { address, facts, told });
    this.before = "";
    this.line = Promise.resolve();
    setInterval(() => this.tell(), every);
    window.addEventListener("pagehide", () => this.send().catch(() => {}));
  }

  tell() {
    this.line = this.line.then(() => this.send()).catch(() => { this.before = ""; }); // the next report says it again
    return this.line;
  }

  async send() {
    const facts = this.facts();
    const body = facts ? new URLSearchParams(facts).toString() : "";
    if (!body || body === this.before) return;
    this.before = body;
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "Content-Type": "application/x-www-form-urlencoded" };
    const answer = await fetch(this.address, { method: "POST", credentials: "same-origin", keepalive: true, headers, body });
    if (!answer.ok) { this.before = ""; return; }
    if (this.told) this.told(await answer.json());
  }
}

/** Of a whole call: how many seconds of it were played, for its receipt. */
export function tellSeconds({ heard, sound }) {
  const teller = new Teller(sound.dataset.told, () => (heard.total >= 0.5 ? { seconds: heard.total.toFixed(1) } : null));
  for (const event of ["pause", "ended"]) sound.addEventListener(event, () => teller.tell());
}
