// The player of everything that is heard on these pages: whole calls, parts of them, entries of a playlist. It belongs to
// an element [data-player] (web/templates/_player.html), which works without it as the browser's own player.
//
// For other scripts:
//   const player = playerOf(box)              the one player of that element
//   player.play() pause() toggle()            at player.at of player.length seconds; player.playing
//   player.seek(second, { play: true })       goes there; what is jumped over is not heard
//   player.stretches([[from, to], ...])       plays only these, one after the other; null: all of it again
//   player.repeat(from, to)                   again and again; null: no more
//   player.setQuiet([[from, to], ...])        where nobody says anything, to be skipped if the person wants that
//   player.heard                              seconds that were really played (heard.js)
// and what happens, as events of the box that bubble:
//   ringback:time {at, playing}   ringback:stretch {index, begin, end}   ringback:stretches-end   ringback:end
import { Heard } from "./heard.js";
import { Lanes } from "./lanes.js";
import { keysOf, showKeys } from "./player_keys.js";

const MARGIN = 0.02; // seconds before the end of a stretch at which it is over: the next look may come too late
const STUCK = 4; // seconds without a step while it should play: the connection is gone
const AGAIN = [1, 2, 4, 8, 15]; // seconds until it is tried again, the last one for good
const players = new WeakMap();

export const span = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

export function playerOf(box) {
  if (!players.has(box)) players.set(box, new Player(box));
  return players.get(box);
}

/** What a person chose, in this browser; nothing is kept where the browser keeps nothing. */
class Kept {
  constructor(person) {
    this.name = `ringback.player.${person}`;
    try { this.values = JSON.parse(localStorage.getItem(this.name)) || {}; } catch { this.values = {}; }
  }

  get(what, otherwise) { return this.values[what] ?? otherwise; }

  set(what, value) {
    this.values[what] = value;
    try { localStorage.setItem(this.name, JSON.stringify(this.values)); } catch { /* for this page alone, then */ }
  }
}

export class Player {
  constructor(box) {
    this.box = box;
    this.sound = box.querySelector("audio");
    this.bar = box.querySelector(".controls");
    this.kept = new Kept(box.dataset.person);
    this.heard = new Heard();
    this.quiet = [];
    this.pieces = null;
    this.again = null; // [from, to] that is repeated
    this.from = null; // where a stretch begins whose end is not chosen yet
    this.tries = 0;
    this.last = Number(box.dataset.at) || 0; // the second where it is, also while the sound is away
    this.wanted = false; // whether it is to play, also while the sound is away
    this.waiting = null; // { at, playing }: for a sound that is away
    this.sound.controls = false;
    this.sound.hidden = true;
    this.bar.hidden = false;
    this.draw();
    this.follow();
    this.dock();
    this.lanes = new Lanes(this.sound, this.part("lanes"), (box.dataset.gains || "0 0").split(" ").map(Number), this.kept);
    this.listen();
    keysOf(this);
    this.begin();
  }

  /** A part of the controls by its name: data-do of a button, data-is of what shows or asks something. */
  part(name) { return this.bar.querySelector(`[data-do="${name}"], [data-is="${name}"]`); }

  get at() { return this.sound.currentTime; }

  get playing() { return !this.sound.paused; }

  get length() { return Number.isFinite(this.sound.duration) ? this.sound.duration : Number(this.box.dataset.seconds) || 0; }

  tell(name, detail = null) { this.box.dispatchEvent(new CustomEvent(`ringback:${name}`, { bubbles: true, detail })); }

  say(text) { this.part("said").textContent = text; }

  // -- what may be asked of it -----------------------------------------------------------------------------

  /** A pause may come first, or the browser may want a click: no fault; that of the sound is told by its "error". */
  play() { return this.sound.play().catch(() => {}); }

  pause() { this.sound.pause(); }

  toggle() {
    if (this.waiting) { this.waiting.playing = true; this.retry(); }
    else if (this.playing) this.pause();
    else this.play();
  }

  /** Somebody goes there: out of what is repeated, and of the stretches, if it lies outside. */
  seek(second, { play = false } = {}) {
    this.sound.currentTime = Math.min(Math.max(0, second), this.length || second);
    if (play) this.play();
  }

