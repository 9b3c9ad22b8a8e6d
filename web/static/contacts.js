// Contacts: a file of persons goes to the server in pieces; the page then shows what it would change.
import { post, sendPieces } from "./pieces.js";

const form = document.getElementById("import");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { pieces, upload, largest, large, lost, sending } = form.dataset;
  const file = form.elements.file.files[0];
  const token = form.elements.csrf_token.value;
  const button = form.querySelector("button");
  const state = document.getElementById("import-state");
  if (!file) return;
  if (file.size > Number(largest)) { state.textContent = large; return; }
  button.disabled = true;
  try {
    let fault = await sendPieces(pieces, file, token, (percent) => { state.textContent = `${sending} ${percent} %`; });
    if (!fault) {
      const answer = await post(form.action, new URLSearchParams({ upload, name: file.name }), token);
      if (answer.at) { window.location.assign(answer.at); return; }
      fault = answer.fault;
    }
    state.textContent = fault;
  } catch {
    state.textContent = lost;
  }
  button.disabled = false;
});
