// The text beside a sound that plays (player.js): the turn that is heard is marked, and kept in sight.

const LOOKS = 4; // a second: enough for a text
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

function inWindow(turn) {
  const { top, bottom } = turn.getBoundingClientRect();
  if (top < 80 || bottom > window.innerHeight - 110) turn.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
}

/** `turns`: elements with the second at which each begins (data-at), in their order; `keep(turn)`: brings it into sight. */
export function followTurns(box, turns, keep = inWindow) {
  let last = -1;
  box.addEventListener("ringback:time", ({ detail: { at, playing } }) => {
    if (Math.floor(at * LOOKS) === last) return;
    last = Math.floor(at * LOOKS);
    const now = [...turns].filter((turn) => Number(turn.dataset.at) <= at + 0.05).at(-1);
    for (const turn of turns) turn.classList.toggle("now", turn === now);
    if (now && playing) keep(now);
  });
}
