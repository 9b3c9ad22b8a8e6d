"""More callers than there is room for: refused at once and told when to try again, while those inside are served."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from app.trial.trial import until
from bench.crowd import Caller, Crowd
from calls.models import Call, RefusedCalls
from ringback.store.alarms import standing_alarms
from tests.support.installation import SECONDS, Installation
from tickets.models import Ticket

MOST = 5
HouseWith = Callable[[dict[str, Any]], Installation]
FEW = {"sip": {"most_calls": MOST, "most_calls_of_source": 2}}


def dial(house: Installation, count: int, rate: float, hold: float, address: str = "127.0.0.1") -> list[Caller]:
    crowd = Crowd(house.trial.settings.sip.port, address)
    try:
        return crowd.run("1000", rate, count, hold)
    finally:
        crowd.close()


def count(house: Installation, what: Any) -> int:
    with house.trial.sessions()() as session:
        return int(session.scalar(select(func.count()).select_from(what)) or 0)


def refused_rows(house: Installation) -> int:
    with house.trial.sessions()() as session:
        return int(session.scalar(select(func.sum(RefusedCalls.count))) or 0)


def test_as_many_as_there_is_room_for_are_served_and_the_others_told_at_once(house_with: HouseWith) -> None:
    house = house_with(FEW)
    calls, tickets, refusals = count(house, Call), count(house, Ticket), refused_rows(house)
    callers = dial(house, 20, rate=15, hold=4)
    answered = [caller for caller in callers if caller.status == 200]
    refused = [caller for caller in callers if caller.status == 503]
    assert (len(answered), len(refused)) == (MOST, 15)
    assert all(caller.ended_by_us for caller in answered), "nobody inside was cut off"
    with_word = [caller for caller in refused if caller.retry_after]
    assert len(with_word) >= 12, [caller.retry_after for caller in refused]
    delays = sorted(caller.delay or 9.0 for caller in refused)
    assert delays[len(delays) // 2] < 0.05, delays
    until("each answered call to have a row", SECONDS, lambda: count(house, Call) == calls + MOST)
    until("each answered call to have a ticket", SECONDS, lambda: count(house, Ticket) == tickets + MOST)
    until("the refused to be counted", SECONDS, lambda: refused_rows(house) == refusals + 15)
    with house.trial.sessions()() as session:
        assert [alarm.code for alarm in standing_alarms(session) if alarm.kind == "calls.refused"] == [
            "controller.calls_refused"
        ]


def test_an_agent_can_be_rung_while_the_line_is_full_and_afterwards_callers_come_in_again(
    house_with: HouseWith,
) -> None:
    house = house_with(FEW)
    anna = house.sign_in("anna")
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    house.wait_call(caller.number, "offered", "talking")
    crowd = Crowd(house.trial.settings.sip.port)
    others = crowd.run("1000", 20, 12, 3)
    crowd.close()
    assert sorted({other.status for other in others}) == [200, 503]
    assert sum(other.status == 200 for other in others) == MOST - 1
    house.talk(caller, anna)
    anna.hangup()
    caller.phone.hangup()
    house.wait_ended(caller.number)
    [after] = dial(house, 1, rate=1, hold=1)
    assert after.status == 200


def test_one_address_cannot_take_the_whole_line(house_with: HouseWith) -> None:
    house = house_with(FEW)
    callers = dial(house, 6, rate=20, hold=2, address="127.0.0.2")
    assert [caller.status for caller in callers].count(200) == 2
    assert [caller.status for caller in callers].count(503) == 4
