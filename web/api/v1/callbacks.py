"""/api/v1/callbacks: promises to call back, listed, read, made and cancelled."""

import uuid

from sqlalchemy import select

from callback.errors import CallbackError
from callback.models import BROKEN_STATES, OPEN_STATES, WAITING_STATES, Callback
from callback.policy import known_number
from callback.requests import CallbackRequest
from callback.service import cancel, promise
from ringback.messages import text
from ringback.store.bus import Request
from tickets.models import Ticket
from web import access
from web.access import Asker
from web.api.v1 import cursors
from web.api.v1.operations import ApiReply, operation
from web.api.v1.reading import wrong_field
from web.api.v1.shapes.callbacks import (
    ApiCallback,
    ApiCallbackPage,
    ApiCallbacksAsked,
    ApiCancelled,
    ApiNewCallback,
)
from web.context import db, now, settings
from web.problem_details import UNDER, ApiProblem

CURSOR = "callbacks"
GROUPS: dict[str, tuple[str, ...]] = {"open": OPEN_STATES, "broken": BROKEN_STATES}
LIMITS = frozenset({"callback.number_limit", "callback.day_limit", "callback.stranger_all", "callback.being_called"})
"""What is refused now and may be asked again later."""


@operation(
    "GET",
    "/callbacks",
    scope="callbacks:read",
    summary="List callbacks",
    query=ApiCallbacksAsked,
    answers=ApiCallbackPage,
)
def list_callbacks(_asker: Asker, query: ApiCallbacksAsked) -> ApiCallbackPage:
    """Promises to call back, the newest first."""
    wanted = select(Callback).order_by(Callback.id.desc()).limit(query.limit + 1)
    if query.state is not None:
        wanted = wanted.where(Callback.state.in_(GROUPS.get(query.state, (query.state,))))
    if query.queue:
        wanted = wanted.where(Callback.queue == query.queue)
    if query.number:
        read = known_number(query.number, settings().lines[0].default_country)
        wanted = wanted.where(Callback.number == (read if isinstance(read, str) else query.number))
    if query.cursor is not None:
        wanted = wanted.where(Callback.id < cursors.read_id(CURSOR, query.cursor))
    found = db().scalars(wanted).all()
    shown = found[: query.limit]
    following = cursors.write(CURSOR, str(shown[-1].id)) if len(found) > query.limit else None
    return ApiCallbackPage(items=[callback_shape(each) for each in shown], next=following)


@operation(
    "GET",
    "/callbacks/<uuid:callback_id>",
    scope="callbacks:read",
    summary="Read a callback",
    answers=ApiCallback,
    problems=(404,),
    tagged=True,
)
def read_callback(_asker: Asker, callback_id: uuid.UUID) -> ApiCallback:
    """One promise, and what became of it."""
    return callback_shape(_row(callback_id))


@operation(
    "POST",
    "/callbacks",
    scope="callbacks:write",
    summary="Promise a callback",
    body=ApiNewCallback,
    answers=ApiCallback,
    status=201,
    problems=(409,),
)
def promise_callback(asker: Asker, body: ApiNewCallback) -> ApiReply:
    """Promises somebody a call, within the dialling rules, the customer's hours and the limits a day. A number that has
    an open promise keeps that one, which takes in what is new: 200 and not 201."""
    lines = {line.number: line for line in settings().lines}
    if body.line is not None and body.line not in lines:
        raise wrong_field("line", "There is no such line.")
    if body.ticket is not None and not access.may_see_ticket(db(), asker, _ticket(body.ticket)):
        raise wrong_field("ticket", "There is no such ticket.")
    wanted = CallbackRequest(
        number=body.number,
        line=body.line or settings().lines[0].number,
        source="agent",
        queue=body.queue,
        language=body.language,
        at=None if body.at is None else body.at.timestamp(),
        notes=body.notes,
        ticket_number=body.ticket,
        created_by=asker.name,
    )
    try:
        made = promise(db(), settings(), wanted, now())
    except CallbackError as error:
        raise refused(error) from None
    where = {"Location": f"{UNDER}/callbacks/{made.id}"}
    return ApiReply(callback_shape(_row(made.id)), 200 if made.joined or made.again else 201, where)


@operation(
    "POST",
    "/callbacks/<uuid:callback_id>/cancel",
    scope="callbacks:write",
    summary="Cancel a callback",
    body=ApiCancelled,
    answers=ApiCallback,
    problems=(404, 409),
)
def cancel_callback(asker: Asker, callback_id: uuid.UUID, body: ApiCancelled) -> ApiCallback:
    """Nobody is called any more. One that is being dialled ends as soon as the controller has heard of it; 409 where it
    has ended, or two people talk."""
    row, reason = _row(callback_id), " ".join(body.reason.split())
    # The controller keeps what it has taken up in its memory: it is told in either case.
    asked = Request(kind="callback.cancel", subject=str(callback_id), args={"reason": reason}, asked_by=asker.name)
    if row.state in (*WAITING_STATES, "connected") or row.ended_at is not None:
        try:
            cancel(db(), callback_id, text(f"{asker.name}: {reason}"), now())
        except CallbackError as error:
            raise ApiProblem(409, error.code, **error.facts) from None
    db().add(asked)
    db().flush()
    return callback_shape(_row(callback_id))


def refused(error: CallbackError) -> ApiProblem:
    """What the dialling rules say no to: a limit, or something in what was sent."""
    return ApiProblem(409 if error.code in LIMITS else 422, error.code, **error.facts)


def callback_shape(row: Callback) -> ApiCallback:
    told = {name: getattr(row, name) for name in ApiCallback.model_fields if hasattr(row, name)}
    reason = row.end_reason
    return ApiCallback.model_validate(
        {
            **told,
            "end_reason": None if reason is None else str(reason),
            "end_code": None if reason is None else reason.code,
            "asked_in": row.asked_call_id,
            "kept_in": row.connected_call_id,
            "ticket": row.ticket_number,
        }
    )


def _row(key: uuid.UUID) -> Callback:
    row = db().get(Callback, key, populate_existing=True)
    if row is None:
        raise ApiProblem(404, "callback.unknown")
    return row


def _ticket(number: int) -> int | None:
    return db().scalar(select(Ticket.number).where(Ticket.number == number))
