// An evaluation: seconds are played where they stand; without sound here they lead to the call's page.

const sound = document.getElementById("scored");

if (sound) {
  let played = 0;
  let last = null;
  sound.addEventListener("timeupdate", () => {
    const step = last === null ? 0 : sound.currentTime - last;
    if (!sound.paused && step > 0 && step < 2) played += step;
    last = sound.currentTime;
  });
  sound.addEventListener("seeking", () => { last = null; });
  const tell = () => {
    if (!played) return;
    const body = new URLSearchParams({ seconds: played.toFixed(1) });
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    fetch(sound.dataset.played, { method: "POST", credentials: "same-origin", keepalive: true, headers, body }).catch(() => {});
  };
  sound.addEventListener("pause", tell);
  window.addEventListener("pagehide", tell);
  document.addEventListener("click", (event) => {
    const go = event.target.closest("[data-go]");
    if (!go || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    sound.currentTime = Number(go.dataset.go);
    sound.play().catch(() => {});
  });
}
