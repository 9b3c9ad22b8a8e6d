// Both sides of a call by themselves: the quieter one raised to the louder, each alone or mute, more of one than of the
// other. The caller is the left channel, the agent the right one. Where the browser has no Web Audio, or does not let it
// run yet, the sound plays as it is.

const SIDES = ["caller", "agent"];
const Context = window.AudioContext || window.webkitAudioContext;
const SMOOTH = 0.03; // seconds in which a gain changes: no clicks

export class Lanes {
  /** `gains`: decibels that make the sides equally loud; `kept`: what this person chose before. */
  constructor(sound, panel, gains, kept) {
    Object.assign(this, { sound, panel, gains, kept });
    this.silent = new Set();
    this.alone = null;
    this.balance = 0;
    if (!Context || !panel) return;
    panel.hidden = false;
    this.level = panel.querySelector("[data-level]");
    this.level.checked = kept.get("level", true);
    this.level.addEventListener("change", () => { kept.set("level", this.level.checked); this.change(); });
    this.apart = panel.querySelector("[data-apart]");
    this.apart.checked = kept.get("apart", true);
    this.apart.addEventListener("change", () => { kept.set("apart", this.apart.checked); this.change(); });
    this.slider = panel.querySelector("[data-balance]");
    this.slider.addEventListener("input", () => { this.balance = Number(this.slider.value) / 100; this.change(); });
    for (const button of panel.querySelectorAll("[data-mute]")) button.addEventListener("click", () => this.mute(button.dataset.mute));
    for (const button of panel.querySelectorAll("[data-solo]")) button.addEventListener("click", () => this.solo(button.dataset.solo));
    sound.addEventListener("play", () => this.change());
    // A browser that waits for somebody to do something lets it run from then on.
    for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, () => { if (!sound.paused) this.change(); });
  }

  get works() { return Boolean(this.level); }

  mute(side) {
    if (this.silent.has(side)) this.silent.delete(side);
    else this.silent.add(side);
    this.change();
  }

  /** This side alone; again, or null: both. */
  solo(side) {
    this.alone = side && this.alone !== side ? side : null;
    this.change();
  }

  /** How loud a side is now: a factor. */
  factor(side) {
    const at = SIDES.indexOf(side);
    if (this.alone ? this.alone !== side : this.silent.has(side)) return 0;
    const decibels = this.level.checked ? this.gains[at] : 0;
    const away = at === 0 ? Math.max(0, this.balance) : Math.max(0, -this.balance);
    return 10 ** (decibels / 20) * (1 - away);
  }

  /** Whether the sound is to be other than it is. */
  get differs() { return !this.apart.checked || SIDES.some((side) => this.factor(side) !== 1); }

  change() {
    for (const button of this.panel.querySelectorAll("[data-mute]")) button.setAttribute("aria-pressed", String(this.silent.has(button.dataset.mute)));
    for (const button of this.panel.querySelectorAll("[data-solo]")) button.setAttribute("aria-pressed", String(this.alone === button.dataset.solo));
    if (this.graph) this.set();
    else if (this.differs) this.connect();
  }

  /** Through Web Audio, once it runs: a context that the browser holds back would play nothing. */
  async connect() {
    if (this.connecting || this.sound.paused) return;
    this.connecting = true;
    try {
      this.context ??= new Context();
      await Promise.race([this.context.resume(), new Promise((done) => setTimeout(done, 500))]);
      if (this.context.state === "running") this.build();
    } catch {
      this.panel.hidden = true; // it cannot be done here: the sound goes on as it was
    } finally {
      this.connecting = false;
    }
  }

  build() {
    const { context } = this;
    const limiter = new DynamicsCompressorNode(context, { threshold: -3, knee: 0, ratio: 20, attack: 0.003, release: 0.1 });
    const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    this.graph = SIDES.map((side, at) => {
      const gain = new GainNode(context, { gain: this.factor(side) });
      const pan = new StereoPannerNode(context);
      splitter.connect(gain, at).connect(pan).connect(limiter);
      return { gain: gain.gain, pan: pan.pan };
    });
    limiter.connect(context.destination);
    context.createMediaElementSource(this.sound).connect(splitter);
    this.sound.addEventListener("play", () => context.resume().catch(() => {}));
    this.set();
  }

  set() {
    const now = this.context.currentTime;
    SIDES.forEach((side, at) => {
      this.graph[at].gain.setTargetAtTime(this.factor(side), now, SMOOTH);
      this.graph[at].pan.value = this.apart.checked ? (at ? 1 : -1) : 0;
    });
  }
}
