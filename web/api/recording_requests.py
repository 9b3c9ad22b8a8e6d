"""What programs ask of calls that go on, with a key: leave something out of a recording, record again, keep it.

The owner's payment page is the example: it knows the agent who takes the card, asks for the pause, and shows its
fields when the answer says that the recording is paused. So an answer waits for the controller's.
"""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from calls.models import Call
from recording.errors import RecordingError
from recording.service import keeps, request_keep
from ringback.store.bus import AgentState
from web.context import db, parts, person, program, settings
from web.documents.requests import ask, wait_for_answer
from web.i18n import plain
from web.security import refusal, refused

blueprint = Blueprint("recording_requests", __name__, url_prefix="/api")
MOST_REASON = 60
MOST_SECONDS = 5.0
"""Until a program is told that nobody answers; the controller does within a quarter of a second."""
STATES = {"pause": "paused", "resume": "recording"}


@blueprint.before_request
def with_a_key() -> ResponseReturnValue | None:
    """A session's cookie is not enough: another site could make a browser send it."""
    who = program()
    if who is None:
        return refusal(401, "web.needs_key")
    if not who.may("record"):
        return refusal(403, "web.key_not_recording")
    return None


@blueprint.post("/agents/<agent>/recording/<any(pause, resume, keep):action>")
def of_agent(agent: str, action: str) -> ResponseReturnValue:
    """The call that an agent talks on just now."""
    state = db().get(AgentState, agent)
    if state is None:
        return refusal(404, "queueing.no_agent", agent=plain(agent)[:60])
    if state.call_id is None or state.state != "talking":
        return refusal(409, "web.talks_on_none", agent=agent)
    return _do(state.call_id, action)


@blueprint.post("/calls/<call_id>/recording/<any(pause, resume, keep):action>")
def of_call(call_id: str, action: str) -> ResponseReturnValue:
    if db().scalar(select(Call.id).where(Call.call_id == call_id)) is None:
        return refusal(404, "web.no_call")
    return _do(call_id, action)


def _do(call_id: str, action: str) -> ResponseReturnValue:
    by, reason = person().name, _reason()
    if action == "keep":
        if not keeps(db(), settings(), call_id):
            return jsonify(**refused("web.queue_never_records"), call=call_id), 409
        try:
            request_keep(db(), call_id, by, reason)
        except RecordingError as error:
            return refusal(409, error.code, **error.facts)
        db().commit()
        return jsonify(call=call_id, recording="kept")
    key = ask(db(), f"recording.{action}", call_id, by, reason)
    db().commit()
    done = wait_for_answer(parts().sessions, key, MOST_SECONDS)
    if done is None:
        return jsonify(**refused("web.controller_silent"), call=call_id), 504
    if done.error is not None:
        return jsonify(**refused(done.error.code, **done.error.facts), call=call_id), 409
    return jsonify(call=call_id, recording=STATES[action])


def _reason() -> str:
    """From a form or a JSON object; words that a person reads on the call's page."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    given = sent.get("reason") if isinstance(sent, dict) else None
    return " ".join(plain(given if isinstance(given, str) else "").split())[:MOST_REASON]
