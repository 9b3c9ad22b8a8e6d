// Tickets by keyboard: arrows go from ticket to ticket while one of the list is focused; Ctrl+Enter sends a note.
"use strict";

document.addEventListener("keydown", (event) => {
  const down = event.key === "ArrowDown";
  const link = event.target.closest?.(".tickets .row-link");
  if (link && (down || event.key === "ArrowUp")) {
    const links = [...document.querySelectorAll(".tickets .row-link")];
    const next = links[links.indexOf(link) + (down ? 1 : -1)];
    if (next) {
      next.focus();
      event.preventDefault();
    }
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("[data-submit-by-key]")) {
    event.target.form.requestSubmit();
    event.preventDefault();
  }
});
