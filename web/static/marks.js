// Marks on one call's page: words that are chosen in the text fill in the form, marks are shown in the text and on the
// wave. The form works without this file.

const LONGEST_WORD = 30; // seconds

const clock = (seconds) => {
  const whole = Math.floor(seconds);
  const rest = Math.round((seconds - whole) * 10);
  const text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  return rest && rest < 10 ? `${text}.${rest}` : text;
};

export class Marks {
  constructor(transcript) {
    this.transcript = transcript;
    this.card = document.getElementById("marks");
    if (!this.card) return;
    this.form = this.card.querySelector("#mark-form");
    this.bar = document.getElementById("mark-bar");
    this.first = null;
    document.addEventListener("selectionchange", () => this.offer());
    this.bar.querySelector("button").addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
    this.bar.querySelector("button").addEventListener("click", () => { this.fill(this.chosen); this.write(); });
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("htmx:afterSettle", () => { this.show(); this.hear(); });
    this.hear();
    this.show();
    this.draw();
  }

  /** The words that are selected in the text, as { begin, end, speaker }; null: none are. */
  get chosen() {
    const selection = window.getSelection();
    const box = document.querySelector("#transcript .turns");
    if (!box || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(box)) return null;
    const turns = this.transcript.turns.filter((turn) => range.intersectsNode(turn.box));
    const words = turns.flatMap((turn) => turn.words).filter((word) => selection.containsNode(word, true));
    return words.length ? this.of(words[0], words.at(-1)) : null;
  }

  of(first, last) {
    const sides = new Set([first, last].map((word) => ["caller", "agent"].find((side) => word.closest(".turn").classList.contains(side)) || ""));
    return { begin: Number(first.dataset.s), end: Number(last.dataset.e), speaker: sides.size === 1 ? [...sides][0] : "" };
  }

  /** Shows the button while words are selected. */
  offer() {
    window.clearTimeout(this.waits);
    this.waits = window.setTimeout(() => {
      const place = this.chosen;
      const button = this.bar.querySelector("button");
      this.bar.hidden = !place;
      if (place) button.textContent = button.dataset.words.replace("TIME", `${clock(place.begin)}–${clock(place.end)}`);
    }, 120);
  }

  fill(place) {
    if (!place) return;
    this.form.elements.begin.value = place.begin.toFixed(2).replace(/\.?0+$/, "");
    this.form.elements.end.value = place.end.toFixed(2).replace(/\.?0+$/, "");
    this.form.elements.speaker.value = place.speaker;
    this.say(`${clock(place.begin)}–${clock(place.end)}`);
  }

  say(text) { this.card.querySelector("#mark-chosen").textContent = text; }

  /** To the comment. */
  write() {
    this.bar.hidden = true;
    window.getSelection().removeAllRanges();
    this.form.scrollIntoView({ block: "center" });
    this.form.elements.words.focus({ preventScroll: true });
  }

  /** M on a word begins a mark, M on another ends it. */
  key(event) {
    const word = event.target.closest?.("#transcript .w");
    if (!word || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && !document.getElementById("sound")) { // with sound, the player moves from word to word
      event.preventDefault();
      this.transcript.move(word, step);
    }
    if (event.code !== "KeyM" && event.key.toLowerCase() !== "m") return; // by its place: on a Russian keyboard, too
    event.preventDefault();
    if (!this.first) {
      this.first = word;
      word.classList.add("marked");
      this.say(this.card.querySelector("#mark-chosen").dataset.begun);
      return;
    }
    const [from, to] = Number(this.first.dataset.s) <= Number(word.dataset.s) ? [this.first, word] : [word, this.first];
    this.first = null;
    this.fill(this.of(from, to));
    this.write();
  }

  /** With sound: the buttons that take its place. */
  hear() {
    const sound = document.getElementById("sound");
    const buttons = this.card.querySelector(".here-buttons");
    if (!sound || !buttons.hidden) return;
    buttons.hidden = false;
    for (const button of buttons.querySelectorAll("[data-here]")) {
      button.addEventListener("click", () => {
        this.form.elements[button.dataset.here].value = document.getElementById("sound").currentTime.toFixed(1);
        this.form.elements.speaker.value = "";
      });
    }
  }

  get rows() { return [...this.card.querySelectorAll("li[data-begin]")].map((row) => ({ begin: Number(row.dataset.begin), end: Number(row.dataset.end), side: row.dataset.side })); }

  /** In the text. */
  show() {
    const { times } = this.transcript; // in the order of their beginnings: 13,000 in a long call
    for (const { begin, end, side } of this.rows) {
      let [low, high] = [0, times.length];
      while (low < high) {
        const half = (low + high) >> 1;
        if (times[half].start < begin - LONGEST_WORD) low = half + 1;
        else high = half;
      }
      for (let place = low; place < times.length && times[place].start <= end; place += 1) {
        const { turn, at, start, end: stop } = times[place];
        const middle = (start + stop) / 2;
        if (middle < begin || middle > end || (side && !turn.box.closest(".turn").classList.contains(side))) continue;
        turn.words[at].classList.add("marked");
      }
    }
  }

  /** On the wave. */
  draw() {
    const lanes = document.querySelector("#player .lanes");
    const seconds = Number(this.card.dataset.seconds);
    if (!lanes || !seconds || !this.rows.length) return;
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    for (const [name, value] of Object.entries({ class: "marks-drawn", viewBox: `0 0 ${seconds} 2`, preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(name, value);
    for (const { begin, end, side } of this.rows) {
      const rect = document.createElementNS(space, "rect");
      const place = { x: begin, width: Math.max(end - begin, seconds / 400), y: side === "agent" ? 1 : 0, height: side ? 1 : 2 };
      for (const [name, value] of Object.entries(place)) rect.setAttribute(name, value);
      svg.append(rect);
    }
    lanes.append(svg);
  }
}
