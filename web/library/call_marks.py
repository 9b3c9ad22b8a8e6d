"""The marks of a call as its page has them, and what may be done there: mark, cut a clip, add to a playlist."""

from dataclasses import dataclass, field

from flask import url_for

from library import marks, playlists
from ringback.messages import Message
from ringback.store.base import utc
from web.context import db, now, person
from web.documents.facts import Document
from web.documents.library import mark_documents
from web.i18n import span
from web.labels import label, masked

RECENT = 20
"""Playlists that are offered for adding to."""
DRAWN = 400
"""Marks that are drawn on the wave at most."""


@dataclass(frozen=True)
class MarkQuote:
    """What one side says at a mark."""

    speaker: str
    text: str


@dataclass(frozen=True)
class MarkRow:
    """A mark with all that its reader may know and do."""

    id: str
    anchor: str
    """Where it stands on its call's page."""
    page: str
    """The address of that place."""
    link: str
    """The same, by the mark alone: for others."""
    begin: float
    end: float
    side: str
    time: str
    until: str
    quotes: list[MarkQuote]
    """As the text is now."""
    words: str
    tag: str
    shared: bool
    own: bool
    person: str
    at: str
    mentions: list[str]
    answers: list[Document]


@dataclass(frozen=True)
class AddTo:
    """What the form asks that adds calls to a playlist."""

    lists: list[tuple[str, str]]
    """Key and title of those that were changed last."""


@dataclass(frozen=True)
class CallMarks:
    """Everything that library/_marks.html shows."""

    call_id: str
    language: str
    rows: list[MarkRow]
    tags: list[str]
    """In use, to be chosen again."""
    seconds: float
    """Of the recording; 0: not known."""
    add_to: AddTo | None
    """None: who asks does not train."""
    fault: Message | None = None
    typed: dict[str, str] = field(default_factory=dict)
    """What was written into the form that is refused."""


def mark_row(document: Document) -> MarkRow:
    anchor = f"mark-{document['id']}"
    at = round(document["begin"], 1)
    return MarkRow(
        id=document["id"],
        anchor=anchor,
        page=url_for("calls.call", call_id=document["call_id"], at=at, _anchor=anchor),
        link=url_for("library.mark", key=document["id"]),
        begin=document["begin"],
        end=document["end"],
        side=document["speaker"],
        time=span(document["begin"]),
        until=span(document["end"]),
        quotes=[MarkQuote(str(label("speaker", each["speaker"])), masked(each["text"])) for each in document["quotes"]],
        words=document["words"],
        tag=document["tag"],
        shared=document["shared"],
        own=document["own"],
        person=document["person"],
        at=document["at"],
        mentions=document["mentions"],
        answers=document["answers"],
    )


def marks_of(document: Document, fault: Message | None = None, typed: dict[str, str] | None = None) -> CallMarks:
    """Of a call's document, for the person who looks at it now; what mentions this person is seen by that."""
    call_id, name = document["call"]["call_id"], person().name
    rows = marks.of_call(db(), call_id, name)
    if rows and marks.seen(db(), call_id, name, utc(now())):
        db().commit()
    return CallMarks(
        call_id=call_id,
        language=document["call"]["language"],
        rows=[mark_row(each) for each in mark_documents(db(), rows[:DRAWN], name)],
        tags=marks.tags(db(), name),
        seconds=document["recording"]["seconds"] or 0.0,
        add_to=add_to(),
        fault=fault,
        typed=typed or {},
    )


def add_to() -> AddTo | None:
    """For whoever may make playlists."""
    if not person().may("train"):
        return None
    return AddTo([(str(row.id), row.title) for row in playlists.listing(db(), limit=RECENT)])
