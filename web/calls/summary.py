"""The summary of a call as pages show it: each point with its sentences, and each of these with its second."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from flask import url_for
from flask_babel import gettext as _

from web import access
from web.context import db, person
from web.documents.facts import Document
from web.documents.summaries import summary_documents
from web.i18n import N_, said, span
from web.labels import label, masked

TITLES = {"problem": N_("Problem"), "promised": N_("What was promised"), "outcome": N_("Outcome")}
"""The points, in the order of the page."""


@dataclass(frozen=True)
class SummarySentence:
    """A sentence of the call."""

    speaker: str
    text: str
    start: float
    time: str
    """`start` as people read it."""
    page: str
    """The address of the call's page at that second."""


@dataclass(frozen=True)
class SummaryPoint:
    """What was wrong, promised, or came of it."""

    title: str
    told: str
    """In the words of the owner's model; empty: it said nothing of it."""
    sentences: list[SummarySentence]


@dataclass(frozen=True)
class SummaryPart:
    """Everything that calls/_summary.html shows."""

    call_id: str
    language: str
    points: list[SummaryPoint]
    told_by: str | None
    """The model whose words stand above the sentences; None: there are none."""
    told_error: str
    """Why there are none, though the settings have a model."""
    state: Literal["there", "comes", "failed", "empty"] = "there"
    """Of it: still to be made, set aside after several tries, or no sentence says anything."""


def summary_of(document: Document) -> SummaryPart | None:
    """Of a call's document; None: there is no text that one could be made of."""
    transcript, call_id = document["transcript"], document["call"]["call_id"]
    if transcript is None or not transcript["turns"] or transcript["state"] == "erased":
        return None
    if transcript["summary"] is None:
        return SummaryPart(call_id, transcript["language"], [], None, "", _state(transcript))
    return _part(call_id, transcript["summary"])


def _state(transcript: Document) -> Literal["comes", "failed", "empty"]:
    if any(each["stage"] == "summary" for each in transcript["failed_stages"]):
        return "failed"
    return "empty" if "summary" in transcript["done_stages"] else "comes"


def summaries_seen(call_ids: Iterable[str]) -> dict[str, SummaryPart]:
    """By call, of those whose text the person who asks may read."""
    seen = access.seen_calls(db(), person(), list(call_ids))
    return {call_id: _part(call_id, found) for call_id, found in summary_documents(db(), seen).items()}


def _part(call_id: str, found: Document) -> SummaryPart:
    points = [
        SummaryPoint(_(title), found["told"].get(point, ""), [_sentence(call_id, each) for each in found[point]])
        for point, title in TITLES.items()
        if found[point] or point in found["told"]
    ]
    error = said(found["told_error_code"], found["told_error_facts"]) if found["told_error"] else ""
    return SummaryPart(call_id, found["language"], points, found["told_by"] if found["told"] else None, error)


def _sentence(call_id: str, each: Document) -> SummarySentence:
    start = each["start"]
    return SummarySentence(
        str(label("speaker", each["speaker"])),
        masked(each["text"]),
        start,
        span(start),
        url_for("calls.call", call_id=call_id, at=round(start, 1)),
    )
