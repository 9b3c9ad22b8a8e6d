// What happens now, told by the server as it happens (server-sent events): the elements that changed, by their ids. Where
// nothing comes (a proxy that holds answers back, too many streams), the page asks by itself, at a slower pace; what these
// questions meet tells whether the connection is lost, or the session over. A page that nobody sees does not listen: a
// browser has few connections for all its windows.
"use strict";

(() => {
  const place = document.querySelector("#live[data-stream]") || document.querySelector("[data-stream]");
  if (!place || !window.htmx) return;
  const address = place.dataset.stream;
  const SILENT = 13000; // without a sign of life, which comes each five seconds
  const ASK = 5000;
  const LONGEST = 30000;
  let stream = null;
  let works = false; // something came by it
  let sign = 0; // the last one of life, or when it was opened
  let fresh = Date.now(); // when the page was last told, or asked, what happens
  let failures = 0;
  let isCut = false; // questions go nowhere either
  let next = 0;

  const ask = (parts) => {
    fresh = Date.now();
    for (const part of document.querySelectorAll(parts)) htmx.trigger(part, "poll");
  };

  const show = (parts) => {
    for (const [id, html] of parts) {
      const there = document.getElementById(id);
      if (there) htmx.swap(there, html, { swapStyle: "outerHTML" });
    }
    // What the page would ask with is the tag of what it no longer shows.
    const live = document.getElementById("live");
    if (live && parts.length) live.removeAttribute("hx-headers");
  };

  const close = () => {
    if (stream) stream.close();
    stream = null;
    works = false;
  };

  const fail = () => {
    const worked = works;
    close();
    failures += 1;
    // That one ends is no news: it may have been its time. Not all come back at the same moment.
    next = Date.now() + Math.random() * 1000 + (worked ? 0 : Math.min(LONGEST, 500 * 2 ** failures));
    if (!worked) ask("[data-stream]");
  };

  const open = () => {
    close();
    stream = new EventSource(address);
    sign = Date.now();
    stream.onmessage = (message) => {
      const told = JSON.parse(message.data);
      works = true;
      failures = 0;
      sign = fresh = Date.now();
      document.dispatchEvent(new CustomEvent("stream:told", { detail: told.at }));
      show(told.parts);
    };
    stream.onerror = fail;
  };

  const look = () => {
    const now = Date.now();
    if (document.hidden) {
      close();
      if (now - fresh >= ASK) ask("#alarms[data-heard]");
      return;
    }
    if (stream && now - sign > SILENT) fail();
    if (!stream && window.EventSource && now >= next) open();
    if (!works && now - fresh >= ASK) ask("[data-stream]");
  };

  document.addEventListener("visibilitychange", () => { next = 0; look(); });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });
  // An answer to a button may be older than what came by itself meanwhile: all is told again.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.xhr && works && event.target.closest && event.target.closest("[data-stream]")) open();
  });
  document.addEventListener("htmx:sendError", () => { isCut = true; });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (isCut && event.detail.successful) { isCut = false; next = Math.min(next, Date.now() + Math.random() * 1000); }
  });
  setInterval(look, 1000);
  look();
})();
