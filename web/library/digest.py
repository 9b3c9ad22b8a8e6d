"""The ninety seconds of a call as pages have them: what is played, with its words, and how much time that saves."""

from collections.abc import Sequence
from dataclasses import dataclass

from library.digest import DigestRun
from library.digests import digest_of
from ringback.messages import Message
from summary.sentences import SaidSentence
from web.context import db
from web.i18n import N_, span
from web.labels import label, masked

TITLES = {
    "problem": N_("Problem"),
    "turn": N_("Where it turns"),
    "promised": N_("What was promised"),
    "outcome": N_("Outcome"),
    "uncertain": N_("Uncertain words"),
}


@dataclass(frozen=True)
class DigestWords:
    """What one side says in a stretch."""

    speaker: str
    text: str


@dataclass(frozen=True)
class DigestStretch:
    """A stretch in the list."""

    begin: float
    end: float
    """Seconds of the sound that is played."""
    time: str
    titles: list[str]
    """What it is of."""
    why: list[Message]
    words: list[DigestWords]


@dataclass(frozen=True)
class DigestPart:
    """Everything that library/_digest.html shows."""

    stretches: list[DigestStretch]
    language: str
    seconds: float
    of: float
    saved: float


def digest_part(call_id: str, language: str, begin: float, end: float | None, offset: float = 0.0) -> DigestPart | None:
    """Of what lies between two seconds of the recording; None: nothing is saved, or there is no summary yet. `offset`:
    the second of the recording at which the sound begins that is played."""
    found = digest_of(db(), call_id, begin, end)
    if not found.digest.stretches:
        return None
    return DigestPart(
        stretches=[_stretch(each, found.said, offset) for each in found.digest.stretches],
        language=language,
        seconds=found.digest.seconds,
        of=found.digest.of,
        saved=found.digest.saved,
    )


def _stretch(stretch: DigestRun, said: Sequence[SaidSentence], offset: float) -> DigestStretch:
    inside = [each for each in said if stretch.begin <= (each.start + each.end) / 2 <= stretch.end]
    words: list[DigestWords] = []
    for each in inside:
        speaker, text = str(label("speaker", each.speaker)), masked(each.text)
        if words and words[-1].speaker == speaker:
            words[-1] = DigestWords(speaker, f"{words[-1].text} {text}")
        else:
            words.append(DigestWords(speaker, text))
    return DigestStretch(
        begin=round(stretch.begin - offset, 2),
        end=round(stretch.end - offset, 2),
        time=span(stretch.begin - offset),
        titles=[TITLES[kind] for kind in stretch.kinds],
        why=list(stretch.why),
        words=words,
    )
