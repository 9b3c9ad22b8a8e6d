// Prompts: plays them in the list, sends files in pieces that the server takes, and records from the microphone.
import { post, sendPieces } from "./pieces.js";

const MOST_SECONDS = 60;

/** One sound at a time: what plays stops when another begins, or its button is pressed again. */
function playInList() {
  const sound = new Audio();
  let playing = null;
  const end = () => { playing?.removeAttribute("aria-pressed"); playing = null; };
  sound.addEventListener("ended", end);
  sound.addEventListener("error", end);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play]");
    if (!button) return;
    event.preventDefault();
    const again = button === playing;
    sound.pause();
    end();
    if (again) return;
    playing = button;
    button.setAttribute("aria-pressed", "true");
    sound.src = button.href;
    sound.play().catch(end);
  });
}

/** A WAV file, 16 bit, one channel, of pieces of samples. */
function wav(pieces, rate) {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const view = new DataView(new ArrayBuffer(44 + length * 2));
  const text = (at, words) => [...words].forEach((char, n) => view.setUint8(at + n, char.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + length * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, length * 2, true);
  let at = 44;
  for (const piece of pieces) {
    for (const sample of piece) {
      view.setInt16(at, Math.max(-1, Math.min(1, sample)) * 32767, true);
      at += 2;
    }
  }
  return new Blob([view], { type: "audio/wav" });
}

/** Sends sound in pieces and has a draft made of it; the page then shows it. */
class Sender {
  constructor(box) { this.box = box; }

  async send(blob, source, state) {
    const { token, lost, large, largest, sending } = this.box.dataset;
    if (blob.size > Number(largest) * 1024 * 1024) { state.textContent = large; return; }
    const upload = crypto.randomUUID ? crypto.randomUUID() : Sender.randomKey();
    try {
      const told = (percent) => { state.textContent = `${sending} ${percent} %`; };
      const fault = await sendPieces(`${this.box.dataset.pieces}/${upload}`, blob, token, told);
      if (fault) { state.textContent = fault; return; }
      const form = new URLSearchParams({ upload, source });
      const answer = await post(this.box.dataset.draft, form, token);
      if (answer.fault) { state.textContent = answer.fault; return; }
      window.location.assign(answer.at);
      if (new URL(answer.at, window.location.href).pathname === window.location.pathname) window.location.reload();
    } catch {
      state.textContent = lost;
    }
  }

  static randomKey() {
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
}

/** The microphone, from one button to the other. */
class Recorder {
  constructor(box, sender) {
    this.box = box;
    this.sender = sender;
    this.start = box.querySelector("#record");
    this.end = box.querySelector("#stop");
    this.state = box.querySelector("#record-state");
    if (!navigator.mediaDevices?.getUserMedia) { this.state.textContent = box.dataset.insecure; return; }
    this.start.disabled = false;
    this.start.addEventListener("click", () => this.record());
    this.end.addEventListener("click", () => this.finish());
  }

  async record() {
    this.start.disabled = true;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch {
      this.start.disabled = false;
      this.state.textContent = this.box.dataset.refused;
      return;
    }
    this.pieces = [];
    this.heard = 0;
    this.context = new AudioContext();
    await this.context.audioWorklet.addModule(this.box.dataset.microphone);
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
    this.state.textContent = `${this.box.dataset.recording} ${Math.floor(seconds)}`;
    if (seconds >= MOST_SECONDS - 1) this.finish();
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
    this.start.disabled = false;
    await this.sender.send(wav(this.pieces, sampleRate), "browser", this.state);
  }
}

playInList();
const box = document.getElementById("recorder");
if (box) {
  const sender = new Sender(box);
  new Recorder(box, sender);
  const file = box.querySelector("#file");
  file.addEventListener("change", async () => {
    if (!file.files.length) return;
    await sender.send(file.files[0], "upload", box.querySelector("#upload-state"));
    file.value = "";
  });
}
