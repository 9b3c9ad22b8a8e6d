"""The turns of a call's text as its page has them: text to read, find and print, with the times of its words beside it.

A word is an element only where it says more than itself (uncertain, masked): a call of 90 minutes has 13,000, and a
page of so many takes a second to make. The others become elements in the browser, where somebody points at their turn
or listens to it (`web/static/transcript.js`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from flask_babel import gettext as _
from markupsafe import Markup, escape

from web.documents.facts import Document
from web.i18n import span
from web.labels import agent_name, label, masked

SIDES = ("caller", "agent")
UNSURE = 0.5
"""A word of less confidence is marked as uncertain."""


@dataclass(frozen=True, slots=True)
class TurnPart:
    """One turn."""

    seq: int
    side: str
    """By which it is coloured: caller, agent; empty: neither."""
    speaker: str
    """Who says it, in the reader's words."""
    start: float
    time: str
    """`start` as people read it."""
    play_words: str
    correct_words: str
    """What the buttons of this turn do."""
    text: str
    """As it is stored, for correcting it."""
    said: Markup
    times: str
    """Of each word of `said` its beginning and end in hundredths of a second after `start`: "0,33 37,70"; empty: nobody
    knows them."""


def turn_parts(document: Document) -> list[TurnPart]:
    """The turns of a call's document. What is the same for many words or turns is made once: they are thousands."""
    unsure = cache(lambda percent: escape(_("uncertain: %(n)d%%", n=percent)))
    speaker = cache(lambda code, agent: agent_name(agent) or str(label("speaker", code)))
    play, correct = _("Play from %(time)s"), _("Correct what was said at %(time)s")
    parts = []
    for turn in document["transcript"]["turns"]:
        said, times = _words(turn, unsure)
        time = {"time": span(turn["start"])}
        parts.append(
            TurnPart(
                turn["seq"],
                turn["speaker"] if turn["speaker"] in SIDES else "",
                speaker(turn["speaker"], turn["agent"]),
                turn["start"],
                time["time"],
                play % time,
                correct % time,
                turn["text"],
                said,
                times,
            )
        )
    return parts


def without_turns(document: Document) -> Document:
    """A call's document for the question whether its page has changed: of the turns their revision and number say."""
    transcript = document["transcript"]
    if transcript is None:
        return document
    return {**document, "transcript": {**transcript, "turns": len(transcript["turns"])}}


def _words(turn: Document, unsure: Callable[[int], Markup]) -> tuple[Markup, str]:
    """`said` and `times` of a turn; `unsure` gives the remark on a word of so many percent."""
    begin, times = 100 * turn["start"], []
    shown: list[str] = []
    plain: list[str] = []
    for word in turn["words"]:
        text = masked(word["word"])
        if not text.strip():
            continue
        # What has something to tell, or the browser would take for two words, is an element.
        if word["confidence"] < UNSURE:
            why = unsure(round(100 * word["confidence"]))
            shown += [*_together(plain), f'<span class="unsure" title="{why}">{escape(text)}</span>']
        elif " " in text:
            shown += [*_together(plain), f"<span>{escape(text)}</span>"]
        else:
            plain.append(text)
        times.append(f"{round(100 * word['start'] - begin)},{round(100 * word['end'] - begin)}")
    shown += _together(plain)
    said = Markup(" ".join(shown)) if shown else escape(masked(turn["text"]))  # noqa: S704 - each word is escaped
    return said, " ".join(times)


def _together(plain: list[str]) -> list[str]:
    """Words that are text alone, escaped in one go, and gone from `plain`: escaping each takes longer than all else."""
    together = [str(escape(" ".join(plain)))] if plain else []
    plain.clear()
    return together
