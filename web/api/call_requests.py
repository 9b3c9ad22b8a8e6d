"""What programs ask of calls that go on, with a key, besides their recordings: to end one."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from calls.models import Call
from web.api.recording_requests import MOST_SECONDS
from web.context import db, parts, person, program
from web.documents.requests import ask, wait_for_answer
from web.security import refusal, refused

blueprint = Blueprint("call_requests", __name__, url_prefix="/api")


@blueprint.before_request
def with_a_key() -> ResponseReturnValue | None:
    """A session's cookie is not enough: another site could make a browser send it."""
    who = program()
    if who is None:
        return refusal(401, "web.needs_key")
    if not who.may("end_call"):
        return refusal(403, "web.key_not_ending")
    return None


@blueprint.post("/calls/<call_id>/end")
def end_call(call_id: str) -> ResponseReturnValue:
    """Whoever is on it; by which key is kept with the call."""
    if db().scalar(select(Call.id).where(Call.call_id == call_id)) is None:
        return refusal(404, "web.no_call")
    key = ask(db(), "call.end", call_id, person().name)
    db().commit()
    done = wait_for_answer(parts().sessions, key, MOST_SECONDS)
    if done is None:
        return jsonify(**refused("web.controller_silent"), call=call_id), 504
    if done.error is not None:
        return jsonify(**refused(done.error.code, **done.error.facts), call=call_id), 409
    return jsonify(call=call_id, ended=True)
