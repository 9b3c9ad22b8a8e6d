"""Masks a recording and listens to what is left: the loop of the proof, without rows.

Knows files and words. A try silences the places of the secrets with a margin, has the recogniser hear the masked sound
around them again and looks for secrets in what it understood. Whatever is found is masked too, with twice the margin,
until nothing is found or the tries are spent.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from recording import encoding
from transcripts.engines.decode import SpeakerPart, decode, open_sound
from transcripts.engines.recogniser import RATE, Recogniser, Word
from transcripts.redaction import passwords
from transcripts.redaction.detect import UNITS, RedactionRules, find
from transcripts.redaction.intervals import (
    CHANNELS,
    Ranges,
    SecretInterval,
    Silence,
    listen_again,
    silences,
    spans,
    unheard,
)
from transcripts.redaction.labels import ORDER
from transcripts.redaction.numbers import plain
from transcripts.redaction.speakers import Talk

FADE = round(0.005 * RATE)
"""Samples over which the sound goes and comes, so that it does not click."""
EDGE = 0.7
"""A digit heard so near to a silence, in seconds, belonged to what was said there."""
COUNTING = frozenset({"one", "a", "один", "одна", "раз", "oh"})
"""Words that say no digit more often than they do."""
NUMERIC = frozenset({"card", "code", "expiry", "pin", "one_time_code", "bank_account", "phone"})
"""Kinds that are said in digits."""
CHUNK = 60 * RATE


@dataclass(frozen=True)
class Proof:
    """What became of the last try."""

    passed: bool
    rounds: int
    margin: float
    intervals: tuple[SecretInterval, ...]
    """All places, those found by listening too."""
    silent: tuple[Silence, ...]
    leaks: tuple[SecretInterval, ...]
    """What was heard in the masked sound at the last try."""
    listened_seconds: float
    heard: Mapping[str, Sequence[Word]]
    """All that was understood of the masked sound at the last try."""
    file: encoding.Finished | None
    """The masked sound of the last try; None: there was nothing to mask."""


@dataclass(frozen=True)
class Sounds:
    """Where the sound is and goes."""

    source: Path
    """The recording."""
    target: Path
    """The masked one."""
    peaks: Path
    mark: str
    """Makes the names of this try's drafts its own."""
    gaps: Sequence[tuple[float, float]] = ()
    """Where the recording was paused, in seconds."""


def wanted_kinds(rules: RedactionRules) -> frozenset[str]:
    """Kinds whose words are a reason to listen again."""
    return frozenset(kind for kind in ORDER if rules.wants(kind))


def suspects(words: Mapping[str, Sequence[Word]], ranges: Ranges, rules: RedactionRules) -> list[SecretInterval]:
    """Answers to questions for secrets that nobody understood."""
    return unheard(Talk.of(words), ranges, wanted_kinds(rules))


def prove(
    sounds: Sounds,
    parts: Sequence[SpeakerPart],
    intervals: Sequence[SecretInterval],
    words: Mapping[str, Sequence[Word]],
    rules: RedactionRules,
    recogniser: Recogniser,
    tick: Callable[[], None],
    margin: float,
    tries: int,
) -> Proof:
    """Masks `sounds.source` and listens, at most `tries` times. `parts` are what was listened to at first.

    Without `intervals` it listens to the recording itself, where secrets are talked about.

    Raises OSError and recording.errors.VerifyError (the file cannot be written), TranscriptError (it is no recording).
    """
    known = list(intervals)
    for number in range(1, tries + 1):
        with open_sound(sounds.source) as file:
            seconds = file.frames / RATE
        silent = silences(known, words, seconds, margin)
        written = write_masked(sounds, silent, tick) if silent else None
        again = listen_again(known, Talk.of(words), wanted_kinds(rules), seconds)
        heard, listened = _listen(sounds.target if silent else sounds.source, parts, again, recogniser, tick)
        leaks = leaks_in(heard, known, silent, rules, words)
        if not leaks or number == tries:
            return Proof(not leaks, number, margin, tuple(known), tuple(silent), tuple(leaks), listened, heard, written)
        known += leaks
        margin = min(2.0, max(margin, 0.1) * 2)
    raise ValueError("a proof needs at least one try")


def leaks_in(
    heard: Mapping[str, Sequence[Word]],
    known: Sequence[SecretInterval],
    silent: Sequence[Silence],
    rules: RedactionRules,
    words: Mapping[str, Sequence[Word]],
) -> list[SecretInterval]:
    """Secrets in what was understood of the masked sound, and digits that stuck out of a silence.

    `words`: what was understood of the recording: a password is known only by its own words.
    """
    found = [
        SecretInterval(each.kind, each.speaker, said[0].start, max(word.end for word in said), "sound")
        for each in find(heard, replace(rules, answers=False))
        if (said := heard[each.speaker][each.first : each.last])
    ]
    found += _passwords_in(heard, known, words)
    for stream in Talk.of(heard).streams.values():
        whole = spans((s.start, s.end) for s in found if s.speaker == stream.speaker)
        beside = _beside_silences(known, silent, stream.speaker)
        for at, number in enumerate(stream.numbers):
            word = stream.words[at]
            if number is None or number.amount or stream.plain[at] in COUNTING:
                continue
            before = bisect_right(whole, (word.start, float("inf"))) - 1
            if before >= 0 and word.end <= whole[before][1]:
                continue
            kind = _stuck_out(word, beside)
            if kind is not None and not _counts(stream.plain, at):
                found.append(SecretInterval(kind, stream.speaker, word.start, word.end, "sound"))
    return sorted(found, key=lambda interval: interval.start)


