// What every page does by itself: clocks that go on, the word when the connection is lost, questions before
// something is removed. Text comes from the page (data-text), so that it is in the reader's language.
"use strict";

(() => {
  const span = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds));
    const two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  };

  // The server's clock counts: this computer's may be wrong.
  let ahead = Date.now() / 1000 - Number(document.documentElement.dataset.now);
  const tick = () => {
    const now = Date.now() / 1000 - ahead;
    for (const clock of document.querySelectorAll("[data-since]")) {
      const text = span(now - Number(clock.dataset.since));
      if (clock.textContent !== text) clock.textContent = text;
    }
  };
  tick();
  setInterval(tick, 250);

  const lost = document.getElementById("lost");
  const say = (text) => {
    if (lost.textContent === text) return;
    lost.textContent = text;
    lost.hidden = !text;
  };
  const setLost = (is) => say(is ? lost.dataset.text : "");
  document.addEventListener("htmx:sendError", () => setLost(true));
  document.addEventListener("htmx:timeout", () => setLost(true));
  document.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (status >= 500) setLost(true);
    else if (status >= 400) say(lost.dataset.refused);
    else if (status > 0) setLost(false);
  });
  const hear = (now) => { ahead = Date.now() / 1000 - Number(now); };
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.dataset && event.target.dataset.now) hear(event.target.dataset.now);
    tick();
  });
  document.addEventListener("stream:told", (event) => { hear(event.detail); setLost(false); });

  // A question is not asked twice: the pause after the last letter, or leaving the field, asks what Enter has asked.
  const asked = new WeakMap();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target;
    if (!form.matches('form[role="search"]')) return;
    const { pathInfo, requestConfig } = event.detail;
    const pressed = requestConfig.triggeringEvent && requestConfig.triggeringEvent.type === "submit";
    if (!pressed && asked.get(form) === pathInfo.finalRequestPath) event.preventDefault();
    asked.set(form, pathInfo.finalRequestPath);
  });

  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  const me = document.querySelector(".me");
  if (me) {
    document.addEventListener("click", (event) => { if (!me.contains(event.target)) me.open = false; });
    me.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { me.open = false; me.querySelector("summary").focus(); }
    });
  }
})();
