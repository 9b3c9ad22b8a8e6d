"""What callers said first in their talks, and which words tell the callers of one group from those of the others.

The texts are those that everybody reads: what is masked there is masked here, and what was erased is not there. Words
are told by their log-odds against the other groups, with all of them together as what is to be expected (B. Monroe,
M. Colaresi, K. Quinn, "Fightin' Words", Political Analysis 16, 2008): so neither a word that everybody says nor one
that was said once is telling. A word counts once in a call, in whatever form it was said.
"""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from transcripts.models import Segment, Transcript
from transcripts.search.words import stem, words

Group = TypeVar("Group", bound=Hashable)

FIRST_SECONDS = 20.0
"""So much of a talk is its beginning."""
BATCH = 300
SHORTEST = 3
"""Letters of a word that can be telling."""
FEWEST_CALLS = 3
"""In so many calls of a group a word must be said."""
EXPECTED = 0.1
"""How much what all say counts beside what one group says: so much of its calls is added to each."""
TELLING = 1.96
"""Standard deviations from what is to be expected: by chance one word in forty is so far above it."""
MOST = 6
"""Words told of one group."""


@dataclass(frozen=True)
class FirstWords:
    """What a caller said first."""

    call_id: str
    at: float
    """Seconds of the recording at which it begins."""
    text: str
    """Masked, as everywhere."""


@dataclass(frozen=True)
class TellingWord:
    """A word by which a group is known."""

    word: str
    """In the form in which it was said most often."""
    calls: int
    """Of the group, in which it was said."""


def first_words(session: Session, talks: Mapping[str, float]) -> dict[str, FirstWords]:
    """By call_id, of calls with the second of the recording at which the talk begins; calls without a text are left
    out. Calls whose talks began alike are read together, so that little is read of what was said later."""
    found: dict[str, FirstWords] = {}
    by_time = sorted(talks.items(), key=lambda each: each[1])
    for first in range(0, len(by_time), BATCH):
        begins = dict(by_time[first : first + BATCH])
        query = (
            select(Transcript.call_id, Segment.start, Segment.text)
            .join(Segment, Segment.transcript_id == Transcript.id)
            .where(
                Transcript.call_id.in_(begins),
                Transcript.state == "done",
                Segment.speaker == "caller",
                Segment.start >= min(begins.values()),
                Segment.start < max(begins.values()) + FIRST_SECONDS,
            )
            .order_by(Transcript.call_id, Segment.seq)
        )
        for call_id, start, text in session.execute(query):
            if not begins[call_id] <= start < begins[call_id] + FIRST_SECONDS:
                continue
            said = found.get(call_id)
            found[call_id] = FirstWords(
                call_id, start if said is None else said.at, text if said is None else f"{said.text} {text}"
            )
    return found


def telling(groups: Mapping[Group, Sequence[str]]) -> dict[Group, list[TellingWord]]:
    """By group, of the texts of its calls: words that are said there more than elsewhere, the most telling first."""
    said = {group: Counter(each for text in texts for each in _stems(text)) for group, texts in groups.items()}
    forms: dict[str, Counter[str]] = {}
    for texts in groups.values():
        for text in texts:
            for word in words(text):
                forms.setdefault(stem(word), Counter())[word] += 1
    everywhere: Counter[str] = Counter()
    for counts in said.values():
        everywhere.update(counts)
    return {
        group: [
            TellingWord(forms[each].most_common(1)[0][0], counts[each]) for each in _most_telling(counts, everywhere)
        ]
        for group, counts in said.items()
    }


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text) if len(word) >= SHORTEST and not word.isdecimal()}


def _most_telling(counts: Counter[str], everywhere: Counter[str]) -> list[str]:
    here, all_together = counts.total(), everywhere.total()
    others, expected = all_together - here, EXPECTED * all_together
    if not others:
        return []  # nothing to compare with
    scores = {}
    for word, calls in counts.items():
        if calls < FEWEST_CALLS:
            continue
        prior, elsewhere = EXPECTED * everywhere[word], everywhere[word] - calls
        odds = math.log((calls + prior) / (here + expected - calls - prior))
        other_odds = math.log((elsewhere + prior) / (others + expected - elsewhere - prior))
        score = (odds - other_odds) / math.sqrt(1 / (calls + prior) + 1 / (elsewhere + prior))
        if score > TELLING:
            scores[word] = score
    return sorted(scores, key=lambda word: (-scores[word], word))[:MOST]