def _passwords_in(
    heard: Mapping[str, Sequence[Word]], known: Sequence[SecretInterval], words: Mapping[str, Sequence[Word]]
) -> list[SecretInterval]:
    """Words of a known password that are heard, by whomever, about the time when it was said."""
    found = []
    for interval in known:
        if interval.kind != "password":
            continue
        inside = (w for w in words.get(interval.speaker, ()) if interval.start <= (w.start + w.end) / 2 <= interval.end)
        telling = passwords.telling(plain(word.text) for word in inside)
        begin, end = interval.start - passwords.AGAIN_SECONDS, interval.end + passwords.AGAIN_SECONDS
        found += [
            SecretInterval("password", speaker, word.start, word.end, "sound")
            for speaker, said in heard.items()
            for word in (said if telling else ())
            if begin < word.start < end and plain(word.text) in telling
        ]
    return list(dict.fromkeys(found))


def _beside_silences(
    known: Sequence[SecretInterval], silent: Sequence[Silence], speaker: str
) -> list[tuple[Silence, str]]:
    """The silences of a speaker's side in which he says digits, in order, each with the kind of these."""
    own = sorted((each for each in silent if each.channel == CHANNELS[speaker]), key=lambda each: each.start)
    starts = [each.start for each in own]
    ends = [each.end for each in own]  # in order too: none touches another
    kinds: dict[int, str] = {}
    for interval in known:
        if interval.kind in NUMERIC and interval.speaker == speaker:
            for at in range(bisect_right(ends, interval.start), bisect_left(starts, interval.end)):
                kinds.setdefault(at, interval.kind)
    return [(own[at], kinds[at]) for at in sorted(kinds)]


def _stuck_out(word: Word, beside: Sequence[tuple[Silence, str]]) -> str | None:
    """The kind of the secret whose silence ends or begins beside a word; None: there is none."""
    for at in range(bisect_right(beside, word.start - EDGE, key=lambda each: each[0].end), len(beside)):
        silence, kind = beside[at]
        if silence.start - EDGE >= word.end:
            break
        if word.end <= silence.start + 0.3 or (silence.end - 0.3 <= word.start < silence.end + EDGE):
            return kind
    return None


def _counts(words: Sequence[str], at: int) -> bool:
    """Whether something is counted: two minutes, три дня."""
    return at + 1 < len(words) and words[at + 1] in UNITS


def _listen(
    path: Path,
    parts: Sequence[SpeakerPart],
    again: Sequence[tuple[float, float]],
    recogniser: Recogniser,
    tick: Callable[[], None],
) -> tuple[dict[str, list[Word]], float]:
    """What is understood of the intervals `again` of a masked file, and how long the speech in them is."""
    wanted = [
        SpeakerPart(part.speaker, part.channel, max(part.start, start), min(part.end, end))
        for part in parts
        for start, end in again
        if min(part.end, end) > max(part.start, start)
    ]
    if not wanted:
        return {part.speaker: [] for part in parts}, 0.0
    with open_sound(path) as file:
        heard = decode(file, wanted, recogniser, tick)
    return {
        who: sorted(said, key=lambda word: (word.start, word.end)) for who, said in heard.words.items()
    }, heard.speech_seconds


def write_masked(sounds: Sounds, silent: Sequence[Silence], tick: Callable[[], None]) -> encoding.Finished:
    """Writes the masked copy with its waveform; both appear whole or not at all. Raises OSError, VerifyError."""
    sounds.target.parent.mkdir(parents=True, exist_ok=True)
    for left in sounds.target.parent.glob(f"{sounds.target.stem}.*.masking"):
        left.unlink(missing_ok=True)  # of a try that was killed
    raw = sounds.target.with_name(f"{sounds.target.stem}.{sounds.mark}.masking")
    try:
        with open_sound(sounds.source) as file, raw.open("wb") as out:
            for begin in range(0, max(file.frames, 1), CHUNK):
                block = file.read(CHUNK, dtype="int16", always_2d=True)
                silence_block(block, begin, silent)
                out.write(block.astype("<i2", copy=False).tobytes())
                tick()
        return encoding.finish(raw, sounds.target, sounds.peaks, sounds.mark, tick, sounds.gaps)
    finally:
        raw.unlink(missing_ok=True)


def silence_block(
    block: "np.ndarray[tuple[int, int], np.dtype[np.int16]]", begin: int, silent: Sequence[Silence]
) -> None:
    """Silences what of `silent` lies in `block`, samples of both channels from sample `begin` on, in place."""
    for each in silent:
        first, last = round(each.start * RATE), round(each.end * RATE)
        low, high = max(first - begin, 0), min(last - begin, len(block))
        if low < high:
            block[low:high, each.channel] = 0
        for at, step in ((first - FADE, -1), (last, 1)):
            _fade(block, each.channel, at - begin, rising=step > 0)


def _fade(block: "np.ndarray[tuple[int, int], np.dtype[np.int16]]", channel: int, at: int, *, rising: bool) -> None:
    """FADE samples from `at` on, from silence to full or the other way, as far as they lie in the block."""
    slope = np.linspace(0.0, 1.0, FADE) if rising else np.linspace(1.0, 0.0, FADE)
    low, high = max(at, 0), min(at + FADE, len(block))
    if low < high:
        block[low:high, channel] = (block[low:high, channel] * slope[low - at : high - at]).astype(np.int16)
