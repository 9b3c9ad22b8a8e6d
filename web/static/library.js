// A part that is played (player.js): what was heard of it is told, the text follows, the next one begins by itself.
import { Teller } from "./heard.js";
import { playerOf } from "./player.js";

const TELL = 5000; // milliseconds
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

function follow(turns, player) {
  const now = [...turns].filter((turn) => Number(turn.dataset.at) <= player.at + 0.05).at(-1);
  for (const turn of turns) turn.classList.toggle("now", turn === now);
  if (now && player.playing && (now.getBoundingClientRect().top < 80 || now.getBoundingClientRect().bottom > window.innerHeight - 110)) {
    now.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
  }
}

/** How far it is now, as the server says. */
function show(far) {
  const bar = document.getElementById("far");
  if (!bar || far.percent === undefined) return;
  bar.value = far.percent;
  if (!far.heard) return;
  document.getElementById("far-words").textContent = document.getElementById("far-words").dataset.done;
  document.getElementById("hear-first")?.setAttribute("hidden", "");
}

function start(box) {
  const player = playerOf(box);
  const { heard, sound } = player;
  const offset = Number(document.getElementById("part-line").dataset.offset);
  const turns = document.querySelectorAll("#part-turns .turn");
  const teller = new Teller(sound.dataset.told, () => (heard.ranges.length ? { ranges: heard.text(offset) } : null), { every: TELL, told: show });
  let second = -1;
  box.addEventListener("ringback:time", ({ detail }) => {
    if (Math.floor(detail.at * 4) === second) return; // four times a second is enough for a text
    second = Math.floor(detail.at * 4);
    follow(turns, player);
  });
  sound.addEventListener("pause", () => teller.tell());
  box.addEventListener("ringback:end", async () => {
    await teller.tell();
    const answer = document.getElementById("answer");
    if (document.getElementById("question") && answer) answer.focus();
    else if (document.getElementById("go-on")?.checked) player.turn(1);
  });
  document.addEventListener("click", (event) => {
    const go = event.target.closest("[data-go]");
    if (go) player.seek(Number(go.dataset.go), { play: true });
  });
}

const box = document.querySelector("[data-player]");
if (box) start(box);
