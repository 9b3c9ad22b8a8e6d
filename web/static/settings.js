/* Line numbers beside the text of the settings, with marks where the check found something. Without this the text is
   a plain field, and every finding still names its line. */
"use strict";

function numbersFor(field) {
  const gutter = document.createElement("div");
  gutter.className = "line-numbers";
  gutter.setAttribute("aria-hidden", "true");
  field.parentElement.insertBefore(gutter, field);
  const of = (names) => new Set((names || "").split(",").filter(Boolean).map(Number));
  const bad = of(field.dataset.errors), warn = of(field.dataset.notes);
  const draw = () => {
    const count = field.value.split("\n").length;
    if (gutter.childElementCount === count) return;
    gutter.replaceChildren(...Array.from({ length: count }, (_, at) => {
      const line = document.createElement("div");
      line.textContent = String(at + 1);
      if (bad.has(at + 1)) line.className = "bad";
      else if (warn.has(at + 1)) line.className = "warn";
      return line;
    }));
  };
  const follow = () => { gutter.style.height = `${field.clientHeight}px`; gutter.scrollTop = field.scrollTop; };
  field.addEventListener("input", () => { draw(); follow(); });
  field.addEventListener("scroll", follow);
  new ResizeObserver(follow).observe(field);
  draw();
  follow();
}

function goToLine(field, number) {
  const lines = field.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[number - 1] || "").length);
  field.scrollTop = (number - 4) * (field.scrollHeight / lines.length);
}

const settingsText = document.getElementById("text");
if (settingsText) {
  numbersFor(settingsText);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    goToLine(settingsText, Number(link.dataset.line));
  });
}
