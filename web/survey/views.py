"""The results of surveys, and asking a number again that had opted out."""

from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ringback.store.base import utc
from survey.service import may_be_asked_again
from web.calls.survey_caller import caller_of
from web.calls.views import document_for
from web.context import db, needs, now, settings
from web.documents.facts import Document
from web.documents.surveys import results_document
from web.survey import blueprint
from web.survey.asked import AskedResults, asked_in
from web.survey.page import results_page
from web.survey.table import lines


@blueprint.get("/survey")
def results() -> ResponseReturnValue:
    asked = asked_in(request.args)
    return render_template("survey/results.html", **vars(results_page(asked, document_of(asked))))


@blueprint.get("/survey.csv")
def results_table() -> ResponseReturnValue:
    """The same as a table for spreadsheets."""
    asked = asked_in(request.args)
    day = utc(now()).astimezone(ZoneInfo(settings().timezone)).date()
    headers = {"Content-Disposition": f'attachment; filename="survey-{day}.csv"', "Cache-Control": "no-store"}
    return Response("".join(lines(document_of(asked))), mimetype="text/csv", headers=headers)


def document_of(asked: AskedResults) -> Document:
    """The results that an address asks for."""
    question = asked.chosen.get("question", "")
    return results_document(db(), asked.wanted, settings(), only_agent=asked.only_agent, question=question)


@blueprint.post("/calls/<call_id>/ask-again")
@needs("ask_again")
def ask_again(call_id: str) -> ResponseReturnValue:
    """The number of this call may be asked in surveys again."""
    caller = caller_of(document_for(call_id))
    if caller is not None and may_be_asked_again(db(), caller):
        db().commit()
        flash(_("This number may be asked in surveys again."))
    return redirect(url_for("calls.call", call_id=call_id))
