// A drill: the scene plays, then one speaks into the microphone or types. What is said goes to the server in pieces and
// becomes words there; without a microphone, and without this file, typing stays.
import { post, sendPieces } from "./pieces.js";

const RATE = 8000; // samples a second that the recogniser takes
const box = document.getElementById("drill");

/** Samples of 16 bit at RATE, of pieces at another rate: each is the mean of those that it stands for. */
function pcm(pieces, rate) {
  const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) { all.set(piece, at); at += piece.length; }
  const step = rate / RATE;
  const view = new DataView(new ArrayBuffer(2 * Math.floor(all.length / step)));
  for (let n = 0; n < view.byteLength / 2; n += 1) {
    const from = Math.floor(n * step);
    const to = Math.max(from + 1, Math.floor((n + 1) * step));
    let sum = 0;
    for (let one = from; one < to; one += 1) sum += all[one];
    view.setInt16(2 * n, Math.max(-1, Math.min(1, sum / (to - from))) * 32767, true);
  }
  return new Blob([view]);
}

class Speaker {
  constructor() {
    this.start = document.getElementById("record");
    this.end = document.getElementById("stop");
    this.state = document.getElementById("speak-state");
    if (!navigator.mediaDevices?.getUserMedia) { this.state.textContent = box.dataset.insecure; return; }
    document.getElementById("by-voice").hidden = false;
    this.start.addEventListener("click", () => this.record());
    this.end.addEventListener("click", () => this.finish());
  }

  async record() {
    this.start.disabled = true;
    document.getElementById("scene")?.pause();
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch {
      this.start.disabled = false;
      this.say(box.dataset.refused);
      return;
    }
    this.pieces = [];
    this.heard = 0;
    this.context = new AudioContext();
    await this.context.audioWorklet.addModule(box.dataset.microphone);
    this.node = new AudioWorkletNode(this.context, "microphone");
    this.node.port.onmessage = (event) => this.take(event.data);
    this.context.createMediaStreamSource(this.stream).connect(this.node);
    this.start.hidden = true;
    this.end.hidden = false;
    this.end.focus();
  }

  take(samples) {
    if (!this.stream) return;
    this.pieces.push(samples);
    this.heard += samples.length;
    const seconds = this.heard / this.context.sampleRate;
    this.state.textContent = `${box.dataset.recording} ${Math.floor(seconds)}`;
    if (seconds >= Number(box.dataset.longest)) this.finish();
  }

  async finish() {
    if (!this.stream) return;
    const { sampleRate } = this.context;
    this.node.disconnect();
    this.stream.getTracks().forEach((track) => track.stop());
    this.stream = null;
    await this.context.close();
    this.end.hidden = true;
    this.start.hidden = false;
    await this.send(pcm(this.pieces, sampleRate));
    this.pieces = [];
    this.start.disabled = false;
  }

  async send(sound) {
    const { pieces, spoken, token, version, sending, hearing, lost } = box.dataset;
    try {
      this.say(sending);
      let fault = await sendPieces(pieces, sound, token, (percent) => this.say(`${sending} ${percent} %`));
      if (!fault) {
        this.say(hearing);
        const keep = document.getElementById("keep").checked ? "yes" : "";
        const answer = await post(spoken, new URLSearchParams({ keep, version }), token);
        if (answer.at) { window.location.assign(answer.at); return; }
        fault = answer.fault;
      }
      this.say(fault);
    } catch {
      this.say(lost);
    }
    document.getElementById("words").focus();
  }

  say(words) { this.state.textContent = words; }
}

if (box) {
  const result = document.getElementById("result");
  if (result) {
    result.focus();
    document.getElementById("answer")?.play().catch(() => {}); // the browser may want a click
  } else {
    new Speaker();
    document.getElementById("scene")?.addEventListener("ended", () => {
      const record = document.getElementById("record");
      (document.getElementById("by-voice").hidden ? document.getElementById("words") : record).focus();
    });
  }
}
