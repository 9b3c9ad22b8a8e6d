// Ninety seconds of a call: its stretches are played one after another by the player of the page, which jumps from one to
// the next and tells what was heard; the key 9 presses its button (player_keys.js). Without this file the stretches are a list of places.
import { playerOf } from "./player.js";

const box = () => document.querySelector("#player [data-player]");
const SLACK = 0.6; // seconds before and after a stretch that are still its own: a jump is not exact

class Digest {
  constructor() {
    this.at = -1; // which stretch plays; -1: none does
    document.addEventListener("click", (event) => { if (event.target.closest("#digest-play")) this.toggle(); });
    document.addEventListener("ringback:stretch", ({ detail }) => { if (this.asked) this.go(detail.index); });
    document.addEventListener("ringback:stretches-end", () => { if (this.asked) this.leave(true); });
    document.addEventListener("ringback:time", () => this.follow());
    document.addEventListener("htmx:afterSettle", () => this.show());
    this.show();
  }

  get button() { return document.getElementById("digest-play"); }

  get stretches() {
    return [...document.querySelectorAll("#digest li")].map((row) => ({ row, begin: Number(row.dataset.begin), end: Number(row.dataset.end) }));
  }

  toggle() {
    const found = box();
    if (!found) return;
    const player = playerOf(found);
    if (this.asked) {
      player.stretches(null);
      player.pause();
      this.leave();
      return;
    }
    this.asked = true;
    player.stretches(this.stretches.map(({ begin, end }) => [begin, end]));
    player.play();
  }

  go(at) {
    this.at = at;
    this.show();
  }

  /** Somebody moved the sound: on from the stretch that it is in, or the ninety seconds are over. */
  follow() {
    if (!this.asked || this.at < 0) return;
    const { at } = playerOf(box());
    const inside = ({ begin, end }) => at >= begin - SLACK && at <= end + SLACK;
    const all = this.stretches;
    if (all[this.at] && inside(all[this.at])) return;
    const other = all.findIndex(inside);
    if (other >= 0) this.go(other);
    else this.leave();
  }

  leave(over = false) {
    this.at = -1;
    this.asked = false;
    this.show(over);
  }

  show(over = false) {
    if (!this.button) return;
    const there = box() !== null;
    const all = this.stretches;
    this.button.hidden = !there;
    document.getElementById("digest-silent").hidden = there || !document.querySelector("#player form#listen");
    this.button.textContent = this.asked ? this.button.dataset.stop : this.button.dataset.start;
    this.button.setAttribute("aria-pressed", String(Boolean(this.asked)));
    all.forEach(({ row }, place) => {
      row.classList.toggle("now", place === this.at);
      if (place === this.at) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
    const told = document.getElementById("digest-told");
    told.textContent = this.at >= 0 ? told.dataset.told.replace("N", String(this.at + 1)).replace("ALL", String(all.length)) : over ? told.dataset.over : "";
  }
}

new Digest();