  skip(seconds) { this.seek(this.at + seconds); }

  stretches(list) {
    this.pieces = list && list.length ? list.map(([begin, end]) => [Number(begin), Number(end)]) : null;
    if (!this.pieces) return;
    this.repeat(null);
    this.enter(0);
  }

  repeat(from, to) {
    this.from = null;
    this.again = from === null || !(to > from) ? null : [from, to];
    if (this.again && (this.at < from || this.at >= to)) this.jump(from);
    this.showRepeat();
  }

  /** One button for all of it: begins a stretch here, ends it here and repeats it, stops repeating. */
  mark() {
    const chosen = this.choose?.(); // by a page: words that are selected
    if (this.again) { this.repeat(null); return; }
    if (chosen) { this.repeat(...chosen); this.play(); return; }
    if (this.from === null || this.at <= this.from) this.from = this.at;
    else { this.repeat(this.from, this.at); return; }
    this.showRepeat();
  }

  setQuiet(list) {
    this.quiet = list;
    if (list.length) this.part("quiet").closest("label").hidden = false;
  }

  setRate(rate) {
    const select = this.part("rate");
    const offered = [...select.options].map((option) => Number(option.value));
    const near = offered.reduce((best, each) => (Math.abs(each - rate) < Math.abs(best - rate) ? each : best), 1);
    select.value = [...select.options].find((option) => Number(option.value) === near).value;
    this.sound.defaultPlaybackRate = near; // stays when the sound is loaded anew
    this.sound.playbackRate = near;
    this.kept.set("rate", near);
  }

  faster(step) {
    const select = this.part("rate");
    const next = select.options[select.selectedIndex + step];
    if (next) this.setRate(Number(next.value));
    this.say(`${select.value}×`);
  }

  // -- what it does by itself ------------------------------------------------------------------------------

  begin() {
    const wanted = Number(this.box.dataset.at) || 0;
    if (wanted) this.sound.currentTime = wanted;
    if (this.sound.error) this.fault(); // before anybody listened to it
    const here = new URL(window.location);
    if (!here.searchParams.has("play")) return;
    here.searchParams.delete("play"); // once: not again when the page is loaded anew
    window.history.replaceState(window.history.state, "", here);
    this.play();
  }

  /** To another second by itself: nothing in between is heard. */
  jump(second) {
    this.heard.lose();
    this.own = true;
    this.sound.currentTime = second;
  }

  enter(index) {
    this.piece = index;
    const [begin, end] = this.pieces[index];
    this.jump(begin);
    this.tell("stretch", { index, begin, end });
  }

  /** Where the sound has to go on from here, if not here; null: it plays on. */
  look(at) {
    if (this.again && at >= this.again[1] - MARGIN) { this.jump(this.again[0]); return; }
    if (this.pieces && at >= this.pieces[this.piece][1] - MARGIN) {
      if (this.piece + 1 < this.pieces.length) { this.enter(this.piece + 1); return; }
      this.pieces = null;
      this.heard.lose();
      this.pause();
      this.tell("stretches-end");
      return;
    }
    if (!this.part("quiet").checked) return;
    const found = this.quiet.find(([from, to]) => at >= from && at < to - 0.3);
    if (found) this.jump(Math.min(found[1], this.again ? this.again[1] : Infinity));
  }

  step() {
    const { sound } = this;
    if (!sound.paused && !sound.seeking) {
      this.heard.at(sound.currentTime);
      this.look(sound.currentTime);
    }
    this.show();
  }

  show() {
    const { at } = this;
    if (this.sound.readyState && !this.waiting) this.last = at;
    this.place.value = String(Math.round(at));
    this.place.setAttribute("aria-valuetext", `${span(at)} / ${span(this.length)}`);
    this.part("at").textContent = span(at);
    this.tell("time", { at, playing: this.playing });
  }

  state() {
    const { playing } = this;
    const button = this.part("play");
    button.classList.toggle("playing", playing);
    button.setAttribute("aria-label", playing ? button.dataset.pause : button.dataset.play);
    if (!playing) return;
    const frame = () => { if (this.playing) { this.step(); requestAnimationFrame(frame); } };
    requestAnimationFrame(frame);
  }

