// One call's page: the sound, its waveform in two lanes, and the text that follows it word by word.
// The sound works without the waveform, and the page works without this file (the browser's own player).
import { Transcript } from "./transcript.js";
import { Marks } from "./marks.js";
import WaveSurfer from "./vendor/wavesurfer.esm.js";

const transcript = new Transcript();
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const SKIP = 5;

const LEAP = 30; // PageUp and PageDown on the wave
const QUIET = 0.18; // as the peaks have it: louder is somebody
const LULL = 2; // seconds that must be quiet to be skipped
const MARGIN = 0.3; // seconds of it that are left before and after

const span = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Marks the word that is said just now, and keeps it in sight. */
class Follower {
  constructor(sound) {
    this.sound = sound;
    this.on = null;
  }

  /** The last word that began, while it is said and for half a second after. */
  said() {
    const { currentTime: at, paused } = this.sound;
    const found = at > 0 || !paused ? transcript.last(at) : undefined;
    return found && at < found.end + 0.5 ? found.turn.words[found.at] : null;
  }

  follow() {
    const word = this.said();
    if (word === this.on) return;
    if (this.on) { this.on.classList.remove("on"); this.on.removeAttribute("aria-current"); }
    this.on = word;
    if (!word) return;
    word.classList.add("on");
    word.setAttribute("aria-current", "true");
    if (!this.sound.paused && !this.inSight(word)) {
      word.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
    }
  }

  inSight(word) {
    const box = word.getBoundingClientRect();
    return box.top > 80 && box.bottom < window.innerHeight - 80;
  }
}

/** Bars as the library draws them, but none where there is nothing: the lane below shows through. */
function bars([peaks], context) {
  const { width, height } = context.canvas;
  const ratio = window.devicePixelRatio || 1;
  for (let left = 0; left < width; left += 3 * ratio) {
    const from = Math.floor(left / width * peaks.length);
    const to = Math.max(from + 1, Math.floor((left + 3 * ratio) / width * peaks.length));
    let most = 0;
    for (let at = from; at < to && at < peaks.length; at += 1) most = Math.max(most, Math.abs(peaks[at]));
    if (most > 0) context.fillRect(left, height / 2 * (1 - most), 2 * ratio, Math.max(1, height * most));
  }
}

/** The waveform over the sound element; draws again when light turns to dark. The third channel lies over the second:
    of the agents' side, what prompts and music are. */
async function drawWave(sound, wave) {
  const lanes = wave.closest(".lanes");
  if (!lanes.dataset.peaks) return null;
  const answer = await fetch(lanes.dataset.peaks, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`waveform: ${answer.status}`);
  const { channels } = await answer.json();
  wave.hidden = false;
  const style = document.querySelector("meta[name='style-nonce']");
  const colours = () => ["caller", "agent", "ours"].slice(0, channels.length).map((lane) => ({
    waveColor: colour(`--${lane}-wave`), progressColor: colour(`--${lane}`), ...(lane === "ours" ? { overlay: true, renderFunction: bars } : {}),
  }));
  const surfer = WaveSurfer.create({
    container: wave, media: sound, peaks: channels, duration: Number(lanes.dataset.seconds) || sound.duration,
    height: 68, splitChannels: colours(), cursorColor: colour("--ink"), cursorWidth: 2, barWidth: 2, barGap: 1, barRadius: 1,
    dragToSeek: true, hideScrollbar: true, cspNonce: style ? style.content : "",
  });
  const again = () => surfer.setOptions({ splitChannels: colours(), cursorColor: colour("--ink") });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  return { surfer, channels };
}

/** Where nobody says anything: [[from, to], ...] in seconds, of both speakers' peaks. */
function lulls(channels, seconds) {
  const columns = Math.max(...channels.map((channel) => channel.length));
  const step = seconds / columns;
  const found = [];
  let from = null;
  for (let at = 0; at <= columns; at += 1) {
    const quiet = at < columns && channels.every((channel) => (channel[at] || 0) < QUIET);
    if (quiet && from === null) from = at;
    if (!quiet && from !== null) {
      const [begin, end] = [from * step + MARGIN, at * step - MARGIN];
      if (end - begin >= LULL) found.push([begin, end]);
      from = null;
    }
  }
  return found;
}

