"""Listening to a call: a right, a reason, a receipt, and an address for the sound that is nobody else's and soon over.

The address is signed; it names a receipt and a person, and is good for that person until the receipt's time is over.
Whoever opens it signed in as somebody else, later, or without the right, gets a sentence and no sound.
"""

import math
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from recording.models import Recording
from retention import receipts
from retention.errors import RetentionError
from retention.models import AccessReceipt
from ringback.messages import Message
from ringback.store.base import utc
from voicemail import service as voicemail
from web import access
from web.calls import blueprint
from web.calls.masking import sound_for
from web.calls.sound import sound_response
from web.context import db, now, person, settings
from web.documents.facts import Document
from web.errors import NotHeard
from web.i18n import clock, day
from web.player import PlayerPart, lane_gains

SALT = "sound"
LISTEN, DOWNLOAD = "listen", "download"
NO_REASON = "web.reason_first"
OVER = "web.address_over"
OF_OWN = {"talked": receipts.OWN, "left": receipts.LEFT}
"""The reason on the receipt of an agent's own call: none is asked for."""


@dataclass(frozen=True)
class Listening:
    """What the player's part of the call's page needs to know."""

    may: bool
    own: Literal["talked", "left"] | None
    """How it is an agent's own call: no reason is asked for then, the receipt is written all the same."""
    receipt: AccessReceipt | None
    """Under which this person may listen now."""
    address: str | None
    """Of the sound, with `receipt`."""
    at: float
    """Seconds from which to play."""
    reasons: list[str]
    """Of the settings."""
    own_words: bool
    fault: Message | None = None
    """Why the reason that was just given is none; a code of the pages' words."""
    original: bool = False
    """The unmasked sound is meant."""

    @property
    def until(self) -> datetime | None:
        return self.receipt.until if self.receipt else None


def listening_to(document: Document, fault: Message | None = None) -> Listening:
    """For the person who looks at this call now."""
    call_id = document["call"]["call_id"]
    own = access.owned_by(db(), person(), call_id)
    may = access.may_hear(db(), person(), call_id)
    original = request.args.get("original") == "1" and person().may("originals")
    receipt = receipts.open_for(db(), call_id, person().name, utc(now()), original=original) if may else None
    address = url_for("calls.heard", token=token_of(receipt)) if receipt else None
    offered = settings().playback_access
    return Listening(may, own, receipt, address, _at(), offered.reasons, offered.own_words, fault, original)


def player_of(document: Document, listening: Listening, *, quiet: str = "") -> PlayerPart | None:
    """The player of the whole sound; None: nobody said yet why he or she listens. `quiet`: where the player asks where
    nobody says anything, on a page that draws no waveform."""
    if listening.address is None:
        return None
    recording, arrived = document["recording"], document["call"]["arrived_at"]
    return PlayerPart(
        id="sound",
        source=listening.address,
        told=f"{listening.address}/played",
        seconds=recording["seconds"],
        title=_("Call of %(day)s, %(time)s", day=day(arrived), time=clock(arrived)),
        at=listening.at,
        gains=lane_gains(recording["levels"]),
        quiet=quiet,
    )


def begin_listening(call_id: str) -> ResponseReturnValue:
    """Writes the receipt and leads to the player, or to the file. Raises RetentionError where the reason is none.

    Only for somebody who may see the call.
    """
    own = access.owned_by(db(), person(), call_id)
    if not access.may_hear(db(), person(), call_id):
        abort(403)
    row = db().scalars(select(Recording).where(Recording.call_id == call_id)).one_or_none()
    if row is None or not row.path:
        abort(404)
    what = DOWNLOAD if request.form.get("what") == DOWNLOAD else LISTEN
    original = request.form.get("original") == "1"
    sound_for(row, original=original)
    moment = utc(now())
    before = receipts.open_for(db(), call_id, person().name, moment, original=original)
    chosen, words = request.form.get("reason", ""), request.form.get("words", "")
    try:
        reason = OF_OWN[own] if own else receipts.reason_of(settings(), chosen, words)
    except RetentionError:
        if before is None or what != DOWNLOAD or chosen or words:
            raise
        reason = before.reason  # who listens just now has said why
    receipt = receipts.give(
        db(),
        settings(),
        call_id,
        person=person().name,
        role=person().role,
        what=what,
        reason=reason,
        address=request.remote_addr or "",
        seconds=row.seconds,
        now=moment,
        original=original,
    )
    db().commit()
    if what == DOWNLOAD:
        return redirect(url_for("calls.heard", token=token_of(receipt)), 303)
    at = _at()
    page = url_for(
        "calls.call", call_id=call_id, at=f"{at:g}" if at else None, play=1, original=1 if original else None
    )
    return redirect(f"{page}#player", 303)


def token_of(receipt: AccessReceipt) -> str:
    """The part of the address that nobody can guess or change."""
    return str(_signer().dumps([receipt.id.hex, person().row.id.hex]))


@blueprint.get("/sound/<token>")
def heard(token: str) -> ResponseReturnValue:
    """The sound under a receipt, whole or in ranges."""
    receipt = _receipt(token)
    row = db().scalars(select(Recording).where(Recording.call_id == receipt.call_id)).one_or_none()
    if row is None:
        abort(404)
    row = sound_for(row, original=receipt.original)
    response = sound_response(row)
    if receipts.note_fetched(db(), receipt, utc(now())):
        voicemail.heard(db(), receipt.call_id, person().name, utc(now()))
        db().commit()
    if receipt.what == DOWNLOAD:
        _as_file(response, row)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/sound/<token>/played")
def played(token: str) -> ResponseReturnValue:
    """The browser tells how much of it was played."""
    receipt = _receipt(token)
    told = request.form.get("seconds", type=float)
    if told is None or not math.isfinite(told):
        abort(400)
    receipts.note_played(receipt, told, utc(now()))
    db().commit()
    return Response(status=204)


def _receipt(token: str) -> AccessReceipt:
    """The receipt that the address names, for its person, in its time; NotHeard says why not."""
    try:
        receipt_id, user_id = _signer().loads(token)
        receipt = db().get(AccessReceipt, uuid.UUID(hex=receipt_id))
    except (BadSignature, ValueError, TypeError):
        abort(404)
    if receipt is None or user_id != person().row.id.hex:
        abort(404)
    if receipt.until <= utc(now()):
        raise NotHeard(OVER)
    if not access.may_hear(db(), person(), receipt.call_id):
        abort(403)  # the right was taken away meanwhile
    return receipt


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt=SALT)


def _as_file(response: Response, row: Recording) -> None:
    suffix = (row.path or "").rpartition(".")[2]
    response.headers.set("Content-Disposition", "attachment", filename=f"call-{row.call_id}.{suffix}")


def _at() -> float:
    """Where to begin: a number of seconds, or the beginning."""
    at = request.values.get("at", type=float)
    return at if at is not None and math.isfinite(at) and 0 <= at < 1e6 else 0.0
