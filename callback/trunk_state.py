"""How it is with the trunk, in the store: one row that the controller writes, and one red alarm while it is in trouble.

Works inside the caller's transaction. What is known of the trunk is `trunk.py`'s.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from callback.trunk import TrunkReport
from ringback.messages import Message, as_document, from_json
from ringback.store.alarms import Executor, clear_alarm, raise_alarm
from ringback.store.base import utc, utcnow
from ringback.store.bus import Alarm
from ringback.store.waits import LineMemory

NAME = "trunk"
"""Of the row in `LineMemory`, and the subject of the alarm."""
ALARM = "trunk.trouble"


@dataclass(frozen=True)
class TrunkState:
    """The trunk as the controller last saw it."""

    trouble: Message | None
    since: datetime
    registration: str | None
    """registered, refused, silent, pending; None: it does not register."""
    answers: bool | None
    """To OPTIONS; None: not asked, or not known."""
    waits: bool
    """Promises wait for it."""

    def as_document(self) -> dict[str, Any]:
        """For programs."""
        facts = {"since": self.since.isoformat(), "registration": self.registration, "answers": self.answers}
        return {
            "ok": self.trouble is None,
            **facts,
            "callbacks_wait": self.waits,
            **as_document("trouble", self.trouble),
        }


def write(executor: Executor, report: TrunkReport) -> None:
    """What the controller sees now; the alarm follows it."""
    data = {
        "trouble": None if report.trouble is None else report.trouble.as_json(),
        "since": report.since,
        "registration": report.registration,
        "answers": report.answers,
        "waits": report.waits,
        "refused": report.refused,
    }
    values = {"data": data, "saved_at": utcnow()}
    changed = executor.execute(update(LineMemory).where(LineMemory.name == NAME).values(values))
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        executor.execute(insert(LineMemory).values(name=NAME, **values))
    _tell(executor, report.trouble)


def forget(executor: Executor) -> None:
    """There is no trunk any more."""
    executor.execute(delete(LineMemory).where(LineMemory.name == NAME))
    _tell(executor, None)


def read(executor: Executor) -> TrunkState | None:
    """None: no controller has seen a trunk."""
    data = executor.execute(select(LineMemory.data).where(LineMemory.name == NAME)).scalar_one_or_none()
    if data is None:
        return None
    since = utc(float(data["since"]))
    return TrunkState(from_json(data["trouble"]), since, data["registration"], data["answers"], bool(data["waits"]))


def _tell(executor: Executor, trouble: Message | None) -> None:
    """One alarm, which says what is wrong now."""
    standing = select(Alarm.code, Alarm.text).where(
        Alarm.kind == ALARM, Alarm.subject == NAME, Alarm.cleared_at.is_(None)
    )
    said = executor.execute(standing).first()
    if trouble is not None and said is not None and (said.code, said.text) == (trouble.code, str(trouble)):
        return
    now = utcnow()
    if said is not None:
        clear_alarm(executor, ALARM, NAME, now)
    if trouble is not None:
        raise_alarm(executor, ALARM, NAME, trouble, "red", now)
