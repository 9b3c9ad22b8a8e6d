"""`ringback doctor --call NUMBER`: places one real call through the trunk and says what was heard.

Owns which numbers may be tried (the dialling rules of promised calls) and what the sound means; the call itself is
`pbx/outside_call.py`'s. Whoever answers hears ten seconds of silence, and is asked nothing.
"""

import tempfile
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from app.doctor import Check
from callback import policy
from pbx import outside_call
from pbx.errors import PbxError
from pbx.outside_call import OutsideCall
from ringback import secrets
from ringback.config import Settings
from ringback.errors import RingbackError
from ringback.messages import message

RATE = 8000
HEARD = 300
"""Of 32768: quieter is an idle line."""
TONE_SHARE = 0.8
"""Of the power in a few frequencies: a tone, or a chord of two as networks send them."""
WANTED_CODECS = ("ulaw", "alaw")
NO_ANSWER_CAUSE = 19
"""Q.850: the person did not answer; 18, that nobody responded, is the provider's silence."""
LOSS = 0.02
JITTER_SECONDS = 0.04


def examine(settings: Settings, text: str) -> list[Check]:
    """What became of a call to `text`, a number as people write it."""
    trunk = settings.trunk
    if trunk is None:
        return [Check("call", "bad", "there is no trunk", "Name your SIP provider under `trunk` in ringback.yaml.")]
    number = policy.read_number(text, settings.lines[0].default_country)
    refused = number if isinstance(number, policy.Refusal) else policy.refusal(number, settings, 0, 0)
    if isinstance(number, policy.Refusal) or refused is not None:
        why = message(refused.code, **refused.facts) if refused is not None else text
        mend = "Write it with + and country; callbacks.allowed_prefixes says what may be called."
        return [Check("call", "bad", f"not dialled: {why}", mend)]
    dialled = policy.dial_string(number, trunk)
    try:
        told = outside_call.place(settings, secrets.load_or_create(settings)[0].ami_password, dialled, trunk.caller_id)
    except (PbxError, OSError) as error:
        return [Check("call", "bad", f"Asterisk did not dial: {error}", "Is Ringback running?")]
    try:
        return [_signalling(number, dialled, told), *_media(settings, told)]
    finally:
        if told.sound is not None:
            told.sound.unlink(missing_ok=True)


def _signalling(number: str, dialled: str, told: OutsideCall) -> Check:
    rang = f"ringing after {told.ringing_after} s, " if told.ringing_after is not None else ""
    if told.answered_after is not None:
        return Check("call", "good", f"{number} (dialled as {dialled}): {rang}answered after {told.answered_after} s")
    outcome = policy.outcome_of(told.cause, "NOANSWER" if rang else "").value.replace("_", " ")
    said = f" ({told.cause_text}, cause {told.cause})" if told.cause else ""
    after = f" after {told.ended_after} s" if told.ended_after is not None else ""
    found = f"{number} (dialled as {dialled}): {rang}not answered: {outcome}{said}{after}"
    reached = bool(rang) or outcome in ("busy", "refused") or told.cause == NO_ANSWER_CAUSE
    mend = "" if reached else "See what `ringback doctor` says of the trunk, and trunk.dial."
    return Check("call", "note" if reached else "bad", found, mend)


def _media(settings: Settings, told: OutsideCall) -> list[Check]:
    if told.answered_after is None:
        return []
    found = []
    if told.codec:
        state = "good" if told.codec in WANTED_CODECS else "note"
        found.append(Check("codec", state, told.codec))  # type: ignore[arg-type]
    received = told.quality.received if told.quality else None
    if received is None:
        mend = "Voice packets do not come back: set sip.external_address, or open the RTP ports."
        found.append(Check("packets", "bad", "none came from the other side", mend))
    else:
        told_of = f"{received.lost:.1%} lost, {received.jitter * 1000:.0f} ms jitter"
        bad = received.lost > LOSS or received.jitter > JITTER_SECONDS
        found.append(Check("packets", "note" if bad else "good", told_of))
    if told.sound is None:
        found.append(Check("heard", "note", "the call was not recorded"))
    else:
        raw = np.fromfile(told.sound, "<i2")
        found.append(_heard(settings, raw[: len(raw) // 2 * 2].reshape(-1, 2)))
    return found


def kind_of(side: NDArray[np.int16]) -> str:
    """silence, a tone or a voice (or whatever else is neither), by the loudest second."""
    if len(side) < RATE // 2:
        return "silence"
    windows = [side[begin : begin + RATE // 2] for begin in range(0, len(side) - RATE // 2 + 1, RATE // 4)]
    loudest = max(windows, key=lambda window: float(np.sum(window.astype(np.float64) ** 2))).astype(np.float64)
    if np.abs(loudest).max() < HEARD:
        return "silence"
    power = np.abs(np.fft.rfft(loudest * np.hanning(len(loudest)))) ** 2
    strongest = np.sort(power)[-8:].sum()
    return "a tone" if strongest > TONE_SHARE * power.sum() else "a voice"


def _heard(settings: Settings, sound: NDArray[np.int16]) -> Check:
    kind = kind_of(sound[:, 0])
    seconds = f"{len(sound) / RATE:.0f} s"
    if kind == "silence":
        mend = "Whoever answered may have said nothing; else see `packets`."
        return Check("heard", "note", f"silence for {seconds}", mend)
    words = _words(settings, sound) if kind == "a voice" else ""
    return Check("heard", "good", f"{kind}, in {seconds}" + (f": {words}" if words else ""))


def _words(settings: Settings, sound: NDArray[np.int16]) -> str:
    """What was said, as far as the recogniser of the first line's language makes it out; empty: nothing, or none."""
    from transcripts.engines.decode import decode, open_sound, parts
    from transcripts.engines.loaded import Engines

    try:
        recogniser = Engines(settings).get(settings.lines[0].language)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "heard.flac"
            soundfile.write(path, sound, RATE)
            with open_sound(path) as file:
                found = decode(file, parts(len(sound) / RATE, None, None), recogniser, lambda: None)
    except (RingbackError, OSError):
        return ""  # `ringback models list` says why there is none
    return " ".join(word.text for word in found.words["caller"])
