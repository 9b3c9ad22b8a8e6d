"""The list of nuisance callers as Asterisk has it: kept in line, told anew after a restart, and what is counted."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from callback.policy import known_number
from controller.nuisance_door import FLAG, NuisanceDoor
from ivr.events import Arrived, HungUp, Missed
from pbx.ami import Headers
from pbx.errors import AmiError
from pbx.reports import ChannelEvent, NuisanceRefused
from ringback.config import Settings

NUMBER = "+12025550123"
ENTRY = UUID(int=7)
LINES = [{"number": "1000", "name": "Support"}]


def read(text: str, country: str) -> str | None:
    found = known_number(text, country)
    return found if isinstance(found, str) else None


class Switch:
    """What Asterisk would have in its database, and its flag."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {"US/stale": "sentence:x"}
        self.flag = ""
        self.asked = 0
        self.away = False

    async def request(self, action: str, headers: dict[str, Any], timeout: float = 5.0) -> list[Headers]:
        if self.away:
            raise AmiError("pbx.no_answer", action=action)
        self.asked += 1
        match action:
            case "DBPut":
                self.known[headers["Key"]] = headers["Val"]
            case "DBDel":
                if self.known.pop(headers["Key"], None) is None:
                    raise AmiError("pbx.refused", action=action, answer="Database entry not found")
            case "DBDelTree":
                if not self.known:
                    raise AmiError("pbx.refused", action=action, answer="Database entry not found")
                self.known.clear()
            case "Setvar":
                assert headers["Variable"] == FLAG
                self.flag = headers["Value"]
        return [{"Response": "Success"}]


class Listed:
    """The list in the store."""

    def __init__(self) -> None:
        self.entries: list[tuple[UUID, str, str]] = []
        self.refused: dict[UUID, int] = {}
        self.away = False

    async def __call__(self, refused: dict[UUID, int]) -> list[tuple[UUID, str, str]]:
        if self.away:
            raise OSError("the store is away")
        for entry, count in refused.items():
            self.refused[entry] = self.refused.get(entry, 0) + count
        return self.entries


@pytest.fixture
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def door(switch: Switch, listed: Listed, **nuisance: Any) -> NuisanceDoor:
    settings = Settings.model_validate({"lines": LINES, "nuisance": nuisance, "vips": {"+12025550111": 1}})
    return NuisanceDoor(settings, switch, read, listed)


def arrived(number: str = NUMBER, came_from: str = "trunk", at: float = 0.0) -> ChannelEvent:
    return ChannelEvent(f"c-{at}", Arrived(at, "1000", number, "", came_from))


def test_what_is_listed_is_told_once_and_what_is_not_any_more_is_taken_back(loop: asyncio.Runner) -> None:
    switch, listed = Switch(), Listed()
    made = door(switch, listed)
    listed.entries = [(ENTRY, NUMBER, "")]
    loop.run(made.second(0.0))
    assert switch.known["US/p12025550123"] == switch.known["US/2025550123"] == f"sentence:{ENTRY.hex}"
    assert "US/stale" not in switch.known, "what stood from before nobody knows why"
    assert switch.flag == "1"
    asked = switch.asked
    loop.run(made.second(1.0))
    assert switch.asked == asked, "nothing has changed"
    listed.entries = [(ENTRY, NUMBER, "192.0.2.7")]
    loop.run(made.second(2.0))
    assert switch.known.keys() == {key for key in switch.known if key.endswith("@192.0.2.7")}
    listed.entries = []
    loop.run(made.second(3.0))
    assert (switch.known, switch.flag) == ({}, "")


def test_after_asterisk_was_away_all_is_told_anew(loop: asyncio.Runner) -> None:
    switch, listed = Switch(), Listed()
    listed.entries = [(ENTRY, NUMBER, "")]
    made = door(switch, listed)
    switch.away = True
    with pytest.raises(AmiError):
        loop.run(made.second(0.0))
    switch.away = False
    loop.run(made.second(1.0))
    assert switch.flag == "1"
    switch.known, switch.flag = {}, ""
    made.up()
    loop.run(made.second(2.0))
    assert switch.flag == "1" and "US/p12025550123" in switch.known


