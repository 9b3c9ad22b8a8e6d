"""The addresses of reports."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from reports.errors import ReportError
from ringback.store.base import utc
from web import access
from web.context import db, needs, now, person, settings
from web.documents.report_front import report_front
from web.documents.report_goals import goal_lines
from web.documents.report_views import ReportRange, chosen_in, view_of
from web.documents.reports import report_document
from web.i18n import told
from web.reports import blueprint
from web.reports.calls_page import behind_page
from web.reports.front import front_page
from web.reports.page import language, report_page, today


@blueprint.get("/reports")
@needs("reports")
def front() -> ResponseReturnValue:
    may, at = _may(), utc(now())
    goals = goal_lines(db(), settings(), language(), at, may.queues)
    found = report_front(db(), settings(), may, language(), at)
    return render_template("reports/front.html", **vars(front_page(found, goals)))


@blueprint.get("/reports/mine")
def mine() -> ResponseReturnValue:
    """Agents see their own figures, and nobody's beside them."""
    may = _may(of_agents=True)
    if may.agents is None:
        abort(403)
    return _report("reports.mine", "own", may)


@blueprint.get("/reports/<any(line, agents, callbacks, first_contact, survey, sound):which>")
@needs("reports")
def report(which: str) -> ResponseReturnValue:
    """One of `report_views.FIGURE_SETS`."""
    return _report("reports.report", which, _may())


@blueprint.get("/reports/calls")
def calls() -> ResponseReturnValue:
    """What a number counts, the newest first."""
    may = _may(of_agents=True)
    try:
        found = behind_page(request.args, may)
    except ReportError as error:
        return render_template("reports/calls.html", fault=told(error.message), found=None), 400
    return render_template("reports/calls.html", fault="", found=found)


def _may(of_agents: bool = False) -> ReportRange:
    """Aborts where nothing may be seen."""
    found = access.report_range(person())
    if found is None or (found.agents is not None and not of_agents):
        abort(403)
    return found


def _report(endpoint: str, name: str, may: ReportRange) -> ResponseReturnValue:
    """What cannot be asked is said, with the form as it was filled in."""
    chosen = chosen_in({field: request.args.getlist(field) for field in request.args})
    try:
        view = view_of(name, chosen, settings(), today(), may)
        found = report_document(db(), view, settings(), language(), utc(now()))
    except ReportError as error:
        page = report_page(endpoint, name, chosen, may, None, told(error.message))
        # What is put into a page that is there already must be a good answer for it to be put there.
        return render_template("reports/report.html", **vars(page)), 200 if "HX-Request" in request.headers else 400
    return render_template("reports/report.html", **vars(report_page(endpoint, name, chosen, may, found)))
