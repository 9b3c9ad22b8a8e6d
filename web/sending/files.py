"""A report as a file, at the address of its page with another ending: the same query, the same rights."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import Response, abort, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from reports.errors import ReportError
from reports.exports.lines import as_csv
from reports.exports.table import ReportTable
from reports.schedules.service import zone_of
from reports.slots import day_of
from ringback.store.base import utc
from web import access
from web.context import db, needs, now, person, settings
from web.documents.report_people import as_person
from web.documents.report_tables import table_of
from web.documents.report_views import ReportRange, chosen_in, view_of
from web.documents.reports import report_document
from web.i18n import told
from web.sending import blueprint

ADDRESS = "/reports/<any(line, agents, callbacks, first_contact, survey, sound):which>"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get(f"{ADDRESS}.csv")
@needs("reports")
def lines_of_report(which: str) -> ResponseReturnValue:
    return _file(which, "csv")


@blueprint.get(f"{ADDRESS}.xlsx")
@needs("reports")
def workbook_of_report(which: str) -> ResponseReturnValue:
    return _file(which, "xlsx")


@blueprint.get(f"{ADDRESS}.pdf")
@needs("reports")
def document_of_report(which: str) -> ResponseReturnValue:
    return _file(which, "pdf")


@blueprint.get("/reports/mine.<any(csv, xlsx, pdf):which>")
def own_report(which: str) -> ResponseReturnValue:
    """Agents have a file of their own figures."""
    return _file("own", which)


def _csv(table: ReportTable) -> Response:
    return Response(as_csv(table), mimetype="text/csv")


def _xlsx(table: ReportTable) -> Response:
    from reports.exports.workbook import as_xlsx  # takes a moment to load, which no other page has to wait for

    return Response(as_xlsx(table), mimetype=XLSX)


def _pdf(table: ReportTable) -> Response:
    from reports.exports.document import as_pdf

    return Response(as_pdf(table, utc(now())), mimetype="application/pdf")


MADE: dict[str, Callable[[ReportTable], Response]] = {"csv": _csv, "xlsx": _xlsx, "pdf": _pdf}


def _file(name: str, ending: str) -> ResponseReturnValue:
    language, moment = str(get_locale() or "en"), utc(now())
    today = day_of(moment, ZoneInfo(settings().timezone))
    chosen = chosen_in(request.args.to_dict(flat=False))
    try:
        view = view_of(name, chosen, settings(), today, _range(name))
        document = report_document(db(), view, settings(), language, moment)
    except ReportError as error:
        return make_response(Response(told(error.message), mimetype="text/plain"), 400)
    zone = zone_of(as_person(person().row), settings())
    answer = MADE[ending](table_of(document, "", settings(), language, zone, moment))
    days = "-".join(dict.fromkeys((view.asked.since.isoformat(), view.asked.until.isoformat())))
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{days}.{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _range(name: str) -> ReportRange:
    """As the page: agents see themselves at one address, supervisors everybody at the others."""
    found = access.report_range(person())
    if found is None or (found.agents is not None) != (name == "own"):
        abort(403)
    return found
