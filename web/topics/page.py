"""Topics as their page shows them: what each is called for whoever reads, how it went, and clips of what rises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _

from ringback.messages import Message
from ringback.store.base import utc
from topics.service import MOST_CHARACTERS, clips_of
from web import access
from web.context import db, now, person
from web.documents.facts import Document
from web.documents.summaries import summary_documents
from web.documents.topics import names_of_topics, topics_document
from web.i18n import span
from web.labels import masked

WORDS_SHOWN = 3
BAR = 20.0
"""Height of the tallest week's bar."""


@dataclass(frozen=True)
class WeekBar:
    """A week of a topic, as a bar."""

    x: int
    y: float
    height: float


@dataclass(frozen=True)
class TopicRow:
    """A topic in the list."""

    id: str
    title: str
    named: bool
    """People gave it this name."""
    words: str
    calls: int
    share: float
    """In percent."""
    last: int
    """Calls of the last week."""
    usual: str
    """Of a week before, on the average."""
    bars: list[WeekBar]
    width: int
    """Of all bars."""
    trend: str
    """The bars in words."""
    list_of_calls: str


@dataclass(frozen=True)
class TopicClip:
    """A call by which a topic is told: what was said, and where it can be heard."""

    page: str
    time: str
    language: str
    text: str


@dataclass(frozen=True)
class RisingTopic:
    """A topic that is proposed as a known problem."""

    id: str
    title: str
    calls: int
    expected: str
    since: str
    clips: list[TopicClip]
    tell: str
    """The form of known problems, filled in; empty: who asks may not tell callers anything."""
    list_of_calls: str


@dataclass(frozen=True)
class TopicsPage:
    """Everything that topics/topics.html shows."""

    rising: list[RisingTopic]
    topics: list[TopicRow]
    calls: int
    of_none: int
    wanted: int
    """Calls without which no topics are found."""
    there: int
    found_at: str | None
    may_change: bool
    most: int
    """Characters of a name."""
    fault: Message | None


def topics_page(fault: Message | None = None) -> TopicsPage:
    document = topics_document(db(), utc(now()))
    return TopicsPage(
        rising=[_rising(each) for each in document["rising"]],
        topics=[_row(each) for each in document["topics"]],
        calls=document["calls"],
        of_none=document["of_none"],
        wanted=document["wanted"],
        there=document["there"],
        found_at=document["found_at"],
        may_change=person().may("topics"),
        most=MOST_CHARACTERS,
        fault=fault,
    )


def topic_choices() -> list[tuple[str, str]]:
    """What a filter offers: (id, title), by title."""
    return sorted(((each["id"], title_of(each)) for each in names_of_topics(db())), key=lambda one: one[1].casefold())


def title_of(topic: Mapping[str, Any], language: str | None = None) -> str:
    """A topic's name, or its words in a language, of the reader by default; where there are none, in any."""
    if topic["name"]:
        return str(topic["name"])
    return words_in(topic, language) or _("Unnamed topic")


def words_in(topic: Mapping[str, Any], language: str | None = None) -> str:
    by_language: Mapping[str, list[str]] = topic["words"]
    chosen = by_language.get(language or str(get_locale() or "en")) or next(iter(by_language.values()), [])
    return ", ".join(chosen[:WORDS_SHOWN])


def _row(topic: Document) -> TopicRow:
    weeks, tallest = topic["weeks"], max(1, *topic["weeks"])
    bars = [WeekBar(4 * at, BAR * (1 - count / tallest), BAR * count / tallest) for at, count in enumerate(weeks)]
    return TopicRow(
        id=topic["id"],
        title=title_of(topic),
        named=bool(topic["name"]),
        words=words_in(topic),
        calls=topic["calls"],
        share=100 * topic["share"],
        last=weeks[-1],
        usual=_decimal(topic["usual"]),
        bars=bars,
        width=4 * len(weeks),
        trend=_("Calls by week, the oldest first: %(weeks)s", weeks=", ".join(map(str, weeks))),
        list_of_calls=url_for("calls.calls", topic=topic["id"]),
    )


def _rising(rise: Document) -> RisingTopic:
    return RisingTopic(
        id=rise["id"],
        title=title_of(rise),
        calls=rise["calls"],
        expected=_decimal(rise["expected"]),
        since=rise["since"],
        clips=_clips(rise),
        tell=url_for("problems.known_problems", rise=rise["id"]) if person().may("alarms") else "",
        list_of_calls=url_for("calls.calls", topic=rise["topic"]),
    )


def _decimal(value: float) -> str:
    return str(format_decimal(round(value, 1)))


def _clips(rise: Document) -> list[TopicClip]:
    """Calls that are most like it, each at the second of its problem."""
    found = clips_of(db(), UUID(rise["topic"]), datetime.fromisoformat(rise["since"]))
    seen = access.seen_calls(db(), person(), [row.call_id for row in found])
    said = summary_documents(db(), seen)
    return [
        TopicClip(
            url_for("calls.call", call_id=row.call_id, at=round(row.at, 1)),
            span(row.at),
            row.language,
            masked(said[row.call_id]["problem"][0]["text"]) if said.get(row.call_id, {}).get("problem") else "",
        )
        for row in found
        if row.call_id in seen
    ]
