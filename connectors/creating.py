"""Exactly one ticket there for each of ours, whatever becomes of requests, answers and processes.

The row says that a creation is asked for before it is. Whatever happens then, the next try first looks for the ticket
by its mark. Where an answer was lost, its search is not believed before `settle_seconds` are over: until then the
ticket may be on its way, or not yet in the index. Only an answer that says that nothing was done makes the next try at
once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.errors import OutsideTicketGone, SystemAway, SystemBusy, SystemRefuses, WrongPassword
from connectors.models import THERE
from connectors.rows import OutsideRow, OutsideRows
from connectors.systems import OutsideDraft, OutsideFacts, TicketSystem

NOTHING_DONE = (SystemBusy, SystemRefuses, WrongPassword, OutsideTicketGone)


async def ensure(
    rows: OutsideRows,
    row: OutsideRow,
    system: TicketSystem,
    draft: OutsideDraft,
    status: str,
    settle_seconds: float,
    now: Callable[[], datetime],
) -> OutsideRow:
    """The held row with its ticket there. `status` is ours, as `draft` tells it. Raises SystemAway where that cannot be
    known yet, and what the system raises."""
    if row.outside_id is not None:
        return row
    found = await _found(system, draft.mark)
    if found is None and row.asked_at is not None:
        left = (row.asked_at + timedelta(seconds=settle_seconds) - now()).total_seconds()
        if 0 < left <= settle_seconds:
            raise NotSettled("connectors.not_settled", seconds=round(left))
    if found is None:
        row = await rows.write(row, asked_at=now())
        try:
            found = await system.create(draft)
        except NOTHING_DONE as error:
            await rows.write(row, asked_at=None)
            raise _refused(error) from error
    return await rows.write(
        row,
        state=THERE,
        asked_at=None,
        outside_id=found.id,
        url=found.url,
        status_seen=found.status or None,
        status_ours=status if found.status == draft.status else None,
        subject=draft.subject,
        synced_at=now(),
        error=None,
    )


class NotSettled(SystemAway):
    """A creation may yet show."""

    @property
    def seconds(self) -> float:
        """Until it is known."""
        return float(self.facts["seconds"])


async def _found(system: TicketSystem, mark: str) -> OutsideFacts | None:
    try:
        return await system.find(mark)
    except OutsideTicketGone as error:
        raise _refused(error) from error


def _refused(error: Exception) -> Exception:
    """An address at which nothing is, where something is to be made, is a wrong address and no deleted ticket."""
    if isinstance(error, OutsideTicketGone):
        return SystemRefuses("connectors.wrong_address", said=error.facts.get("said", ""))
    return error
