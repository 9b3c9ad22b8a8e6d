// Ninety seconds of a call: its stretches are played one after another in the player of the page, by jumping in its sound.
// What is heard counts as heard: the player itself tells of it. Without this file the stretches are a list of places.

const sound = () => document.querySelector("#player audio");
const EARLY = 0.03; // seconds before its end at which the next stretch is begun: a jump takes as long

class Digest {
  constructor() {
    this.at = -1; // which stretch plays; -1: none does
    this.jumps = false;
    document.addEventListener("click", (event) => {
      if (event.target.closest("#digest-play")) this.toggle();
      else if (this.at >= 0 && event.target.closest("[data-go]")) this.leave();
    });
    document.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.key !== "9") return;
      if (event.target.closest("input, select, textarea") || !this.button || this.button.hidden) return;
      event.preventDefault();
      this.toggle();
    });
    document.addEventListener("htmx:afterSettle", () => this.show());
    this.show();
  }

  get button() { return document.getElementById("digest-play"); }

  get stretches() {
    return [...document.querySelectorAll("#digest li")].map((row) => ({ row, begin: Number(row.dataset.begin), end: Number(row.dataset.end) }));
  }

  toggle() {
    const player = sound();
    if (!player) return;
    if (this.at >= 0) { this.leave(); player.pause(); return; }
    this.listen(player);
    this.go(0);
    player.play().catch(() => this.leave());
  }

  /** The player is on the page for as long as the page is; one that came anew is listened to, too. */
  listen(player) {
    if (this.player === player) return;
    this.player = player;
    player.addEventListener("timeupdate", () => this.follow());
    player.addEventListener("ended", () => this.leave());
    player.addEventListener("seeking", () => {
      if (this.jumps || this.at < 0) return;
      // Somebody else moved the sound: on to the stretch that it is in, or the digest is over.
      const found = this.stretches.findIndex(({ begin, end }) => player.currentTime >= begin - 0.1 && player.currentTime < end);
      if (found < 0) this.leave();
      else { this.at = found; this.show(); }
    });
    player.addEventListener("seeked", () => { this.jumps = false; });
    player.addEventListener("play", () => this.watch());
  }

  go(at) {
    const { begin } = this.stretches[at];
    this.at = at;
    if (Math.abs(this.player.currentTime - begin) > EARLY) {
      this.jumps = true;
      this.player.currentTime = begin;
    }
    this.show();
    this.watch();
  }

  /** Frame by frame while it plays: `timeupdate` comes four times a second, and only that where the page is not seen. */
  watch() {
    if (this.at < 0 || !this.player || this.watching) return;
    this.watching = true;
    const frame = () => {
      this.follow();
      if (this.at >= 0 && !this.player.paused) requestAnimationFrame(frame);
      else this.watching = false;
    };
    requestAnimationFrame(frame);
  }

  follow() {
    if (this.at < 0 || this.jumps || this.player.paused) return;
    const stretch = this.stretches[this.at];
    if (!stretch) { this.leave(); return; }
    if (this.player.currentTime < stretch.end - EARLY) return;
    if (this.at + 1 < this.stretches.length) this.go(this.at + 1);
    else {
      this.player.pause();
      this.leave(true);
    }
  }

  leave(over = false) {
    this.at = -1;
    this.jumps = false;
    this.show(over);
  }

  show(over = false) {
    if (!this.button) return;
    const player = sound();
    const all = this.stretches;
    this.button.hidden = !player;
    document.getElementById("digest-silent").hidden = Boolean(player) || !document.querySelector("#player form#listen");
    this.button.textContent = this.at < 0 ? this.button.dataset.start : this.button.dataset.stop;
    this.button.setAttribute("aria-pressed", String(this.at >= 0));
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
