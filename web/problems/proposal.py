"""A known problem that is proposed, as a topic rises: the lines of its callers, and what they might hear."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from calls.models import Call
from problems.service import MOST_CHARACTERS
from ringback.messages import message
from topics.messages import SENTENCES
from topics.models import CallTopic, Topic, TopicRise
from topics.service import end_rise
from web.context import db, person, settings
from web.topics.page import title_of

KNOWN_PROBLEM = "topics.known_problem"


@dataclass(frozen=True)
class ProblemProposal:
    """What the form is filled in with."""

    rise: str
    lines: list[str]
    words: dict[str, str]
    """By language; one without a sentence of its own is left to whoever reads it."""


def proposal_of(typed: str, languages: Iterable[str]) -> ProblemProposal | None:
    """Of a rising topic that is proposed still; None: there is none."""
    key = _key(typed)
    rise = db().get(TopicRise, key) if key is not None else None
    topic = db().get(Topic, rise.topic_id) if rise is not None else None
    if rise is None or topic is None or rise.state != "proposed":
        return None
    about = select(CallTopic.call_id).where(CallTopic.topic_id == topic.id, CallTopic.arrived_at >= rise.since)
    called = set(db().scalars(select(Call.line).where(Call.call_id.in_(about)).distinct()))
    shown = {"name": topic.name, "words": topic.words}
    words = {
        language: message(KNOWN_PROBLEM, topic=title_of(shown, language)).worded(language)[:MOST_CHARACTERS]
        for language in languages
        if language in SENTENCES[KNOWN_PROBLEM]
    }
    return ProblemProposal(typed, [line.number for line in settings().lines if line.number in called], words)


def told_of(typed: str) -> None:
    """Callers hear of it now: it is proposed no more."""
    if (key := _key(typed)) is not None:
        end_rise(db(), key, "told", person().name)


def _key(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None
