"""The door of the endpoint that anybody may call: when it is shut and opened, and who is told how many were refused."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from controller import gate as gates
from controller.admission import Admission
from controller.gate import Gate
from ivr.events import Arrived, HungUp
from pbx.ami import Headers
from pbx.capacity import Limits
from pbx.errors import AmiError
from pbx.reports import ChannelEvent, LiveChannel
from ringback.messages import text

REFUSED = (
    "NOTICE[1] res_pjsip_maintenance.c: PJSIP: Endpoint 'anonymous' is in maintenance mode; rejecting new INVITE\n"
)
NOW = 1_800_000_000.0


class Asterisk:
    """What the gate asks of it."""

    def __init__(self) -> None:
        self.door: list[str] = []
        self.variables: dict[str, str] = {}
        self.has_door = True
        self.moved = asyncio.Event()

    async def request(self, action: str, headers: dict[str, str | list[str]], timeout: float = 5.0) -> list[Headers]:
        match action:
            case "PJSIPSetMaintenance":
                if not self.has_door:
                    raise AmiError("pbx.refused", action=action, why=text("Invalid/unknown command"))
                assert headers["Endpoint"] == "anonymous"
                self.door.append(str(headers["State"]))
                self.moved.set()
            case "Setvar":
                self.variables[str(headers["Variable"])] = str(headers["Value"])
            case "Getvar":
                return [{"Response": "Success", "Value": self.variables.get(str(headers["Variable"]), "")}]
        return [{"Response": "Success"}]


class People:
    """Who is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, int, bool]] = []

    async def tell(self, refused: int, lately: int, busy: bool) -> None:
        self.heard.append((refused, lately, busy))


def run(tmp_path: Path, what: Callable[[Gate, Asterisk, People, Path], Any], limits: Limits | None = None) -> None:
    async def live() -> None:
        asterisk, people, log = Asterisk(), People(), tmp_path / "asterisk.log"
        log.write_text(REFUSED, encoding="utf-8")
        gate = Gate(Admission(limits or Limits(2, 1000.0, 2)), asterisk, log, people.tell)
        async with asyncio.timeout(10):
            await what(gate, asterisk, people, log)

    asyncio.run(live())


def came(call_id: str) -> ChannelEvent:
    return ChannelEvent(call_id, Arrived(NOW, "1000", "", ""))


def channel(call_id: str, *, ours: bool = False) -> LiveChannel:
    return LiveChannel(call_id, "1000", "", "", 3.0, "", ours=ours)


def gone(call_id: str) -> ChannelEvent:
    return ChannelEvent(call_id, HungUp(NOW, "", 16))


async def moved(asterisk: Asterisk) -> list[str]:
    await asterisk.moved.wait()
    asterisk.moved.clear()
    return asterisk.door


def test_the_door_follows_who_is_inside(tmp_path: Path) -> None:
    async def story(gate: Gate, asterisk: Asterisk, _people: People, _log: Path) -> None:
        await gate.up([])
        assert await moved(asterisk) == ["off"], "whoever was here before may have left it shut"
        gate.take([came("c-1")], NOW)
        gate.take([came("c-2")], NOW)
        assert await moved(asterisk) == ["off", "on"]
        gate.take([gone("c-1")], NOW)
        assert await moved(asterisk) == ["off", "on", "off"]

    run(tmp_path, story)


def test_callers_whom_a_new_controller_finds_count(tmp_path: Path) -> None:
    async def story(gate: Gate, asterisk: Asterisk, _people: People, _log: Path) -> None:
        ours = channel("ringback-1-a", ours=True)
        await gate.up([channel("c-1"), channel("c-2"), ours])
        await moved(asterisk)
        gate.look(NOW)
        assert (await moved(asterisk))[-1] == "on"

    run(tmp_path, story)


def test_a_door_shut_for_callers_who_came_too_fast_opens_by_the_clock(tmp_path: Path) -> None:
    async def story(gate: Gate, asterisk: Asterisk, _people: People, _log: Path) -> None:
        await gate.up([])
        await moved(asterisk)
        gate.take([came(f"c-{number}") for number in range(60)], NOW)
        assert (await moved(asterisk))[-1] == "on"
        assert (await moved(asterisk))[-1] == "off", "nobody left: the clock opens it"

    run(tmp_path, story, Limits(1000, 100.0, 1000))


def test_the_dialplan_is_told_the_rate(tmp_path: Path) -> None:
    async def story(gate: Gate, asterisk: Asterisk, _people: People, _log: Path) -> None:
        await gate.up([])
        assert asterisk.variables == {"RINGBACK_SPACE": "50", "RINGBACK_BURST": "250"}
        gate.take([came(f"c-{number}") for number in range(8)], NOW)
        gate.admission.late(1.0)
        await gate.second()
        assert asterisk.variables == {"RINGBACK_SPACE": "100", "RINGBACK_BURST": "500"}

    run(tmp_path, story, Limits(1000, 20.0, 1000))


def test_refused_callers_are_counted_wherever_they_were_refused(tmp_path: Path) -> None:
    async def story(gate: Gate, asterisk: Asterisk, people: People, log: Path) -> None:
        asterisk.variables["RINGBACK_REFUSED"] = "7"
        await gate.up([])
        await gate.second()
        assert people.heard == [], "what was before is not news"
        asterisk.variables["RINGBACK_REFUSED"] = "9"
        with log.open("a", encoding="utf-8") as file:
            file.write(REFUSED * 3 + "NOTICE another line\n")
        await gate.second()
        assert people.heard == [(5, 5, True)]
        await gate.second()
        assert people.heard == [(5, 5, True)], "nothing is new"
        log.write_text("", encoding="utf-8")
        asterisk.variables["RINGBACK_REFUSED"] = "1"
        await gate.second()
        assert people.heard == [(5, 5, True)], "a log and a count that began anew"

    run(tmp_path, story)


def test_people_are_told_when_it_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(gate: Gate, asterisk: Asterisk, people: People, _log: Path) -> None:
        await gate.up([])
        asterisk.variables["RINGBACK_REFUSED"] = "2"
        await gate.second()
        monkeypatch.setattr(gates, "MINUTE", -1.0)
        monkeypatch.setattr(gate, "_busy_until", 0.0)
        await gate.second()
        assert people.heard == [(2, 2, True), (0, 0, False)]

    run(tmp_path, story)


def test_an_asterisk_without_such_a_door_is_left_alone(tmp_path: Path) -> None:
    async def story(gate: Gate, asterisk: Asterisk, _people: People, _log: Path) -> None:
        asterisk.has_door = False
        await gate.up([])
        gate.take([came("c-1"), came("c-2"), came("c-3")], NOW)
        await gate.second()
        assert asterisk.door == []

    run(tmp_path, story)


def test_a_controller_that_ends_leaves_the_door_open(tmp_path: Path) -> None:
    async def story(gate: Gate, asterisk: Asterisk, _people: People, _log: Path) -> None:
        await gate.up([])
        await moved(asterisk)
        gate.take([came("c-1"), came("c-2")], NOW)
        await moved(asterisk)
        await gate.open()
        assert asterisk.door[-1] == "off"

    run(tmp_path, story)