  follow() {
    const { sound } = this;
    for (const event of ["play", "pause", "ended"]) sound.addEventListener(event, () => this.state());
    sound.addEventListener("timeupdate", () => this.step()); // a page that nobody looks at gets no frames
    sound.addEventListener("playing", () => { this.heard.last = sound.currentTime; this.fine(); });
    sound.addEventListener("play", () => { this.wanted = true; });
    sound.addEventListener("pause", () => { if (!sound.error) this.wanted = false; }); // a browser pauses what it cannot load
    sound.addEventListener("pause", () => { if (!sound.seeking) this.heard.at(sound.currentTime); this.heard.lose(); });
    sound.addEventListener("seeking", () => {
      this.heard.lose();
      if (!this.own) this.leave(sound.currentTime);
      this.own = false;
    });
    sound.addEventListener("seeked", () => this.show());
    sound.addEventListener("ended", () => {
      this.heard.lose();
      if (this.again) { this.jump(this.again[0]); this.play(); return; }
      if (this.pieces) { this.pieces = null; this.tell("stretches-end"); }
      this.tell("end");
    });
    sound.addEventListener("error", () => this.fault());
    window.addEventListener("online", () => { if (this.waiting) this.retry(); });
    setInterval(() => this.watch(), 1000);
    if (this.box.dataset.quiet) {
      fetch(this.box.dataset.quiet, { credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.json() : { silences: [] }))
        .then(({ silences }) => this.setQuiet(silences))
        .catch(() => {}); // nothing is skipped, then
    }
  }

  /** Somebody went to this second: what it lies outside of is over. */
  leave(at) {
    if (this.again && (at < this.again[0] - 0.5 || at > this.again[1])) this.repeat(null);
    if (!this.pieces) return;
    const index = this.pieces.findIndex(([begin, end]) => at >= begin - 0.5 && at < end);
    if (index >= 0) this.piece = index;
    else this.pieces = null;
  }

  // -- controls --------------------------------------------------------------------------------------------

  listen() {
    const does = {
      play: () => this.toggle(), repeat: () => this.mark(), keys: () => showKeys(this),
      back: () => this.skip(-5), ahead: () => this.skip(5),
    };
    for (const [name, act] of Object.entries(does)) this.part(name).addEventListener("click", act);
    this.place.addEventListener("input", () => this.seek(Number(this.place.value)));
    const rate = this.part("rate");
    rate.addEventListener("change", () => this.setRate(Number(rate.value)));
    const quiet = this.part("quiet");
    quiet.checked = this.kept.get("quiet", false);
    quiet.addEventListener("change", () => this.kept.set("quiet", quiet.checked));
    this.phone();
  }

  draw() {
    this.place = this.part("place");
    this.help = this.box.querySelector("dialog");
    this.sound.preservesPitch = true;
    this.setRate(this.kept.get("rate", 1));
  }

  showRepeat() {
    const button = this.part("repeat");
    const text = this.again ? button.dataset.on : this.from === null ? "" : button.dataset.begun;
    button.setAttribute("aria-pressed", String(Boolean(this.again)));
    this.say(text.replace("FROM", span(this.again ? this.again[0] : this.from)).replace("TO", span(this.again ? this.again[1] : 0)));
    this.tell("repeat", { stretch: this.again });
  }

  /** The controls go along at the foot of the window while their place is out of sight; what is above stays in sight. */
  dock() {
    const place = this.box.querySelector(".dock-place");
    new IntersectionObserver((seen) => {
      const away = seen.at(-1).intersectionRatio < 0.5;
      if (!this.box.isConnected || away === this.bar.classList.contains("docked")) return;
      place.style.minHeight = away ? `${this.bar.offsetHeight}px` : ""; // the page does not jump
      this.bar.classList.toggle("docked", away);
      document.documentElement.style.setProperty("--dock", `${this.bar.offsetHeight}px`); // so much is left below
    }, { rootMargin: "-56px 0px 0px 0px", threshold: [0, 0.25, 0.5, 0.75, 1] }).observe(place);
  }

