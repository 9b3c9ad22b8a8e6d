// The line of alarms: stays open while it is read, and a new urgent alarm is heard, unless who looks has switched that
// off. One sound an alarm for all windows of a browser. What it says comes from the page, in the reader's language.
"use strict";

(() => {
  const kept = (name) => { try { return localStorage.getItem(name) || ""; } catch { return ""; } };
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing */ } };
  const isOn = () => kept("alarm-sound") !== "off";
  let open = false;
  let known = null;

  const beep = () => {
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) return;
    const sound = new Context();
    const gain = sound.createGain();
    gain.gain.value = 0.15;
    gain.connect(sound.destination);
    for (const [from, tone] of [[0, 880], [0.22, 660]]) {
      const voice = sound.createOscillator();
      voice.frequency.value = tone;
      voice.connect(gain);
      voice.start(sound.currentTime + from);
      voice.stop(sound.currentTime + from + 0.18);
      voice.onended = () => { if (from) sound.close(); };
    }
    document.documentElement.dataset.alarmHeard = String(Number(document.documentElement.dataset.alarmHeard || 0) + 1);
  };

  const look = () => {
    const line = document.getElementById("alarms");
    const count = document.getElementById("alarm-count");
    if (count) {
      if (open) count.open = true;
      count.ontoggle = () => { open = count.open; };
    }
    for (const button of document.querySelectorAll(".alarm-sound")) {
      button.hidden = false;
      button.textContent = isOn() ? button.dataset.on : button.dataset.off;
    }
    if (!line) return;
    const newest = line.dataset.newestRed || "";
    // Ids rise with time. What stood when the page was opened first is no news.
    if (newest && known !== null && newest > known && newest > kept("alarm-heard")) {
      if (isOn()) beep();
      keep("alarm-heard", newest);
    }
    if (known === null || newest > known) known = newest;
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest || !event.target.closest(".alarm-sound")) return;
    keep("alarm-sound", isOn() ? "off" : "on");
    look();
  });
  document.addEventListener("htmx:afterSettle", look);
  look();
})();
