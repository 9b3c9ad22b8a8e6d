// One call's page: its waveform in two lanes above the player (player.js), and the text that follows it word by word.
// The sound works without the waveform, and the page works without this file (the browser's own player).
import { Transcript } from "./transcript.js";
import { Marks } from "./marks.js";
import { tellSeconds } from "./heard.js";
import { playerOf, span } from "./player.js";
import WaveSurfer from "./vendor/wavesurfer.esm.js";

const transcript = new Transcript();
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const SKIP = 5;
const LEAP = 30; // PageUp and PageDown on the wave

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
  const { channels, silences } = await answer.json();
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
  return { surfer, silences };
}

/** A link to this second, for somebody else: copied where the browser allows it, else left in the address bar. */
async function share(button, player) {
  const { at } = player;
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
  player.say(text.replace("TIME", span(at)));
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

function start(card) {
  const form = card.querySelector("form#listen");
  if (form) ask(form);
  const box = card.querySelector("[data-player]");
  if (!box || box.dataset.started) return;
  box.dataset.started = "yes";
  const wave = card.querySelector("#wave");
  keys(box, wave);
  const player = playerOf(box);
  const follower = new Follower(player.sound);
  const shown = () => {
    wave.setAttribute("aria-valuenow", String(Math.round(player.at)));
    wave.setAttribute("aria-valuetext", `${span(player.at)} / ${span(player.length)}`);
    follower.follow();
  };
  box.addEventListener("ringback:time", shown);
  document.addEventListener("htmx:afterSettle", () => follower.follow());
  drawWave(player.sound, wave).catch(() => {
    const fault = card.querySelector(".wave-fault");
    fault.textContent = fault.dataset.text;
    fault.hidden = false;
  }).then((drawn) => {
    if (drawn === null) card.querySelector(".wave-fault").hidden = false;
    else if (drawn) player.setQuiet(drawn.silences);
  });

  tellSeconds(player);
  const button = card.querySelector("#share");
  button.addEventListener("click", () => share(button, player));
  player.choose = () => { const place = marks.chosen; return place && [place.begin, place.end]; };
  document.addEventListener("click", (event) => {
    if (!box.isConnected) return;
    const row = event.target.closest("[data-loop]")?.closest("[data-begin]");
    if (row) { player.repeat(Number(row.dataset.begin), Number(row.dataset.end)); player.play(); return; }
    const word = transcript.under(event);
    const turn = event.target.closest("[data-go]");
    if (!word && !turn) return;
    if (word && !window.getSelection().isCollapsed) return; // somebody marks text to copy it
    player.seek(Number(word ? word.dataset.s : turn.dataset.go), { play: true });
    if (word) transcript.focus(word);
  });
}

/** Keys of this page, before those of every player: from word to word, and along the wave. */
function keys(box, wave) {
  document.addEventListener("keydown", (event) => {
    if (!box.isConnected || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const player = playerOf(box);
    const onWave = {
      Home: () => 0, End: () => player.length,
      PageUp: () => player.at + LEAP, PageDown: () => player.at - LEAP, ArrowUp: () => player.at + SKIP, ArrowDown: () => player.at - SKIP,
    };
    const word = event.target.closest(".w");
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (word && step) transcript.move(word, step);
    else if (word && event.key === "Enter") player.seek(Number(word.dataset.s), { play: true });
    else if (event.target === wave && event.key in onWave) player.seek(onWave[event.key]());
    else return;
    event.preventDefault();
  });
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
const marks = new Marks(transcript);
find();
showWanted(true);
