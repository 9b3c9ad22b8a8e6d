"""Settings are published while people call: nobody notices, nothing is started again, Asterisk reads what changed."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest
import standardwebhooks
import yaml
from sqlalchemy import func, select

from app.publishing_parts import publisher
from app.trial.ports import free_rtp_range
from app.trial.trial import Trial, until
from bench.crowd import Caller, Crowd
from calls.models import Call
from outbox.models import OutboxReceiver
from publishing import history
from ringback import config, secrets
from ringback.config import in_force
from ringback.processes import NEEDED
from ringback.store.alarms import standing_alarms
from ringback.store.base import utcnow
from tests.support.hooks import HookServer
from tests.support.installation import SECONDS, Installation, open_installation
from tests.support.scenarios import NO_WORDS, SETTINGS
from web.documents.settings_versions import not_taken_document

MENUS = {name: SETTINGS["menus"][name] for name in ("main", "short", "two")}
LINES = [line for line in SETTINGS["lines"] if line["number"] in ("1000", "1001", "1002", "1003")]
"""What `ringback check` has nothing against, and no more: the scenarios' other menus are theirs."""
ROOM = 240
"""RTP ports."""
PUBLISHED = 50
RATE = 10.0
TOLD = {"call.arrived", "call.answered", "call.ended", "recording.ready", "ticket.opened"}
"""What systems beside hear of an ordinary call, besides its text."""
LATE = 3.0
"""Seconds by which a controller on a busy machine may be behind what Asterisk says of a caller."""


@pytest.fixture(scope="module")
def roomy(program: object) -> Iterator[Trial]:
    """With room for a crowd."""
    first = free_rtp_range(ROOM)
    sip = {**SETTINGS["sip"], "rtp_first": first, "rtp_last": first + ROOM - 1, "most_calls": 80}
    with Trial(
        {**SETTINGS, **NO_WORDS, "lines": LINES, "menus": MENUS, "sip": {**sip, "most_calls_of_source": 80}},
        keep=os.environ.get("RINGBACK_KEEP") == "1",
    ) as trial:
        yield trial


@pytest.fixture
def house(roomy: Trial, tmp_path: Path) -> Iterator[Installation]:
    with open_installation(roomy, tmp_path) as there:
        yield there


