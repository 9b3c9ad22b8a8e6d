"""The calls: the list with its filters, one call, its sound and its waveform."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import (
    Response,
    abort,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from calls.service import OwnCalls
from recording.models import Recording
from retention.errors import RetentionError
from ringback.config import EntryPoint
from ringback.messages import Message
from ringback.store.base import utc
from web import access
from web.callbacks.form import About, CallBack, form_about, give, line_of, outcome
from web.calls import blueprint
from web.calls.listing import ALWAYS, address, answer_words, chosen_in, filter_of, order_of, remember
from web.calls.masking import sound_for
from web.calls.page import call_page
from web.calls.playback_access import NO_REASON, begin_listening
from web.calls.sound import waveform_of
from web.calls.table import lines
from web.calls.turns import without_turns
from web.context import db, needs, now, person, settings
from web.documents.call_list import call_list, every_call
from web.documents.calls import call_document
from web.documents.facts import Document
from web.errors import NotHeard
from web.i18n import epoch
from web.library.call_marks import AddTo, CallMarks, add_to, marks_of
from web.polling import answer
from web.search.views import choices
from web.topics.page import topic_choices

PAGE = 50


@dataclass(frozen=True)
class CallsPage:
    """Everything that calls/calls.html shows."""

    calls: list[Document]
    chosen: dict[str, str]
    """The filters and the order that say something."""
    order: str
    wrong_dates: list[str]
    """Which of the dates are none."""
    filtered: bool
    newest: str | None
    """Back to the top of the list; None: this is it."""
    older: str | None
    """To the calls after these; None: there are none."""
    table: str
    """The address of the whole list as CSV."""
    link: Callable[..., str]
    """The address of this list with another value of some fields."""
    more_open: bool
    everything: bool
    """Whether who asks sees all calls, and may choose an agent."""
    choices: dict[str, list[tuple[str, str]]]
    given_answer: str
    """The answer of a survey that is chosen by its key, in words; empty: none is."""
    own: OwnCalls | None
    """What alone is listed; None: all calls."""
    is_agent: bool
    """Whether the settings have an agent with the name of who asks."""
    lines: list[EntryPoint]
    """What can be dialled, for a list that is empty still."""
    sip_port: int
    add_to: AddTo | None
    """The form that adds ticked calls to a playlist; None: who asks does not train."""


@blueprint.get("/calls")
def calls() -> ResponseReturnValue:
    """Newest first, or in another order; every choice of filters is a link of its own."""
    chosen = chosen_in(request.args)
    wanted, wrong_dates = filter_of(chosen)
    before, order = request.args.get("before") or None, order_of(chosen)
    found = call_list(db(), PAGE + 1, before, wanted, order=order, settings=settings())
    remember(chosen)
    page = CallsPage(
        calls=found[:PAGE],
        chosen=chosen,
        order=order.value,
        wrong_dates=wrong_dates,
        filtered=any(name != "order" for name in chosen),
        newest=_link(chosen) if before else None,
        older=_link(chosen, before=found[PAGE - 1]["cursor"]) if len(found) > PAGE else None,
        table=address("calls.calls_table", chosen),
        link=partial(_link, chosen),
        more_open=any(name not in ALWAYS and name != "order" for name in chosen),
        everything=wanted.only is None,
        choices=choices(settings()) | {"topic": topic_choices()},
        given_answer=answer_words(chosen.get("survey", "")),
        own=wanted.only,
        is_agent=any(agent.name == person().name for agent in settings().agents),
        lines=settings().lines,
        sip_port=settings().sip.port,
        add_to=add_to(),
    )
    return render_template("calls/calls.html", **vars(page))


def _link(chosen: dict[str, str], **other: str) -> str:
    return address("calls.calls", {name: value for name, value in {**other, **chosen, **other}.items() if value})


@blueprint.get("/calls.csv")
def calls_table() -> ResponseReturnValue:
    """The whole list as a table for spreadsheets."""
    chosen = chosen_in(request.args)
    found = every_call(db(), filter_of(chosen)[0], order=order_of(chosen), settings=settings())
    written = stream_with_context(lines(found, settings()))
    day = utc(now()).astimezone(ZoneInfo(settings().timezone)).date()
    headers = {"Content-Disposition": f'attachment; filename="calls-{day}.csv"', "Cache-Control": "no-store"}
    return Response(written, mimetype="text/csv", headers=headers)


@blueprint.get("/calls/<call_id>")
def call(call_id: str) -> ResponseReturnValue:
    """One call; asks again by itself while something of it is still to come."""
    document = document_for(call_id)
    return _page(document, form_about(_about(document)))


@blueprint.post("/calls/<call_id>/callback")
@needs("promise")
def call_back(call_id: str) -> ResponseReturnValue:
    """Promises the caller of this call another one."""
    document = document_for(call_id)
    about = _about(document)
    form = form_about(about)
    promised = give(form, about)
    if promised is None:
        return make_response(_page(document, form), 400)
    flash(outcome(promised))
    return redirect(url_for("calls.call", call_id=call_id))


def document_for(call_id: str) -> Document:
    """The call's document, for whoever may see it; 404 for all others."""
    document = call_document(db(), call_id)
    if document is None or not access.may_see(db(), person(), call_id):
        abort(404)
    return document


