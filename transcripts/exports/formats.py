"""A transcript in the formats that other programs read: WebVTT, SRT, text, JSON; vCon has a module of its own. Pure.

Works on what a call's document says, so what is masked there is masked here, and knows nothing of who may have it.
Speech is hostile text: WebVTT is escaped as its standard says (https://www.w3.org/TR/webvtt1/, cue text), SRT, which
has no escapes, loses the characters that players take for markup; nothing here is a table that a program calculates.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

LONGEST_CUE = 84
"""Characters of a subtitle: two lines of 42, as subtitlers keep to."""
LONGEST_SECONDS = 7.0
ENDS = (".", "?", "!", "…")

Shown = Callable[[str], str]
"""A text as it is to be read, e.g. with its masks in words."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A subtitle of one speaker; seconds of the recording."""

    start: float
    end: float
    speaker: str
    text: str


def cues(turns: list[dict[str, Any]], names: dict[str, str], shown: Shown = str) -> list[Cue]:
    """The turns in pieces that can be read in time, in the order in which they begin. `names` as in `name_in`."""
    found = []
    for turn in turns:
        name = name_in(names, turn)
        for words in _pieces(turn["words"]):
            text = " ".join(shown(" ".join(word["word"] for word in words)).split())
            start, end = words[0]["start"], max(word["end"] for word in words)
            found.append(Cue(start, max(end, start + 0.001), name, text))
    return sorted(found, key=lambda cue: (cue.start, cue.end))


def name_in(names: dict[str, str], turn: dict[str, Any]) -> str:
    """Who says a turn. `names`: by speaker (caller, agent) and, of agents who are known, by `agent:` and their code."""
    return names.get(f"agent:{turn.get('agent')}") or names.get(turn["speaker"], turn["speaker"])


def vtt(turns: list[dict[str, Any]], names: dict[str, str], language: str, shown: Shown = str) -> str:
    """WebVTT, each cue with its speaker's voice."""
    blocks = [f"WEBVTT\nLanguage: {re.sub(r'[^A-Za-z-]', '', language)}"]
    for cue in cues(turns, names, shown):
        voice = " ".join(html.escape(cue.speaker, quote=False).split())
        text = html.escape(cue.text, quote=False)
        blocks.append(f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n<v {voice}>{text}")
    return "\n\n".join(blocks) + "\n"


def srt(turns: list[dict[str, Any]], names: dict[str, str], shown: Shown = str) -> str:
    """SubRip."""
    blocks = []
    for number, cue in enumerate(cues(turns, names, shown), 1):
        text = _without_markup(f"{cue.speaker}: {cue.text}")
        blocks.append(f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{text}")
    return "\n\n".join(blocks) + ("\n" if blocks else "")


def text(turns: list[dict[str, Any]], names: dict[str, str], shown: Shown = str) -> str:
    """A line for each turn: 0:25 Caller: Hello."""
    lines = []
    for turn in turns:
        name = " ".join(name_in(names, turn).split())
        minutes, seconds = divmod(int(turn["start"]), 60)
        lines.append(f"{minutes}:{seconds:02} {name}: {' '.join(shown(turn['text']).split())}\n")
    return "".join(lines)


def as_json(document: dict[str, Any]) -> str:
    """The call's facts and its transcript with every word; masks are the codes that the documents have."""
    call = document["call"]
    transcript = document["transcript"] or {}
    facts = ("call_id", "line", "language", "queue", "agent", "arrived_at", "ended_at", "result")
    kept = ("language", "engine", "model", "revision", "audio_seconds", "speech_seconds", "turns", "measures")
    made = {
        "call": {name: call[name] for name in facts},
        "recording": {name: document["recording"][name] for name in ("seconds", "sha256")},
        "transcript": {name: transcript.get(name) for name in kept},
    }
    return dumped(made)


def dumped(made: dict[str, Any]) -> str:
    """JSON as files have it."""
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def _pieces(words: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Cut after a sentence, or before the piece gets too long to be read."""
    piece: list[dict[str, Any]] = []
    length = 0
    for word in words:
        added = len(word["word"]) + 1
        if piece and (length + added > LONGEST_CUE or word["end"] - piece[0]["start"] > LONGEST_SECONDS):
            yield piece
            piece, length = [], 0
        piece.append(word)
        length += added
        if word["word"].endswith(ENDS) and length > LONGEST_CUE / 3:
            yield piece
            piece, length = [], 0
    if piece:
        yield piece


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(max(0.0, seconds) * 1000)
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def _without_markup(line: str) -> str:
    return " ".join(line.translate(str.maketrans("<>{}", "‹›()")).replace("--›", "→").split())