class Publishing:
    """Publishes to a running Ringback as the page does, and waits until its parts have taken it."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        settings = config.load(in_force.file_of(trial.settings))
        self.publisher = publisher(lambda: settings, trial.sessions())
        self.given: dict[str, Any] = yaml.safe_load(trial.config.read_text(encoding="utf-8"))

    def publish(self, changes: dict[str, Any]) -> int:
        text = yaml.safe_dump({**self.given, **changes}, allow_unicode=True)
        base = self.publisher.now().version
        return self.publisher.publish(text, base=base, by="anna", why="a test", source="page").number

    def taken(self, part: str, number: int) -> None:
        def look() -> bool:
            with self.trial.sessions()() as session:
                row = history.parts(session).get(part)
                return row is not None and row.number >= number

        until(f"{part} to take version {number}", SECONDS, look)

    def everywhere(self, number: int) -> None:
        for part in (*NEEDED, history.ASTERISK):
            self.taken(part, number)


@pytest.fixture
def publishing(roomy: Trial) -> Iterator[Publishing]:
    there = Publishing(roomy)
    yield there
    if there.publisher.now().text.decode() != yaml.safe_dump(there.given, allow_unicode=True):
        there.everywhere(there.publish({}))


def version(number: int) -> dict[str, Any]:
    """What version `number` changes: each has its own word for key 1; every other one a queue, an agent and a line."""
    even = number % 2 == 0
    queues = {**SETTINGS["queues"]}
    agents = [{"name": name, "display": name, "extension": at} for name, at in (("anna", "201"), ("boris", "202"))]
    lines = [*LINES]
    queue = "support"
    if even:
        queue = "sales"
        queues["sales"] = {"name": f"Sales {number}", "agents": ["anna", "carol"], "announce_first_seconds": 1}
        agents.append({"name": "carol", "display": "Carol", "extension": "203"})
        lines.append({"number": "1009", "name": "Comes and goes"})
    option = {"label": f"version {number}", "queue": queue}
    options = {**MENUS["main"]["options"], "1": option}
    main = {**MENUS["main"], "options": options, "prompt": "menu-main" if even else "digit-5"}
    return {"menus": {**MENUS, "main": main}, "queues": queues, "agents": agents, "lines": lines}


def processes(trial: Trial) -> list[int | None]:
    return [*(trial.pid(name) for name in NEEDED), trial.asterisk_pid()]


def dial(house: Installation, count: int, rate: float, hold: float) -> list[Caller]:
    crowd = Crowd(house.trial.settings.sip.port)
    try:
        return crowd.run("1000", rate, count, hold, ("1", 3.0))  # within the menu
    finally:
        crowd.close()


def test_fifty_versions_under_ten_calls_a_second(house: Installation, publishing: Publishing) -> None:
    trial = house.trial
    before = processes(trial)
    with trial.sessions()() as session:
        calls = session.scalar(select(func.count()).select_from(Call)) or 0
        last = session.scalar(select(func.max(Call.arrived_at)))
    published: dict[int, float] = {0: 0.0}
    taken: dict[int, float] = {0: 0.0}
    crowd: list[Caller] = []
    count = int(RATE * 15)
    callers = threading.Thread(target=lambda: crowd.extend(dial(house, count, RATE, 5.0)))
    callers.start()
    for number in range(1, PUBLISHED + 1):
        made = publishing.publish(version(number))
        published[number] = time.time()
        publishing.taken("controller", made)
        taken[number] = time.time()
    callers.join()
    publishing.everywhere(made)
    seconds = [taken[number] - published[number] for number in range(1, PUBLISHED + 1)]
    print(f"until new callers are served by it: p95 {quantiles(seconds, n=20)[-1]:.2f} s, at most {max(seconds):.2f} s")

    assert [caller.status for caller in crowd] == [200] * count, "every call is answered"
    assert all(caller.ended_by_us for caller in crowd), "nobody is cut off"
    until("each call to be over", 3 * SECONDS, lambda: _settled(trial) >= calls + count)
    with trial.sessions()() as session:
        rows = session.scalars(select(Call).where(Call.arrived_at > last) if last else select(Call)).all()
        alarms = [alarm.kind for alarm in standing_alarms(session)]
    assert len(rows) == count, "each call has its row"
    assert processes(trial) == before, "nothing was started again"
    assert "rows.refused" not in alarms
    assert "broke on" not in (trial.settings.data / "log" / "controller.log").read_text(encoding="utf-8")
    began_with = {row.call_id: _version_of(row) for row in rows if row.menu_path}
    assert len(began_with) == count, "each was asked, and heard"
    for row in rows:
        number, came = began_with[row.call_id], row.arrived_at.timestamp()
        following = published.get(number + 1, float("inf"))
        assert published[number] - LATE <= came, "of a version to come"
        assert came <= max(following, taken.get(number + 1, 0.0)) + LATE, "of a version that was in force no more"


def _version_of(row: Call) -> int:
    word = row.menu_path[0]["label"]
    return int(word.removeprefix("version ")) if word.startswith("version ") else 0


def _settled(trial: Trial) -> int:
    with trial.sessions()() as session:
        return session.scalar(select(func.count()).select_from(Call).where(Call.snapshot.is_(None))) or 0


def test_who_is_inside_hears_the_old_menu_and_who_comes_the_new_one(
    house: Installation, publishing: Publishing
) -> None:
    inside = house.dial("1000")
    inside.hear("notice")
    publishing.taken("controller", publishing.publish(version(1)))
    outside = house.dial("1000")
    inside.hear("menu-main")
    outside.hear("notice", "digit-5")
    inside.press("2")
    assert house.wait_call(inside.number, "waiting", "offered").queue == "billing"
    outside.press("1")
    call = house.wait_call(outside.number, "waiting", "offered")
    assert (call.queue, call.menu_path[0]["label"]) == ("support", "version 1")


def test_a_line_and_an_agent_come_and_go(house: Installation, publishing: Publishing) -> None:
    publishing.everywhere(publishing.publish(version(2)))
    carol = house.sign_in("carol")
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    house.talk(caller, carol)
    late = house.phone("late")
    late.call(house.trial.uri("1009"), display="Late", user="+12025550999")
    late.wait("confirmed", SECONDS)
    late.hangup()

    publishing.everywhere(publishing.publish(version(3)))
    refused = house.phone("refused")
    refused.call(house.trial.uri("1009"), display="Refused", user="+12025550998")
    refused.wait("disconnected", SECONDS)
    assert house.call_row(caller.number).state == "talking", "carol is no agent any more, and talks on"
    carol.hangup()
    caller.hear("survey-solved")
    caller.press("1")
    caller.phone.wait("disconnected", SECONDS)
    call = house.wait_ended(caller.number)
    assert (call.result, call.agent, call.queue) == ("served", "carol", "sales")
    until("carol to be no agent any more", SECONDS, lambda: house.agent("carol") is None)


def test_a_process_that_new_settings_ask_for_begins_with_them(house: Installation, publishing: Publishing) -> None:
    trial, before = house.trial, processes(house.trial)
    assert trial.pid("recogniser") is None
    options = {**MENUS["main"]["options"]}
    options["1"] = {**options["1"], "words": {"en": ["support", "something is broken"]}}
    menus = {**MENUS, "main": {**MENUS["main"], "options": options}}
    publishing.everywhere(publishing.publish({"menus": menus}))
    until("the recogniser to begin", 3 * SECONDS, lambda: trial.pid("recogniser"))
    assert processes(trial) == before


def test_who_is_away_takes_it_when_back(house: Installation, publishing: Publishing) -> None:
    trial = house.trial
    controller, switch = trial.pid("controller"), trial.asterisk_pid()
    assert controller is not None
    assert switch is not None
    os.kill(controller, signal.SIGSTOP)
    try:
        made = publishing.publish(version(1))
        publishing.taken("web", made)
        assert behind(trial, made) >= {"controller", history.ASTERISK}
    finally:
        os.kill(controller, signal.SIGCONT)
    publishing.everywhere(made)
    assert behind(trial, made) <= {"listener"}

    os.kill(switch, signal.SIGKILL)
    made = publishing.publish(version(2))
    until("another Asterisk to run", 3 * SECONDS, lambda: trial.asterisk_pid() not in (None, switch))
    publishing.everywhere(made)
    late = house.phone("late")
    late.call(trial.uri("1009"), display="Late", user="+12025550997")
    late.wait("confirmed", SECONDS)
    assert house.wait_call("+12025550997", "greeting").line == "1009"
    assert trial.pid("controller") == controller


def test_a_webhook_that_is_published_is_told_of_the_next_call(house: Installation, publishing: Publishing) -> None:
    """Its process is started, and what happens comes signed, in order, each thing once."""
    trial = house.trial
    with HookServer() as server:
        assert trial.pid("courier") is None
        publishing.publish({"webhooks": {"crm": {"url": server.url, "allow_private": True}}})

        def holder() -> str | None:
            with trial.sessions()() as session:
                return session.scalar(select(OutboxReceiver.lease_owner))

        until("the courier to be started", 3 * SECONDS, holder)
        anna = house.sign_in("anna")
        caller = house.dial("1000", name="<b>Alice</b>")
        caller.hear("notice")
        caller.press("1")
        house.talk(caller, anna)
        anna.hangup()
        caller.phone.hangup()
        call = house.wait_ended(caller.number)
        until("all to be told", 4 * SECONDS, lambda: {each.message["type"] for each in server.told} >= TOLD)
        secret = secrets.webhook_secrets(trial.settings, "crm")
        read = [standardwebhooks.Webhook(secret).verify(each.body, each.headers) for each in server.told]
    of_call = [each for each in read if each["data"].get("call_id") == call.call_id]
    kinds = [each["type"] for each in of_call if each["type"].startswith("call.")]
    assert kinds == ["call.arrived", "call.answered", "call.ended"]
    ended = next(each["data"] for each in of_call if each["type"] == "call.ended")
    assert (ended["number"], ended["agent"], ended["result"]) == (caller.number, "anna", "served")
    assert ended["caller_name"] == "<b>Alice</b>", "as it arrived"


def behind(trial: Trial, number: int) -> set[str]:
    """Parts that the page says have not taken it."""
    with trial.sessions()() as session:
        return {row["part"] for row in not_taken_document(session, trial.settings, number, utcnow())}