def _about(document: Document) -> About:
    call, ticket = document["call"], document["ticket"]
    return About(
        line=line_of(call["line"]),
        number=(call["contact"] or {}).get("number") or call["caller_number"],
        queue=call["queue"],
        language=call["language"],
        ticket=ticket["number"] if ticket else None,
        call_id=call["call_id"],
        # Who hung up in the line has waited already; who was served begins anew.
        arrived_at=epoch(call["arrived_at"]) if call["result"] == "abandoned" else None,
        menu_path=document["menu_path"],
    )


def _page(
    document: Document,
    form: CallBack,
    fault: Message | None = None,
    correct: Document | None = None,
    nuisance_fault: Message | None = None,
    marks: CallMarks | None = None,
) -> ResponseReturnValue:
    correct = correct or {"seq": request.args.get("correct", type=int)}
    page = call_page(document, form, fault, correct, nuisance_fault, marks)
    if not page.unfinished:
        return render_template("calls/call.html", **vars(page))
    return answer("calls/call.html", without_turns(document), **vars(page))


def page_of(call_id: str, **correct: Any) -> ResponseReturnValue:
    """The call's page with a turn's form open: `seq`, what is wrong with it as `trouble`, what was `written`."""
    document = document_for(call_id)
    return _page(document, form_about(_about(document)), correct=correct)


def page_with(call_id: str, nuisance_fault: Message) -> ResponseReturnValue:
    """The call's page with the form open that refuses its caller."""
    document = document_for(call_id)
    return _page(document, form_about(_about(document)), nuisance_fault=nuisance_fault)


def page_with_marks(call_id: str, fault: Message, typed: dict[str, str]) -> ResponseReturnValue:
    """The call's page with the form that makes a mark as it was filled in, and why it was refused."""
    document = document_for(call_id)
    marks = marks_of(document, fault, typed)
    return make_response(_page(document, form_about(_about(document)), marks=marks), 400)


@blueprint.get("/calls/<call_id>/sound")
def sound(call_id: str) -> ResponseReturnValue:
    """No sound has an address that can be guessed: whoever may see the call is told how to hear it."""
    if not _heard(call_id).path:
        abort(404)
    raise NotHeard(NO_REASON)


@blueprint.post("/calls/<call_id>/listen")
def listen(call_id: str) -> ResponseReturnValue:
    """Gives the sound for a reason; without one the page says what is missing."""
    document = document_for(call_id)
    try:
        return begin_listening(call_id)
    except RetentionError as error:
        return make_response(_page(document, form_about(_about(document)), error.message), 403)


@blueprint.get("/calls/<call_id>/peaks")
def peaks(call_id: str) -> ResponseReturnValue:
    """The waveform: `{"channels": [[0..1, ...], ...], "gaps": [[from, to], ...], "silences": [[from, to], ...]}`.

    The channels are the caller, the agents in their talks, and the prompts and music that share the agents' side.
    """
    original = request.args.get("original") == "1"
    found = waveform_of(sound_for(_heard(call_id), original=original))
    response = jsonify(channels=found.channels, gaps=found.gaps, silences=found.silences)
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _heard(call_id: str) -> Recording:
    """The recording's row, for somebody who may hear it."""
    row = db().scalars(select(Recording).where(Recording.call_id == call_id)).one_or_none()
    if row is None or not access.may_hear(db(), person(), call_id):
        abort(404)
    return row