def test_refused_calls_are_counted_also_while_the_store_is_away(loop: asyncio.Runner) -> None:
    switch, listed = Switch(), Listed()
    made = door(switch, listed)
    made.take([NuisanceRefused("US/p12025550123", f"sentence:{ENTRY.hex}")] * 2, 0.0)
    listed.away = True
    with pytest.raises(OSError, match="away"):
        loop.run(made.second(0.0))
    listed.away = False
    made.take([NuisanceRefused("US/p12025550123", f"busy:{ENTRY.hex}"), NuisanceRefused("x", "nonsense")], 1.0)
    loop.run(made.second(1.0))
    loop.run(made.second(2.0))
    assert listed.refused == {ENTRY: 3}


def test_who_calls_too_often_is_refused_until_it_is_less_often(loop: asyncio.Runner) -> None:
    switch = Switch()
    made = door(switch, Listed(), calls_per_minute=3, hears="busy")
    for second in range(4):
        made.take([arrived(at=float(second))], float(second))
    loop.run(made.second(4.0))
    assert switch.known["US/p12025550123"] == "busy:too-often"
    for second in range(50, 54):
        made.take([NuisanceRefused("US/p12025550123", "busy:too-often")], float(second))
    loop.run(made.second(70.0))
    assert "US/p12025550123" in switch.known, "who goes on calling is refused on"
    loop.run(made.second(115.0))
    assert (switch.known, switch.flag) == ({}, "")


def test_a_number_that_somebody_makes_up_elsewhere_is_refused_from_there_alone(loop: asyncio.Runner) -> None:
    switch = Switch()
    made = door(switch, Listed(), calls_per_minute=3)
    made.take([arrived(came_from="203.0.113.9", at=float(at)) for at in range(10)], 10.0)
    made.take([arrived(at=11.0)], 11.0)
    loop.run(made.second(11.0))
    assert switch.known and all(key.endswith("@203.0.113.9") for key in switch.known)


def test_a_call_is_counted_once_also_one_that_is_gone_before_anybody_took_it_up(loop: asyncio.Runner) -> None:
    switch = Switch()
    made = door(switch, Listed(), calls_per_minute=3)
    for number in range(4):
        missed = Missed(1.0, "1000", NUMBER, "", False, "trunk")
        calls = [arrived(at=float(number))] if number < 2 else []
        gone = ChannelEvent(f"c-{float(number)}", HungUp(2.0, "", 16), missed=missed)
        made.take([*calls, gone], 2.0)
        loop.run(made.second(2.0))
        assert ("US/p12025550123" in switch.known) is (number == 3), number


def test_other_settings_are_in_force_at_once(loop: asyncio.Runner) -> None:
    switch, listed = Switch(), Listed()
    listed.entries = [(ENTRY, NUMBER, "")]
    made = door(switch, listed)
    loop.run(made.second(0.0))
    lines = [{"number": "1000", "name": "Поддержка", "default_country": "RU"}]
    made.take_settings(Settings.model_validate({"lines": lines, "nuisance": {"hears": "busy"}}))
    loop.run(made.second(1.0))
    assert switch.known["RU/p12025550123"] == f"busy:{ENTRY.hex}"
    assert not any(key.startswith("US/") for key in switch.known)


def test_nobody_withheld_no_vip_and_without_the_setting_nobody_is_refused_by_itself(loop: asyncio.Runner) -> None:
    switch = Switch()
    made = door(switch, Listed(), calls_per_minute=3)
    for number in ("", "anonymous", "+12025550111"):
        made.take([arrived(number, at=float(at)) for at in range(10)], 10.0)
    loop.run(made.second(10.0))
    assert switch.known == {}
    unset = door(switch, Listed())
    unset.take([arrived(at=float(at)) for at in range(100)], 10.0)
    loop.run(unset.second(10.0))
    assert switch.known == {}
