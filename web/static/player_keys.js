// The player's keys. By the place of a key and not by its letter, so that they are the same on a Russian keyboard; fields
// keep all of theirs, words and the wave their arrows, and M is for marks. Whoever dictates or types by accident switches
// the keys of one letter off in the help, which "?" opens.

const TYPED = "input:not([type='checkbox'], [type='range']), select, textarea, audio, dialog, [contenteditable]";
const OWN = "input, summary"; // which keep the space bar and the arrows, and leave letters to the player

const LETTERS = {
  KeyK: (player) => player.toggle(),
  KeyJ: (player) => player.skip(-10),
  KeyL: (player) => player.skip(10),
  KeyR: (player) => player.mark(),
  KeyQ: (player) => press(player.part("quiet")),
  KeyN: (player) => player.turn(1),
  KeyP: (player) => player.turn(-1),
  Minus: (player) => player.faster(-1),
  NumpadSubtract: (player) => player.faster(-1),
  Equal: (player) => player.faster(1),
  NumpadAdd: (player) => player.faster(1),
  Digit1: (player) => side(player, "caller"),
  Digit2: (player) => side(player, "agent"),
  Digit3: (player) => side(player, null),
  Digit9: ninety,
  Numpad9: ninety,
};

/** Ninety seconds of the call, where the page has them (digest.js). */
function ninety() {
  const button = document.getElementById("digest-play");
  if (button && !button.hidden) button.click();
}

function press(box) { if (!box.closest("label").hidden) box.click(); }

function side(player, which) { if (player.lanes.works) player.lanes.solo(which); }

/** The help, with those keys alone that do something on this page. */
export function showKeys(player) {
  for (const row of player.help.querySelectorAll("[data-needs]")) row.hidden = !document.querySelector(row.dataset.needs);
  player.help.showModal();
}

/** Whether the player knows what to do with a key. */
function take(player, event) {
  const { target } = event;
  if (event.key === "?") { showKeys(player); return true; }
  if (event.code === "Escape" && player.again) { player.repeat(null); return true; }
  const free = !target.closest(OWN);
  if (event.key === " " && free && !target.closest("button, a")) { player.toggle(); return true; }
  const step = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
  if (step && free && !event.shiftKey) { player.skip(step); return true; }
  const act = player.letters.checked ? LETTERS[event.code] : null;
  // A plus is the shifted key of an equals sign, everything else is a letter without anything.
  if (!act || (event.shiftKey && event.code !== "Equal")) return false;
  act(player);
  return true;
}

export function keysOf(player) {
  player.letters = player.help.querySelector("[data-letters]");
  player.letters.checked = player.kept.get("letters", true);
  player.letters.addEventListener("change", () => player.kept.set("letters", player.letters.checked));
  document.addEventListener("keydown", (event) => {
    if (!player.box.isConnected || document.querySelector("[data-player]") !== player.box) return;
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest(TYPED)) return;
    if (take(player, event)) event.preventDefault();
  });
}
