"""The plan as a table for spreadsheets: a line for each half hour ahead that is open."""

from collections.abc import Iterator

from flask_babel import gettext as _

from ringback.spreadsheets import BOM, csv_line
from staffing.service import StaffPlan


def lines(plan: StaffPlan | None) -> Iterator[str]:
    """Line after line, the head first; shares in hundredths."""
    yield BOM + csv_line(
        [
            _("Queue"),
            _("Day"),
            _("From"),
            _("Begins (UTC seconds)"),
            _("Calls expected"),
            _("At least"),
            _("At most"),
            _("Handling, seconds"),
            _("Agents at work"),
            _("Agents on the plan"),
            _("Service level, percent"),
            _("Mean wait, seconds"),
            _("Give up, percent"),
            _("Busy, percent"),
        ]
    )
    for each in plan.half_hours if plan is not None else ():
        if each.is_open and plan is not None:
            expected, needed = each.expected, each.needed
            yield csv_line(
                [
                    plan.queue,
                    expected.half_hour.day.isoformat(),
                    expected.half_hour.clock,
                    round(expected.half_hour.begins),
                    round(expected.calls, 2),
                    round(expected.low),
                    round(expected.high),
                    round(each.handling),
                    needed.agents,
                    needed.planned,
                    round(100 * needed.service_level, 1),
                    round(needed.mean_wait, 1),
                    round(100 * needed.abandonment, 1),
                    round(100 * needed.occupancy, 1),
                ]
            )
