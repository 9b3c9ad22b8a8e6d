// The text of a call, word by word. A turn comes as text with the times of its words beside it; it becomes words, each an
// element of its own, where somebody points, listens or moves by keyboard. A call of 90 minutes has 13,000 of them.

const BOXES = "#transcript .words[data-times]";
const HEAD = 60; // pixels at the top that the head of the page lies over

/** One turn: the times of its words at once, the words themselves when they are wanted. */
class Turn {
  constructor(box) {
    this.box = box;
    this.made = null;
    const begin = Number(box.dataset.start);
    // Hundredths of a second from the beginning of the turn: "0,33 37,70".
    this.times = box.dataset.times.split(" ").map((pair) => pair.split(",").map((at) => Math.round(begin * 100 + Number(at)) / 100));
  }

  /** The words as elements, in the order in which they stand. */
  get words() {
    if (!this.made) {
      this.made = [...this.box.childNodes].flatMap((node) => (node.nodeType === Node.TEXT_NODE ? cut(node) : [node]));
      this.made.forEach((word, at) => {
        word.classList.add("w");
        [word.dataset.s, word.dataset.e] = this.times[at];
      });
    }
    return this.made;
  }
}

/** Puts an element around each word of a text; the elements. */
function cut(node) {
  const words = [];
  const parts = node.data.split(" ").flatMap((word, at) => {
    const gap = at ? [" "] : [];
    if (!word) return gap;
    words.push(Object.assign(document.createElement("span"), { textContent: word }));
    return [...gap, words.at(-1)];
  });
  node.replaceWith(...parts);
  return words;
}

export class Transcript {
  constructor() {
    this.known = new WeakMap();
    this.read();
    document.addEventListener("pointerover", (event) => { if (!event.buttons) this.turnOf(event.target)?.words; });
    document.addEventListener("htmx:beforeSwap", () => { this.place = this.topmost(); });
    for (const name of ["htmx:afterSwap", "htmx:afterSettle"]) document.addEventListener(name, () => this.keepPlace());
  }

  /** The first turn in the window, as { id, top }; null: none is in it. */
  topmost() {
    for (const { box } of this.turns) {
      const turn = box.closest("li");
      const { top, bottom } = turn.getBoundingClientRect();
      if (top > window.innerHeight) return null;
      if (bottom > HEAD) return { id: turn.id, top };
    }
    return null;
  }

  /** A text that is brought anew stays where it was read, whatever the browser makes of so much that came and went. */
  keepPlace() {
    const turn = this.place && document.getElementById(this.place.id);
    if (turn) window.scrollBy(0, turn.getBoundingClientRect().top - this.place.top);
  }

  /** Takes the turns from the page: again when htmx has brought a newer text. */
  read() {
    this.turns = [...document.querySelectorAll(BOXES)].map((box) => this.turnOf(box));
    this.times = this.turns
      .flatMap((turn) => turn.times.map(([start, end], at) => ({ turn, at, start, end })))
      .sort((a, b) => a.start - b.start);
    if (this.turns.length && !document.querySelector("#transcript .w[tabindex='0']")) this.turns[0].words[0].tabIndex = 0;
  }

  turnOf(element) {
    const box = element.closest?.(BOXES);
    if (box && !this.known.has(box)) this.known.set(box, new Turn(box));
    return this.known.get(box);
  }

  /** The last word that began before `at` as { turn, at, start, end }, `at` its place in the turn; undefined: none did. */
  last(at) {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle].start <= at + 0.02) low = middle + 1;
      else high = middle;
    }
    return this.times[low - 1];
  }

  /** The word that an event of the pointer is about; null: none. */
  under(event) {
    if (!this.turnOf(event.target)?.words) return null;
    // What was text when the pointer came down is words now.
    return event.target.closest(".w") || document.elementFromPoint(event.clientX, event.clientY)?.closest(".w") || null;
  }

  /** Moves the keyboard's place to the word `step` further, in the next turn after the last of one. */
  move(from, step) {
    const turn = this.turnOf(from);
    const beside = this.turns[this.turns.indexOf(turn) + step];
    const next = turn.words[turn.words.indexOf(from) + step] || beside?.words.at(step > 0 ? 0 : -1);
    if (next) this.focus(next);
  }

  focus(word) {
    for (const old of document.querySelectorAll("#transcript .w[tabindex]")) old.removeAttribute("tabindex");
    word.tabIndex = 0;
    word.focus();
  }
}
