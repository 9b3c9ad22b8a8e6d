"""Calls that an agent asks for: now, from a ticket, with the own phone. Nothing is promised to anybody.

It is a promise's row that is tried once (`Callback.once`), so that the dialling rules, the limits a day, the notice of
the recording, restarts and the ticket are those of promised calls. Works inside the caller's transaction.
"""

from sqlalchemy import select

from callback.errors import CallbackError
from callback.models import Callback
from callback.policy import read_number
from callback.requests import CallbackRequest
from callback.service import RequestOutcome, promise
from ringback.config import Settings
from ringback.store.alarms import Executor

UNDER_WAY = ("dialling_agent", "dialling_customer", "connected")


def call_now(executor: Executor, settings: Settings, request: CallbackRequest, now: float) -> RequestOutcome:
    """Has the phone of `request.for_agent` ring, and then calls the number. A promise that it has is kept so.

    Raises CallbackError: it may not be called (now), or is being called already.
    """
    assert request.for_agent is not None
    country = next((line.default_country for line in settings.lines if line.number == request.line), "US")
    number = read_number(request.number, country)
    under_way = select(Callback.id).where(Callback.number == number, Callback.state.in_(UNDER_WAY))
    if isinstance(number, str) and executor.execute(under_way).first() is not None:
        raise CallbackError("callback.being_called", number=number)
    return promise(executor, settings, request, now)
