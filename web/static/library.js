// A part that is played (player.js): what was heard of it is told, the text follows, the next one begins by itself.
import { Teller } from "./heard.js";
import { playerOf } from "./player.js";
import { followTurns } from "./turns.js";

const TELL = 5000; // milliseconds

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
  const teller = new Teller(sound.dataset.told, () => (heard.ranges.length ? { ranges: heard.text(offset) } : null), { every: TELL, told: show });
  followTurns(box, document.querySelectorAll("#part-turns .turn"));
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
