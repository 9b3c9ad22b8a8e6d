"""What programs ask of calls that go on, with a key, besides their recordings: to end one."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from calls.models import Call
from web.api.of_controller import asked, key_that
from web.context import db
from web.security import refusal

blueprint = Blueprint("call_requests", __name__, url_prefix="/api")
blueprint.before_request(key_that("end_call", "web.key_not_ending"))


@blueprint.post("/calls/<call_id>/end")
def end_call(call_id: str) -> ResponseReturnValue:
    """Whoever is on it; by which key is kept with the call."""
    if db().scalar(select(Call.id).where(Call.call_id == call_id)) is None:
        return refusal(404, "web.no_call")
    return asked("call.end", call_id, ended=True)
