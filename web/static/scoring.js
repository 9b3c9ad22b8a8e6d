// An evaluation: the player (player.js) beside the card. Seconds are played where they stand, evidence is repeated, and
// its place can be where the sound is; without sound here seconds lead to the call's page.
import { tellSeconds } from "./heard.js";
import { playerOf } from "./player.js";
import { followTurns } from "./turns.js";

const list = document.querySelector(".said-beside .turns");

/** In the list of its own alone: the page stays where somebody fills in the card. */
function inList(turn) {
  if (list.scrollHeight <= list.clientHeight) return;
  const box = list.getBoundingClientRect();
  const { top, bottom } = turn.getBoundingClientRect();
  if (top < box.top || bottom > box.bottom) list.scrollTop += top - box.top - box.height / 3;
}

function start(box) {
  const player = playerOf(box);
  tellSeconds(player);
  if (list) followTurns(box, list.children, inList);
  for (const buttons of document.querySelectorAll(".here-buttons")) buttons.hidden = false;
  document.addEventListener("click", (event) => {
    const here = event.target.closest("[data-here]");
    if (here) { document.getElementById(here.dataset.here).value = player.at.toFixed(1); return; }
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = event.target.closest("[data-loop]")?.closest("[data-begin]");
    if (row) { player.repeat(Number(row.dataset.begin), Number(row.dataset.end)); player.play(); return; }
    const go = event.target.closest("[data-go]");
    if (!go) return;
    event.preventDefault();
    player.seek(Number(go.dataset.go), { play: true });
  });
}

const box = document.querySelector("[data-player]");
if (box) start(box);
