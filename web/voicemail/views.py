"""Messages that callers left: the inbox, one message, taking it, giving it back, calling back, answered or not."""

import uuid

from flask import abort, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from callback.service import RequestOutcome
from retention.errors import RetentionError
from ringback.messages import message as message_of
from ringback.store.base import utc
from tickets.entries import add_entry
from voicemail import service as voicemail
from voicemail.errors import VoicemailError
from web import access
from web.callbacks.form import About, CallBack, form_about, give, line_of, outcome
from web.context import db, needs, now, person, settings
from web.documents.facts import Document
from web.documents.voicemail import SHOWN, count_new, message_document, messages_document
from web.i18n import told
from web.labels import agent_name
from web.polling import answer
from web.security import is_htmx
from web.voicemail import blueprint
from web.voicemail.listening import begin
from web.voicemail.page import inbox_page, may_release, message_page


def new_messages() -> int:
    """How many messages wait that nobody has heard: beside the word in the menu of every page."""
    return count_new(db(), access.only_own(db(), person()))


@blueprint.get("/messages")
def messages() -> ResponseReturnValue:
    """The inbox, or for htmx its living part; 304 while nothing changed."""
    shown, own = request.args.get("show", ""), access.only_own(db(), person())
    shown = shown if shown in SHOWN else "open"
    queues = [name for name in settings().queues if own is None or name in own.queues]
    queue = request.args.get("queue", "")
    queue = queue if queue in queues else ""
    document = messages_document(db(), shown, person().name, own, queue)
    template = "voicemail/messages_live.html" if is_htmx() else "voicemail/messages.html"
    return answer(template, document, **vars(inbox_page(document, queue, queues, now())))


@blueprint.get("/messages/<uuid:key>")
def message(key: uuid.UUID) -> ResponseReturnValue:
    document = _document(key)
    return _page(document, form_about(_about(document)))


@blueprint.post("/messages/<uuid:key>/listen")
def listen(key: uuid.UUID) -> ResponseReturnValue:
    """Gives the sound for a reason; without one the page says what is missing."""
    document = _document(key)
    try:
        return begin(key)
    except RetentionError as error:
        return make_response(_page(document, form_about(_about(document)), told(error.message)), 403)


@blueprint.post("/messages/<uuid:key>/<any(take, release, answer, reopen):action>")
@needs("promise")
def act(key: uuid.UUID, action: str) -> ResponseReturnValue:
    """Of two who take the same message at once, one has it and the other is told who."""
    document, moment, how = _document(key), utc(now()), request.form.get("how", "")
    try:
        match action:
            case "take":
                voicemail.take(db(), key, person().name, moment)
            case "release":
                owner = document["owner"] or person().name
                if not may_release(owner):
                    abort(403)
                voicemail.release(db(), key, owner)
            case "answer":
                voicemail.answer(db(), key, person().name, how, moment)
                _write_down(document, how)
            case _:
                voicemail.reopen(db(), key)
    except VoicemailError as error:
        db().rollback()
        document = _document(key)
        status = 400 if error.code == "voicemail.how" else 409
        return make_response(_page(document, form_about(_about(document)), _told(error), how), status)
    db().commit()
    return redirect(url_for("voicemail.message", key=key), 303)


@blueprint.post("/messages/<uuid:key>/callback")
@needs("promise")
def call_back(key: uuid.UUID) -> ResponseReturnValue:
    """Promises the caller a call, on the ticket of the message: it is answered when the call was made."""
    document = _document(key)
    about = _about(document)
    form = form_about(about)

    def note(promised: RequestOutcome) -> None:
        voicemail.promised(db(), key, promised.id, person().name, utc(now()))

    promised = give(form, about, note)
    if promised is None:
        return make_response(_page(document, form), 400)
    flash(outcome(promised))
    return redirect(url_for("voicemail.message", key=key), 303)


def _document(key: uuid.UUID) -> Document:
    """For whoever may see the call in which it was left; 404 for all others."""
    document = message_document(db(), key)
    if document is None or not access.may_see(db(), person(), document["call_id"]):
        abort(404)
    return document


def _about(document: Document) -> About:
    return About(
        line=line_of(document["line"]),
        number=document["caller_number"],
        queue=document["queue"],
        language=document["language"],
        ticket=document["ticket"],
        call_id=document["call_id"],
        menu_path=document["menu_path"],
    )


def _page(document: Document, form: CallBack, fault: str = "", how: str = "") -> ResponseReturnValue:
    page = message_page(document, now(), form, fault, how)
    return answer("voicemail/message.html", {**document, "hears": page.hears}, **vars(page))


def _told(error: VoicemailError) -> str:
    if error.code == "voicemail.taken":
        return told(message_of(error.code, owner=agent_name(str(error.facts["owner"]))))
    return told(error.message)


def _write_down(document: Document, how: str) -> None:
    """On the ticket, in the language of the call."""
    if document["ticket"] is not None:
        said = message_of("tickets.message_answered", how=" ".join(how.split())[: voicemail.MOST_HOW])
        add_entry(db(), document["ticket"], "note", said.worded(document["language"]), author=person().name)
