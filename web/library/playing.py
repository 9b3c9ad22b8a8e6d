"""Playing what is in the library: an entry of a playlist, a clip, what was assigned, one after another.

Whoever may hear the call by the own right says why once for a playlist or a clip, and is not asked again while he or
she goes on (`heard_for`); who hears what was assigned is asked for no reason: the assignment is one.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from flask import abort, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from library import assignments, playlists
from library.models import Assignment, Clip, Playlist, PlaylistItem
from recording.models import Recording
from retention import receipts
from retention.errors import RetentionError
from ringback.messages import Message, message
from web import access
from web.calls.masking import sound_for
from web.calls.playback_access import OF_OWN
from web.context import db, needs, now, person, settings
from web.documents.facts import Document
from web.documents.library import heard_documents, quotes_of
from web.errors import NotHeard
from web.i18n import span, told
from web.labels import label, masked
from web.library import blueprint
from web.library.digest import DigestPart, digest_part
from web.library.page import EntryRow, entries_of, heard_items, percent
from web.library.parts import address_of, lent_part
from web.player import PlayerPart, lane_gains

HEARD_FOR = "heard_for"
"""In the cookie: of what, why, and when that was said or used last."""


@dataclass(frozen=True)
class PlayedTurn:
    """Words of one turn of what is played."""

    side: str
    speaker: str
    at: float
    """Seconds of the sound that is played."""
    time: str
    text: str


@dataclass(frozen=True)
class PlayedText:
    """What a part is of, and what is said in it."""

    call: Document
    offset: float
    """The second of the recording at which the sound begins."""
    at: float
    """The second of the sound at which it is begun."""
    seconds: float | None
    """How long the sound is."""
    turns: list[PlayedTurn]


@dataclass(frozen=True)
class PlayPage:
    """Everything that library/play.html shows."""

    title: str
    back: str
    """To where it is played from."""
    what: PlayedText
    reasons: list[str]
    """Of the settings."""
    own_words: bool
    sound: PlayerPart | None
    """None: nothing is played, and `why_not` or the form for the reason stands there."""
    why_not: Message | None
    ask: bool
    """Whether a reason is asked for."""
    of: str
    """What the reason is for."""
    digest: DigestPart | None = None
    """The ninety seconds of what is played."""
    entry: EntryRow | None = None
    entries: list[EntryRow] = field(default_factory=list)
    assignment: str = ""
    """Empty: it is not looked at as one."""
    due_at: str | None = None
    done: bool = False
    """All of the assignment is."""
    percent: int = 0
    hidden: int = 0
    gone: int = 0
    own: bool = False
    """A clip of who asks."""


@blueprint.get("/library/playlists/<uuid:playlist_id>/play")
@needs("train")
def play(playlist_id: uuid.UUID) -> ResponseReturnValue:
    """An entry, by the own right; without `item` the first."""
    row = db().get(Playlist, playlist_id)
    if row is None:
        abort(404)
    items, hidden = heard_items(playlist_id)
    if not items:
        return redirect(url_for("library.playlist", playlist_id=playlist_id), 303)
    item = _chosen(items) or items[0]
    entries = entries_of(items)
    entry = _entry(entries, item)
    reason = _reason(item.call_id, str(playlist_id))
    why_not = _why_not(item.call_id)
    what = _played(entry.call, item.begin, item.end)
    token = address_of("item", item.id, reason) if reason and why_not is None else ""
    part = PlayPage(
        title=row.title,
        back=url_for("library.playlist", playlist_id=playlist_id),
        what=what,
        reasons=settings().playback_access.reasons,
        own_words=settings().playback_access.own_words,
        sound=_sound(token, row.title, what, entry, entries),
        why_not=why_not,
        ask=not reason and why_not is None,
        of=str(playlist_id),
        digest=_digest(entry.call, item.begin, item.end),
        entry=entry,
        entries=entries,
        hidden=hidden,
        gone=row.gone,
    )
    return render_template("library/play.html", **vars(part))


@blueprint.get("/library/clips/<uuid:clip_id>")
def clip(clip_id: uuid.UUID) -> ResponseReturnValue:
    """A clip, by the right of whoever opens its address."""
    row = db().get(Clip, clip_id)
    if row is None or not access.may_hear(db(), person(), row.call_id):
        abort(404)
    call = heard_documents(db(), [row.call_id])[row.call_id]
    reason = _reason(row.call_id, str(clip_id))
    why_not = _why_not(row.call_id)
    what = _played(call, row.begin, row.end)
    token = address_of("clip", row.id, reason) if reason and why_not is None else ""
    part = PlayPage(
        title=row.title,
        back=url_for("calls.call", call_id=row.call_id, at=round(row.begin, 1)),
        what=what,
        reasons=settings().playback_access.reasons,
        own_words=settings().playback_access.own_words,
        sound=_sound(token, row.title, what),
        why_not=why_not,
        ask=not reason and why_not is None,
        of=str(clip_id),
        digest=_digest(call, row.begin, row.end),
        own=row.person == person().name,
    )
    return render_template("library/play.html", **vars(part))


@blueprint.get("/library/assignments/<uuid:assignment_id>")
def assignment(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """What was given to who asks: the entry that was chosen, or the first that is left."""
    row = db().get(Assignment, assignment_id)
    if row is None or row.person != person().name or row.ended_at is not None:
        abort(404)
    playlist = db().get_one(Playlist, row.playlist_id)
    items = playlists.items_of(db(), row.playlist_id)
    lent = access.lent_calls(db(), person(), row, {item.call_id for item in items})
    mine = [item for item in items if item.call_id in lent]
    if not mine:
        flash(told(message("library.no_sound")))
        return redirect(url_for("library.home"), 303)
    tally = assignments.progress_of(db(), [row], lent)[row.id]
    left = [item for item in mine if not tally.items[item.id].done]
    item = _chosen(mine) or (left[0] if left else mine[0])
    entries = entries_of(mine, tally, row.id)
    entry = _entry(entries, item)
    why_not = _why_not(item.call_id) or (None if lent_part(row, item) else message("library.no_sound"))
    what = _played(entry.call, item.begin, item.end)
    token = "" if why_not else address_of("lent", row.id, receipts.ASSIGNED, item.id)
    part = PlayPage(
        title=playlist.title,
        back=url_for("library.home"),
        what=what,
        reasons=[],
        own_words=False,
        sound=_sound(token, playlist.title, what, entry, entries),
        why_not=why_not,
        ask=False,
        of="",
        digest=None if why_not else _digest(entry.call, item.begin, item.end),
        entry=entry,
        entries=entries,
        assignment=str(row.id),
        due_at=row.due_at.isoformat() if row.due_at else None,
        done=row.done_at is not None,
        percent=percent(tally.items[item.id].share),
        hidden=len(items) - len(mine),
        gone=playlist.gone,
    )
    return render_template("library/play.html", **vars(part))


@blueprint.post("/library/reason")
def say_why() -> ResponseReturnValue:
    """Why a playlist or a clip is heard; leads back to it."""
    of, back = request.form.get("of", ""), request.form.get("back", "")
    if not back.startswith("/library/"):
        _no_such_page()
    try:
        reason = receipts.reason_of(settings(), request.form.get("reason", ""), request.form.get("words", ""))
    except RetentionError as error:
        flash(told(error.message))
        return redirect(back, 303)
    cookie[HEARD_FOR] = [of, reason, now()]
    return redirect(f"{back}{'&' if '?' in back else '?'}play=1", 303)


def _reason(call_id: str, of: str) -> str:
    """Why who asks hears it: as an agent of the call, or as was said for this playlist; empty: nothing was yet."""
    own = access.owned_by(db(), person(), call_id)
    if own:
        return OF_OWN[own]
    said = cookie.get(HEARD_FOR)
    if not isinstance(said, list) or len(said) != 3 or said[0] != of:
        return ""
    if now() - float(said[2]) > settings().playback_access.minutes * 60:
        return ""
    cookie[HEARD_FOR] = [of, said[1], now()]
    return str(said[1])


def _why_not(call_id: str) -> Message | None:
    """Why nothing of a call can be heard now; None: it can."""
    row = db().scalars(select(Recording).where(Recording.call_id == call_id)).one_or_none()
    if row is None or not row.path:
        return message("library.no_sound")
    try:
        sound_for(row, original=False)
    except NotHeard as error:
        return error.message
    return None


def _played(call: Document, begin: float, end: float | None) -> PlayedText:
    until = call["seconds"] if end is None else end
    offset = 0.0 if end is None else begin
    place = (call["call_id"], begin, until if until is not None else 1e6, "")
    turns = [
        PlayedTurn(
            quote.speaker,
            str(label("speaker", quote.speaker)),
            max(0.0, round(quote.start - offset, 2)),
            span(quote.start - offset),
            masked(" ".join(quote.words)),
        )
        for quote in quotes_of(db(), [place])[place]
    ]
    return PlayedText(call, offset, begin - offset, None if until is None else until - offset, turns)


def _digest(call: Document, begin: float, end: float | None) -> DigestPart | None:
    """Of what is played alone: nothing else of the call is told."""
    until = call["seconds"] if end is None else end
    return digest_part(call["call_id"], call["language"], begin, until, 0.0 if end is None else begin)


def _chosen(items: list[PlaylistItem]) -> PlaylistItem | None:
    """The entry that the address names; None: it names none, or one that is not there any more."""
    asked = request.args.get("item", "")
    return next((item for item in items if str(item.id) == asked), None)


def _entry(entries: list[EntryRow], item: PlaylistItem) -> EntryRow:
    return next(entry for entry in entries if entry.id == str(item.id))


def _sound(
    token: str, title: str, what: PlayedText, entry: EntryRow | None = None, entries: Sequence[EntryRow] = ()
) -> PlayerPart | None:
    """What the player is given; `token`: of the sound's address, empty where nothing is played."""
    if not token:
        return None
    beside = {each.number: each.page for each in entries}
    number = entry.number if entry else 0
    return PlayerPart(
        id="part",
        source=url_for("library.sound", token=token),
        told=url_for("library.heard", token=token),
        seconds=what.seconds,
        title=title,
        at=what.at,
        gains=lane_gains(db().scalar(select(Recording.levels).where(Recording.call_id == what.call["call_id"]))),
        quiet=url_for("library.quiet", token=token),
        previous=beside.get(number - 1, ""),
        next=beside.get(number + 1, ""),
    )


def _no_such_page() -> NoReturn:
    abort(404)