  /** The lock screen of a phone, the keys of a headset. It says no name of a caller. */
  phone() {
    const { mediaSession } = navigator;
    if (!mediaSession) return;
    const does = {
      play: () => this.play(), pause: () => this.pause(), stop: () => this.pause(),
      seekbackward: (asked) => this.skip(-(asked.seekOffset || 10)), seekforward: (asked) => this.skip(asked.seekOffset || 10),
      seekto: (asked) => this.seek(asked.seekTime),
      previoustrack: this.box.dataset.previous ? () => this.turn(-1) : null, nexttrack: this.box.dataset.next ? () => this.turn(1) : null,
    };
    this.sound.addEventListener("play", () => {
      if (window.MediaMetadata) mediaSession.metadata = new MediaMetadata({ title: this.box.dataset.title || document.title });
      for (const [name, act] of Object.entries(does)) { try { mediaSession.setActionHandler(name, act); } catch { /* not known here */ } }
    });
    const place = () => {
      try { mediaSession.setPositionState?.({ duration: this.length, playbackRate: this.sound.playbackRate, position: Math.min(this.at, this.length) }); } catch { /* no length yet */ }
    };
    for (const event of ["play", "pause", "seeked", "ratechange"]) this.sound.addEventListener(event, place);
  }

  /** To the next entry of the list, or the one before, and plays it. */
  turn(step) {
    const to = step > 0 ? this.box.dataset.next : this.box.dataset.previous;
    if (!to) return;
    const next = new URL(to, window.location);
    next.searchParams.set("play", "1");
    window.location.assign(next);
  }

  // -- what goes wrong -------------------------------------------------------------------------------------

  get trouble() { return this.box.querySelector(".sound-fault"); }

  warn(text) {
    const place = this.trouble;
    place.hidden = !text;
    if (place.textContent !== text) place.textContent = text;
  }

  /** It plays: whatever was wrong is over. */
  fine() {
    this.tries = 0;
    this.waiting = null;
    this.warn("");
  }

  /** A sound that should play and does not come on: browsers say nothing of a connection that hangs. */
  watch() {
    const { sound } = this;
    if (sound.paused || sound.seeking || this.waiting || sound.currentTime !== this.seen) {
      this.seen = sound.currentTime;
      this.stuck = 0;
      return;
    }
    this.stuck += 1;
    if (this.stuck >= STUCK && sound.readyState < 3) this.fault();
  }

  /** Asks the server what is wrong with the sound: it is gone, it may not be heard any more, or nobody answers. */
  async fault(again = null) {
    if (this.waiting) return;
    this.waiting = { at: this.last, playing: this.wanted || Boolean(again?.playing) };
    this.heard.lose();
    const words = this.trouble.dataset;
    let answer = null;
    try { answer = await fetch(this.sound.src, { credentials: "same-origin", headers: { Range: "bytes=0-0" } }); } catch { /* nobody answers */ }
    const page = (answer?.headers.get("Content-Type") || "").startsWith("text/html");
    if (answer && (page || !answer.ok) && answer.status < 500) { this.warn(await this.reason(answer)); return; }
    if (answer?.ok && this.tries >= AGAIN.length) { this.warn(words.broken); return; }
    this.warn(words.lost.replace("TIME", span(this.waiting.at)));
    setTimeout(() => this.retry(), 1000 * AGAIN[Math.min(this.tries, AGAIN.length - 1)]);
    this.tries += 1;
  }

  /** In the words of the server where it says some. */
  async reason(answer) {
    const words = this.trouble.dataset;
    if (answer.status === 404) return words.gone;
    if (answer.status !== 403) return words.out;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("main .empty p, main p")?.textContent.trim() || words.out;
  }

  /** Loads the sound anew and goes on from the second where it was. */
  retry() {
    const { waiting, sound } = this;
    if (!waiting || waiting.loading) return;
    waiting.loading = true;
    const ready = () => {
      sound.removeEventListener("error", failed);
      this.fine();
      if (waiting.at) this.jump(waiting.at);
      if (waiting.playing) this.play();
    };
    const failed = () => {
      sound.removeEventListener("loadedmetadata", ready);
      this.waiting = null;
      this.fault(waiting);
    };
    sound.addEventListener("loadedmetadata", ready, { once: true });
    sound.addEventListener("error", failed, { once: true });
    sound.load();
  }
}
