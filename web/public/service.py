"""The public form's token and how often it may be sent. Owns `public_request`.

The token is signed and has its time in it, so that the form needs no cookie and works inside another site's page,
where browsers keep cookies back. It names one request: a form sent again is the same request.
"""

import uuid
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from ringback.store.base import utc
from web.models import PublicRequest
from web.policy import PUBLIC_FORM_HOURS, PUBLIC_LIMITS, QUICKEST_SECONDS, public_wait_seconds

SALT = "public-callback"
KEPT = timedelta(days=1)


def new_token(key: str, now: float) -> str:
    """A token for one form, opened `now`."""
    return _signer(key).dumps([uuid.uuid4().hex, int(now * 1000)])


def read_token(key: str, token: str, now: float) -> tuple[str, str]:
    """What a token names and what is wrong with it: "" (nothing), quick (too little time to fill it in), old, none."""
    try:
        name, opened = _signer(key).loads(token)
    except BadSignature:
        return "", "none"
    age = now - opened / 1000
    if age > PUBLIC_FORM_HOURS * 3600:
        return "", "old"
    return str(name), "quick" if age < QUICKEST_SECONDS else ""


def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt=SALT)


def count_in(session: Session, address: str, number: str, now: float) -> float:
    """Notes that the form was sent; how many seconds the sender must wait because it was sent too often, else 0.

    Commits: what was sent must be counted whatever becomes of it. What is refused here is not counted, so that
    waiting helps.
    """
    limits = (
        ("number", PublicRequest.number == number),
        ("address", PublicRequest.address == address),
        ("all", PublicRequest.id.is_not(None)),
    )
    row = PublicRequest(address=address, number=number, at=utc(now))
    session.add(row)
    session.execute(delete(PublicRequest).where(PublicRequest.at < utc(now) - KEPT))
    session.commit()
    waits = [
        public_wait_seconds(PUBLIC_LIMITS[name], _sent(session, which, PUBLIC_LIMITS[name][1], row.id, now), now)
        for name, which in limits
    ]
    if max(waits) > 0:
        session.execute(delete(PublicRequest).where(PublicRequest.id == row.id))
        session.commit()
    return max(waits)


def _sent(session: Session, which: ColumnElement[bool], seconds: float, own: uuid.UUID, now: float) -> list[float]:
    query = select(PublicRequest.at).where(which, PublicRequest.id != own, PublicRequest.at > utc(now - seconds))
    return [at.timestamp() for at in session.scalars(query)]
