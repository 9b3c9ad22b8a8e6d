"""What programs, with a key, ask the controller to do with a call that goes on: who may, and the answer."""

from collections.abc import Callable

from flask import jsonify
from flask.typing import ResponseReturnValue

from web.context import db, parts, person, program
from web.documents.requests import ask, wait_for_answer
from web.policy import Right
from web.security import refusal, refused

MOST_SECONDS = 5.0
"""Until a program is told that nobody answers; the controller does within a quarter of a second."""


def key_that(right: Right, refusal_code: str) -> Callable[[], ResponseReturnValue | None]:
    """To be asked before each request: lets a key with `right` through. A session's cookie is not enough: another site
    could make a browser send it."""

    def with_a_key() -> ResponseReturnValue | None:
        who = program()
        if who is None:
            return refusal(401, "web.needs_key")
        return None if who.may(right) else refusal(403, refusal_code)

    return with_a_key


def asked(kind: str, call_id: str, reason: str = "", **done: str | bool) -> ResponseReturnValue:
    """Asks for `kind` in the name of the key and waits for the answer: `done` where it was done."""
    key = ask(db(), kind, call_id, person().name, reason)
    db().commit()
    answer = wait_for_answer(parts().sessions, key, MOST_SECONDS)
    if answer is None:
        return jsonify(**refused("web.controller_silent"), call=call_id), 504
    if answer.error is not None:
        return jsonify(**refused(answer.error.code, **answer.error.facts), call=call_id), 409
    return jsonify(call=call_id, **done)
