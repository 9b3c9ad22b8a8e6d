// A part that is played: what was heard of it is told, the text follows, the next one begins by itself.

const TELL = 5000; // milliseconds
const sound = document.getElementById("part");
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Ranges of the sound that were played, joined, as [[from, to], ...]. */
class Heard {
  constructor() {
    this.ranges = [];
    this.last = null;
    this.told = "";
  }

  /** The sound is at this second, and plays on. */
  at(second) {
    if (this.last !== null && second > this.last && second - this.last < 3) this.add(this.last, second);
    this.last = second;
  }

  lose() { this.last = null; }

  begin(second) { this.last = second; }

  add(from, to) {
    const all = [...this.ranges, [from, to]].sort((a, b) => a[0] - b[0]);
    this.ranges = [];
    for (const [begin, end] of all) {
      const before = this.ranges.at(-1);
      if (before && begin <= before[1] + 0.1) before[1] = Math.max(before[1], end);
      else this.ranges.push([begin, end]);
    }
  }

  get text() { return this.ranges.map(([from, to]) => `${(from + offset).toFixed(1)}-${(to + offset).toFixed(1)}`).join(","); }
}

const offset = sound ? Number(sound.dataset.offset) : 0;

function follow(turns) {
  const now = [...turns].filter((turn) => Number(turn.dataset.at) <= sound.currentTime + 0.05).at(-1);
  for (const turn of turns) turn.classList.toggle("now", turn === now);
  if (now && !sound.paused && (now.getBoundingClientRect().top < 80 || now.getBoundingClientRect().bottom > window.innerHeight - 40)) {
    now.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
  }
}

function start() {
  const heard = new Heard();
  const goOn = document.getElementById("go-on");
  const question = document.getElementById("question");
  const turns = document.querySelectorAll("#part-turns .turn");
  const headers = () => JSON.parse(document.body.getAttribute("hx-headers"));
  const begin = () => sound.play().catch(() => {}); // the browser may want a click

  const send = async () => {
    const ranges = heard.text;
    if (!ranges || ranges === heard.told) return;
    heard.told = ranges;
    const answer = await fetch(sound.dataset.heard, {
      method: "POST", credentials: "same-origin", keepalive: true, headers: headers(), body: new URLSearchParams({ ranges }),
    });
    if (!answer.ok) { heard.told = ""; return; }
    const far = await answer.json();
    const bar = document.getElementById("far");
    if (!bar || far.percent === undefined) return;
    bar.value = far.percent;
    if (far.heard) {
      document.getElementById("far-words").textContent = document.getElementById("far-words").dataset.done;
      document.getElementById("hear-first")?.setAttribute("hidden", "");
    }
  };
  let sent = Promise.resolve(); // one after the other: who waits for the last has waited for all
  const tell = () => { sent = sent.then(send).catch(() => { heard.told = ""; }); return sent; };

  sound.addEventListener("timeupdate", () => { if (!sound.paused) heard.at(sound.currentTime); follow(turns); });
  sound.addEventListener("playing", () => heard.begin(sound.currentTime));
  sound.addEventListener("seeking", () => heard.lose());
  sound.addEventListener("pause", () => { if (!sound.seeking) heard.at(sound.currentTime); heard.lose(); tell(); });
  sound.addEventListener("ended", async () => {
    heard.lose();
    await tell();
    const answer = document.getElementById("answer");
    if (question && answer) answer.focus();
    else if (goOn?.checked && sound.dataset.next) {
      const next = new URL(sound.dataset.next, window.location);
      next.searchParams.set("play", "1");
      window.location.assign(next);
    }
  });
  sound.addEventListener("error", () => {
    const fault = document.getElementById("part-fault");
    fault.textContent = fault.dataset.text;
    fault.hidden = false;
  });
  window.setInterval(tell, TELL);
  window.addEventListener("pagehide", send);

  const speed = document.getElementById("speed");
  speed.value = window.sessionStorage.getItem("speed") || "1";
  const hurry = () => { sound.playbackRate = Number(speed.value); window.sessionStorage.setItem("speed", speed.value); };
  speed.addEventListener("change", hurry);
  sound.addEventListener("loadedmetadata", hurry, { once: true });

  if (Number(sound.dataset.at)) sound.currentTime = Number(sound.dataset.at);
  const here = new URL(window.location);
  if (here.searchParams.has("play")) {
    here.searchParams.delete("play"); // once: not again when the page is loaded anew
    window.history.replaceState(null, "", here);
    begin();
  }
  document.addEventListener("click", (event) => {
    const go = event.target.closest("[data-go]");
    if (go) { sound.currentTime = Number(go.dataset.go); begin(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, select, textarea, summary, audio, button, a")) return;
    const step = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
    if (event.key === " ") { if (sound.paused) begin(); else sound.pause(); }
    else if (step) sound.currentTime = Math.max(0, sound.currentTime + step);
    else return;
    event.preventDefault();
  });
}

if (sound) start();