/** Jumps over the lulls while the box is ticked; the box is shown once it is known where they are. */
function skipSilence(sound, box, found) {
  if (!found.length) return;
  box.closest("label").hidden = false;
  sound.addEventListener("timeupdate", () => {
    if (!box.checked || sound.paused) return;
    const lull = found.find(([from, to]) => sound.currentTime >= from && sound.currentTime < to - MARGIN);
    if (lull) [, sound.currentTime] = lull;
  });
}

/** A link to this second, for somebody else: copied where the browser allows it, else left in the address bar. */
async function share(button, told, at) {
  const link = new URL(window.location);
  link.search = at >= 1 ? `?at=${Math.floor(at)}` : "";
  link.hash = "";
  let text = button.dataset.done;
  try {
    await navigator.clipboard.writeText(link.href);
  } catch {
    window.history.replaceState(null, "", link);
    text = button.dataset.shown;
  }
  told.textContent = text.replace("TIME", span(at));
}

/** A small player at the foot of the window while the real one is out of sight and in use. */
function mini(player, sound, go, toggle, length) {
  const bar = player.querySelector("#mini");
  const place = bar.querySelector("#mini-place");
  const play = bar.querySelector("#mini-play");
  const big = player.querySelector("#play");
  let seen = true;
  const show = () => {
    bar.hidden = seen || (sound.paused && !sound.currentTime);
    bar.querySelector("#mini-at").textContent = span(sound.currentTime);
    place.value = String(Math.round(sound.currentTime));
    place.setAttribute("aria-valuetext", `${span(sound.currentTime)} / ${span(length())}`);
    play.classList.toggle("playing", !sound.paused);
    play.setAttribute("aria-label", sound.paused ? big.dataset.play : big.dataset.pause);
  };
  new IntersectionObserver(([entry]) => { seen = entry.isIntersecting; show(); }).observe(player.querySelector(".controls"));
  for (const event of ["play", "pause", "ended", "timeupdate", "seeked"]) sound.addEventListener(event, show);
  play.addEventListener("click", toggle);
  place.addEventListener("input", () => go(Number(place.value)));
}

/** Tells the receipt how much was played: seconds of the sound that were heard, at whatever speed. */
class Played {
  constructor(sound) {
    this.sound = sound;
    this.heard = 0;
    this.told = 0;
    this.last = null;
    sound.addEventListener("timeupdate", () => this.count());
    for (const event of ["pause", "ended"]) sound.addEventListener(event, () => { this.count(); this.last = null; this.tell(); });
    sound.addEventListener("seeking", () => { this.last = null; });
    window.addEventListener("pagehide", () => this.tell());
    setInterval(() => this.tell(), 10000);
  }

  count() {
    const at = this.sound.currentTime;
    if (this.last !== null && at > this.last) this.heard += at - this.last;
    this.last = this.sound.paused ? null : at;
  }

  tell() {
    if (this.heard - this.told < 0.5) return;
    this.told = this.heard;
    const token = JSON.parse(document.body.getAttribute("hx-headers"));
    fetch(this.sound.dataset.played, {
      method: "POST", credentials: "same-origin", keepalive: true, headers: token,
      body: new URLSearchParams({ seconds: this.heard.toFixed(1) }),
    }).catch(() => {}); // the receipt stands without it
  }
}

/** Before a reason is given: a word that is clicked is where the sound will begin. */
function ask(form) {
  if (form.dataset.started) return;
  form.dataset.started = "yes";
  document.addEventListener("click", (event) => {
    const word = transcript.under(event);
    const turn = event.target.closest("[data-go]");
    if ((!word && !turn) || !form.isConnected || !window.getSelection().isCollapsed) return;
    form.elements.at.value = word ? word.dataset.s : turn.dataset.go;
    form.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
    (form.querySelector("select") || form.querySelector("input:not([type='hidden'])") || form.querySelector("button")).focus();
  });
}

