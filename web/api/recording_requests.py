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
from web.api.of_controller import asked, key_that
from web.context import db, person, settings
from web.i18n import plain
from web.security import refusal, refused

MOST_REASON = 60
STATES = {"pause": "paused", "resume": "recording"}

blueprint = Blueprint("recording_requests", __name__, url_prefix="/api")
blueprint.before_request(key_that("record", "web.key_not_recording"))


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
    return asked(f"recording.{action}", call_id, reason, recording=STATES[action])


def _reason() -> str:
    """From a form or a JSON object; words that a person reads on the call's page."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    given = sent.get("reason") if isinstance(sent, dict) else None
    return " ".join(plain(given if isinstance(given, str) else "").split())[:MOST_REASON]
