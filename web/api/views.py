"""The documents over HTTP, for people who signed in and programs with a key: /api/calls, /api/calls/ID, /api/now,
/api/messages, /api/promises, /api/promises/ID, /api/survey, /api/waits, /api/search.

Who reads what is `access`'s to say, as for the pages.
"""

import uuid

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from transcripts.search.saved import kept_by
from web import access
from web.api.old_names import with_old_names
from web.calls.listing import chosen_in, filter_of, order_of
from web.calls.texts import export
from web.calls.views import document_for
from web.context import db, now, person, program, settings
from web.documents.call_list import call_list
from web.documents.promises import promise_document, promises_document
from web.documents.search import saved_document, search_document
from web.documents.voicemail import messages_document
from web.documents.waits import waits_document
from web.now.views import live_for_person
from web.security import refusal
from web.survey.asked import asked_in
from web.survey.views import document_of

blueprint = Blueprint("api", __name__, url_prefix="/api")
MOST = 200


@blueprint.before_request
def keys_that_read() -> ResponseReturnValue | None:
    """A key that is for something else reads nothing."""
    who = program()
    if who is not None and not who.may("all_calls"):
        return refusal(403, "web.key_not_reading")
    return None


@blueprint.get("/calls")
def calls() -> ResponseReturnValue:
    """`{"calls": [...], "next": cursor or null}`; arguments limit, before, and as the page's address: result, agent,
    queue, line, survey, from, to, text, order."""
    limit = min(max(request.args.get("limit", 50, type=int), 1), MOST)
    chosen = chosen_in(request.args)
    wanted, _ = filter_of(chosen)
    found = call_list(db(), limit + 1, request.args.get("before"), wanted, order=order_of(chosen), settings=settings())
    return jsonify(calls=with_old_names(found[:limit]), next=found[limit - 1]["cursor"] if len(found) > limit else None)


@blueprint.get("/calls/<call_id>")
def call(call_id: str) -> ResponseReturnValue:
    return jsonify(with_old_names(document_for(call_id)))


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Calls by what was said in them (docs/search.md): `{"total": n, "calls": [...], "older": "...", ...}`."""
    return jsonify(
        with_old_names(search_document(db(), request.args, now(), settings(), access.only_own(db(), person())))
    )


@blueprint.get("/searches")
def searches() -> ResponseReturnValue:
    """What the person keeps: `{"searches": [...]}`."""
    return jsonify(searches=[saved_document(each) for each in kept_by(db(), person().name)])


@blueprint.get("/calls/<call_id>/transcript.<kind>")
def transcript(call_id: str, kind: str) -> ResponseReturnValue:
    """The text in another format: txt, vtt, srt, json, vcon."""
    return export(call_id, kind)


@blueprint.get("/now")
def now_document() -> ResponseReturnValue:
    return jsonify(with_old_names(live_for_person(now())))


@blueprint.get("/survey")
def survey() -> ResponseReturnValue:
    """Results of surveys: `{"outcomes": {...}, "questions": [...], "groups": {...}, "comments": [...]}`; arguments as
    the page's address: from, to, survey, agent, queue, language, path, question."""
    return jsonify(document_of(asked_in(request.args)))


@blueprint.get("/waits")
def waits() -> ResponseReturnValue:
    """Announced waits beside the real ones: `{"queues": [...], "today": {...}, "last": [...]}`."""
    return jsonify(with_old_names(waits_document(db(), now(), settings())))


@blueprint.get("/promises")
def promises() -> ResponseReturnValue:
    """`{"counts": {...}, "due": [...], "late": [...], "later": [...], "kept": [...], "broken": [...], ...}`."""
    return jsonify(with_old_names(promises_document(db(), now(), settings())))


@blueprint.get("/messages")
def messages() -> ResponseReturnValue:
    """Voice messages, as the inbox has them: `{"shown": "open", "count": n, "new": n, "messages": [...]}`; arguments
    show (open, mine, answered, silent) and queue."""
    shown = request.args.get("show", "open")
    own = access.only_own(db(), person())
    queue = request.args.get("queue", "")
    return jsonify(messages_document(db(), shown, person().name, own, queue, MOST))


@blueprint.get("/promises/<uuid:key>")
def promise(key: uuid.UUID) -> ResponseReturnValue:
    document = promise_document(db(), key, now())
    if document is None:
        abort(404)
    return jsonify(with_old_names(document))
