"""The page of planning, its table, and a change of the plan that is tried on days that are over."""

from zoneinfo import ZoneInfo

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from ringback.messages import Message
from ringback.store.base import utc
from staffing.errors import StaffingError
from staffing.plans import PlanAnswer
from web.context import needs, now, settings
from web.staffing import blueprint
from web.staffing.asked import asked_in, change_in
from web.staffing.page import plan_of, staffing_page, tried
from web.staffing.table import lines


@blueprint.get("/staffing")
@needs("reports")
def staffing() -> ResponseReturnValue:
    return _shown(is_tried=False)


@blueprint.get("/staffing/what-if")
@needs("reports")
def try_change() -> ResponseReturnValue:
    """The same page, with what a change would have made. Some seconds of work."""
    return _shown(is_tried=True)


@blueprint.get("/staffing.csv")
@needs("reports")
def table() -> ResponseReturnValue:
    """The weeks ahead by half hours, for spreadsheets."""
    day = utc(now()).astimezone(ZoneInfo(settings().timezone)).date()
    headers = {"Content-Disposition": f'attachment; filename="staffing-{day}.csv"', "Cache-Control": "no-store"}
    return Response("".join(lines(plan_of(asked_in(request.args)))), mimetype="text/csv", headers=headers)


def _shown(is_tried: bool) -> ResponseReturnValue:
    asked = asked_in(request.args)
    change = change_in(request.args if is_tried else {}, asked)
    answer: PlanAnswer | None = None
    faults: list[Message] = []
    if is_tried:
        try:
            answer = tried(change)
        except StaffingError as error:
            faults.append(error.message)
    page = staffing_page(asked, change, answer, faults)
    return make_response(render_template("staffing/staffing.html", **vars(page)), 400 if page.faults else 200)
