// Files in pieces, as small as the pages' front takes requests: sent again where the way there broke.
const PIECE = 48 * 1024;
const TRIES = 3;

/** Sends all of `blob` to `address`/<byte>; what is wrong with it in words, or nothing. Throws where nobody answers. */
export async function sendPieces(address, blob, token, told) {
  for (let at = 0; at < blob.size; at += PIECE) {
    told(Math.round((at / blob.size) * 100));
    const answer = await post(`${address}/${at}`, blob.slice(at, at + PIECE), token);
    if (answer.fault) return answer.fault;
  }
  return "";
}

/** Tries again where the way there broke; a piece that comes twice does no harm. */
export async function post(address, body, token) {
  for (let tried = 1; ; tried += 1) {
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token } });
      if (answer.ok || answer.status === 400) return await answer.json();
      throw new Error(answer.statusText);
    } catch (error) {
      if (tried === TRIES) throw error;
    }
  }
}
