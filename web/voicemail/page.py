"""The inbox and one message as their pages show them: what may be done with it, and by whom."""

from dataclasses import dataclass

from flask_babel import gettext as _

from callback.models import Callback
from web import access
from web.callbacks.form import CallBack, line_of, open_promise
from web.calls.piece import heard_now
from web.context import db, person, settings
from web.documents.facts import Document
from web.documents.voicemail import WHOLE

SOUND_COMES = ("recording", "spooled")
"""States of a recording whose sound may still come."""
SOUND_THERE = ("complete", "truncated")


@dataclass(frozen=True)
class InboxPage:
    """Everything that voicemail/messages_live.html shows."""

    shown: str
    queue: str
    queues: list[str]
    """What the list can be narrowed to."""
    messages: list[Document]
    count: int
    new: int
    moment: float
    may_act: bool


@dataclass(frozen=True)
class MessagePage:
    """Everything that voicemail/message.html shows."""

    message: Document
    moment: float
    may_act: bool
    may_take: bool
    may_release: bool
    """Whoever has it, and whoever may set that agent."""
    may_hear: bool
    own: bool
    """It was left for a queue of who looks: no reason to listen is asked for."""
    hears: bool
    """Its sound is given just now."""
    no_sound: str
    """In place of the player."""
    whole: bool
    """Nobody knows where in the recording it lies: it is heard on the call's page."""
    reasons: list[str]
    own_words: bool
    ticket_seen: bool
    fault: str
    how: str
    """As it was typed."""
    back: CallBack
    back_open: Callback | None


def inbox_page(document: Document, queue: str, queues: list[str], moment: float) -> InboxPage:
    """Of `messages_document`, for the person who looks."""
    return InboxPage(
        shown=document["shown"],
        queue=queue,
        queues=queues,
        messages=document["messages"],
        count=document["count"],
        new=document["new"],
        moment=moment,
        may_act=person().may("promise"),
    )


def message_page(message: Document, moment: float, form: CallBack, fault: str = "", how: str = "") -> MessagePage:
    """Of `message_document`, for the person who looks."""
    call_id, owner, is_open = message["call_id"], message["owner"], message["state"] != "answered"
    may_act, offered = person().may("promise"), settings().playback_access
    may_hear = access.may_hear(db(), person(), call_id)
    whole = message["to"] is None or message["to"] >= WHOLE
    return MessagePage(
        message=message,
        moment=moment,
        may_act=may_act,
        may_take=may_act and is_open and owner is None,
        may_release=may_act and is_open and owner is not None and may_release(owner),
        may_hear=may_hear,
        own=access.owned_by(db(), person(), call_id) is not None,
        hears=may_hear and not whole and heard_now(call_id) is not None,
        no_sound=_no_sound(message["sound"]),
        whole=whole,
        reasons=offered.reasons,
        own_words=offered.own_words,
        ticket_seen=access.may_see_ticket(db(), person(), message["ticket"]),
        fault=fault,
        how=how,
        back=form,
        back_open=open_promise(message["caller_number"], line_of(message["line"]).default_country),
    )


def may_release(owner: str) -> bool:
    """Whether who asks may free a message that `owner` has."""
    return owner == person().name or person().may("pause")


def _no_sound(state: str) -> str:
    if state in SOUND_THERE:
        return ""
    if state in SOUND_COMES:
        return _("The recording is being processed. The message can be heard here in a few seconds.")
    return _("The recording was erased.") if state == "erased" else _("There is no recording of this message.")