function start(player) {
  const form = player.querySelector("form#listen");
  if (form) ask(form);
  const sound = player.querySelector("#sound");
  if (!sound || sound.dataset.started) return;
  sound.dataset.started = "yes";
  const follower = new Follower(sound);
  const wave = player.querySelector("#wave");
  const play = player.querySelector("#play");
  const clock = player.querySelector("#at");
  const length = () => (Number.isFinite(sound.duration) ? sound.duration : Number(wave.getAttribute("aria-valuemax")));
  const go = (at) => { sound.currentTime = Math.min(Math.max(0, at), length()); };
  // A pause may come first, or the browser may want a click; a fault of the sound is told by its "error".
  const begin = () => sound.play().catch(() => {});
  const toggle = () => (sound.paused ? begin() : sound.pause());

  sound.controls = false;
  sound.hidden = true;
  player.querySelector(".controls").hidden = false;
  drawWave(sound, wave).catch(() => {
    const fault = player.querySelector(".wave-fault");
    fault.textContent = fault.dataset.text;
    fault.hidden = false;
  }).then((drawn) => {
    if (drawn === null) player.querySelector(".wave-fault").hidden = false;
    else if (drawn) skipSilence(sound, player.querySelector("#skip-silence"), lulls(drawn.channels, length()));
  });
  mini(player, sound, go, toggle, length);

  const show = () => {
    clock.textContent = span(sound.currentTime);
    wave.setAttribute("aria-valuenow", String(Math.round(sound.currentTime)));
    wave.setAttribute("aria-valuetext", `${span(sound.currentTime)} / ${span(length())}`);
    follower.follow();
  };
  const frame = () => { show(); if (!sound.paused) requestAnimationFrame(frame); };
  const state = () => {
    play.classList.toggle("playing", !sound.paused);
    play.setAttribute("aria-label", sound.paused ? play.dataset.play : play.dataset.pause);
    if (!sound.paused) requestAnimationFrame(frame);
  };
  for (const event of ["play", "pause", "ended"]) sound.addEventListener(event, state);
  for (const event of ["timeupdate", "seeked"]) sound.addEventListener(event, show);
  sound.addEventListener("error", () => {
    const fault = player.querySelector("#sound-fault");
    fault.textContent = fault.dataset.text;
    fault.hidden = false;
  });

  if (sound.dataset.played) new Played(sound);
  const wanted = Number(player.dataset.at) || 0;
  const here = new URL(window.location);
  if (wanted) sound.currentTime = wanted;
  if (here.searchParams.has("play")) {
    here.searchParams.delete("play"); // once: not again when the page is loaded anew
    window.history.replaceState(null, "", here);
    begin();
  }

  play.addEventListener("click", toggle);
  for (const button of player.querySelectorAll("[data-skip]")) {
    button.addEventListener("click", () => go(sound.currentTime + Number(button.dataset.skip)));
  }
  const button = player.querySelector("#share");
  button.addEventListener("click", () => share(button, player.querySelector("#shared"), sound.currentTime));
  player.querySelector("#speed").addEventListener("change", (event) => { sound.playbackRate = Number(event.target.value); });

  document.addEventListener("click", (event) => {
    const word = transcript.under(event);
    const turn = event.target.closest("[data-go]");
    if (!word && !turn) return;
    if (word && !window.getSelection().isCollapsed) return; // somebody marks text to copy it
    go(Number(word ? word.dataset.s : turn.dataset.go));
    if (word) transcript.focus(word);
    begin();
  });
  const onWave = {
    Home: () => 0, End: length,
    PageUp: () => sound.currentTime + LEAP, PageDown: () => sound.currentTime - LEAP,
    ArrowUp: () => sound.currentTime + SKIP, ArrowDown: () => sound.currentTime - SKIP,
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const word = event.target.closest(".w");
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (word && step) transcript.move(word, step);
    else if (word && event.key === "Enter") { go(Number(word.dataset.s)); begin(); }
    else if (event.target.closest("input, select, textarea, summary, audio")) return;
    else if (event.target === wave && event.key in onWave) go(onWave[event.key]());
    else if (event.key === " " && !event.target.closest("button, a")) toggle();
    else if (step) go(sound.currentTime + step * SKIP);
    else return;
    event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", () => follower.follow());
}

/** A link to a moment (`?at=`, as the search has them): its word is marked and, the first time, brought into sight. */
function showWanted(first) {
  const at = Number(new URLSearchParams(window.location.search).get("at"));
  if (!(at > 0)) return;
  const found = transcript.last(at);
  if (!found) return;
  const word = found.turn.words[found.at];
  word.classList.add("wanted");
  if (first && !window.location.hash) word.scrollIntoView({ block: "center" });
}

const find = () => { const player = document.getElementById("player"); if (player) start(player); };
document.addEventListener("htmx:afterSettle", () => { transcript.read(); find(); showWanted(false); });
find();
new Marks(transcript);
showWanted(true);
