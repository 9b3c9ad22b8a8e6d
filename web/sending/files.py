"""A report as a file, at the address of its page with another ending: the same query, the same rights."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import Response, abort, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from reports.errors import ReportError
from reports.exports.table import ReportTable
from reports.schedules.service import zone_of
from reports.slots import day_of
from ringback.store.base import utc
from web import access
from web.context import db, now, person, settings
from web.documents.report_people import as_person
from web.documents.report_tables import table_of
from web.documents.report_views import ReportRange, chosen_in, view_of
from web.documents.reports import report_document
from web.i18n import told
from web.sending import blueprint

ADDRESS = "/reports/<any(line, agents, callbacks, first_contact, survey, sound, mine):which>"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get(f"{ADDRESS}.csv")
def lines_of_report(which: str) -> ResponseReturnValue:
    from reports.exports.lines import as_csv

    return _file(which, "csv", "text/csv", lambda table: as_csv(table).encode())


@blueprint.get(f"{ADDRESS}.xlsx")
def workbook_of_report(which: str) -> ResponseReturnValue:
    from reports.exports.workbook import as_xlsx  # takes a moment to load, which no other page has to wait for

    return _file(which, "xlsx", XLSX, as_xlsx)


@blueprint.get(f"{ADDRESS}.pdf")
def document_of_report(which: str) -> ResponseReturnValue:
    from reports.exports.document import as_pdf

    return _file(which, "pdf", "application/pdf", lambda table: as_pdf(table, utc(now())))


def _file(which: str, ending: str, mimetype: str, made: Callable[[ReportTable], bytes]) -> ResponseReturnValue:
    """Agents have their own figures and no others."""
    language, moment = str(get_locale() or "en"), utc(now())
    today = day_of(moment, ZoneInfo(settings().timezone))
    chosen = chosen_in(request.args.to_dict(flat=False))
    try:
        view = view_of("own" if which == "mine" else which, chosen, settings(), today, _range(which))
        document = report_document(db(), view, settings(), language, moment)
    except ReportError as error:
        return make_response(Response(told(error.message), mimetype="text/plain"), 400)
    zone = zone_of(as_person(person().row), settings())
    table = table_of(document, "", settings(), language, zone, moment)
    days = "-".join(dict.fromkeys((view.asked.since.isoformat(), view.asked.until.isoformat())))
    headers = {"Content-Disposition": f'attachment; filename="{which}-{days}.{ending}"', "Cache-Control": "no-store"}
    return Response(made(table), mimetype=mimetype, headers=headers)


def _range(which: str) -> ReportRange:
    """As the page: agents see themselves at one address, supervisors everybody at the others."""
    found = access.report_range(person())
    if found is None or (found.agents is not None) != (which == "mine"):
        abort(403)
    return found
