"""What viewers of Now cost: 200 pages that are told what happens, while the floor changes each second.

The web process is the real one, on SQLite; viewers are connections over loopback, each from an address of its own:
half of them agents, the others supervisors, trainers and admins, in both languages. Each second agents change their
states, a call comes, one goes, words are said. One agent's reason for a break is the number of the second, which
every viewer is shown: a delay runs from the commit of that second to the event that has it. Beside it the same page
is asked for each second, and the line of alarms each third, as the pages did before, by a few, since more would fill
the machine.
"""

import asyncio
import http.client
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import delete, update
from sqlalchemy.orm import Session, sessionmaker

from app.bootstrap import prepare
from app.trial.ports import free_port
from bench.peak import cpu_seconds, peak_mb
from bench.report import Figure, percentile
from calls.models import Call
from ringback import config, secrets
from ringback.store.base import utcnow
from ringback.store.bus import AgentState
from ringback.store.engine import open_store, sessions
from transcripts.live.models import LivePhrase
from web.app import create_app
from web.context import Person
from web.models import User
from web.signed_in import NAME

VIEWERS = 200
ASKING = 8
"""Viewers that ask each second, to whom as many as VIEWERS are compared by rule of three."""
SECONDS, QUICK_SECONDS = 60, 12
AGENTS, CALLS = 100, 40
CHANGED = 10
"""Agents whose state changes each second."""
WANTED = 20.0
"""Percent of one core."""
STATES = ("free", "ringing", "talking", "wrap-up")
REPOSITORY = Path(__file__).parents[1]
ROLES = ("agent", "supervisor", "agent", "trainer", "agent", "supervisor", "agent", "admin")


@dataclass
class BusyFloor:
    """The rows that the pages show, and what happens in them."""

    store: sessionmaker[Session]
    second: int = 0
    committed: dict[int, float] = field(default_factory=dict)
    """By second when its rows were there (monotonic)."""
    is_over: threading.Event = field(default_factory=threading.Event)

    def fill(self) -> None:
        with self.store() as session, session.begin():
            for number in range(AGENTS):
                session.add(
                    AgentState(
                        agent=f"a{number:03}", display=f"Agent {number}", extension=f"{200 + number}", state="free"
                    )
                )
            for number in range(CALLS):
                session.add(self._call(number))

    def happen(self) -> None:
        """A second of the floor at each second, until it is over."""
        began = time.monotonic()
        while not self.is_over.wait(max(0.0, began + self.second + 1 - time.monotonic())):
            self.second += 1
            self._pass(self.second)
            self.committed[self.second] = time.monotonic()

    def _pass(self, second: int) -> None:
        with self.store() as session, session.begin():
            for number in range(CHANGED):
                name = f"a{1 + (second * CHANGED + number) % (AGENTS - 1):03}"
                state = STATES[(second + number) % len(STATES)]
                session.execute(update(AgentState).where(AgentState.agent == name).values(state=state, since=utcnow()))
            told = {"state": "paused", "reason": f"second {second}."}
            session.execute(update(AgentState).where(AgentState.agent == "a000").values(**told))
            first = f"1700000000.{second - 1}"
            session.execute(delete(LivePhrase).where(LivePhrase.call_id == first))
            session.execute(
                update(Call).where(Call.call_id == first).values(state="ended", result="served", ended_at=utcnow())
            )
            session.add(self._call(CALLS + second - 1))
            for number in (second + 1, second + 2, second + 3):
                session.add(
                    LivePhrase(
                        call_id=f"1700000000.{number}", seq=second, speaker="caller", start=float(second),
                        end=second + 1.0, text=f"these are the words of second {second}", settled=True, skipped=0.0,
                    )
                )  # fmt: skip

    def _call(self, number: int) -> Call:
        talks = number % 4 != 0
        return Call(
            call_id=f"1700000000.{number}",
            line="1000",
            language="en",
            caller_number=f"+1415555{number:04}",
            caller_name=f"Caller {number}",
            state="talking" if talks else "waiting",
            queue="support",
            agent=f"a{number % AGENTS:03}" if talks else None,
            arrived_at=utcnow(),
            queued_at=utcnow(),
            connected_at=utcnow() if talks else None,
        )


def run(quick: bool) -> dict[str, Any]:
    seconds = QUICK_SECONDS if quick else SECONDS
    with tempfile.TemporaryDirectory() as name:
        path, port = Path(name) / "ringback.yaml", free_port(socket.SOCK_STREAM)
        agents = [
            {"name": f"a{number:03}", "display": f"Agent {number}", "extension": str(200 + number)}
            for number in range(AGENTS)
        ]
        queues = {"support": {"name": "Support", "agents": [each["name"] for each in agents]}}
        made = {"data": "data", "web": {"port": port}, "agents": agents, "queues": queues, "menus": MENUS}
        path.write_text(yaml.safe_dump(made), encoding="utf-8")
        settings = config.load(path)
        prepare(settings)
        store = sessions(open_store(settings.store_url))
        floor = BusyFloor(store)
        floor.fill()
        cookies = _sign_in(settings, store)
        web = _start(path, port)
        try:
            quiet = _told(web, port, cookies, floor, max(6, seconds // 3), lambda: None)
            happening = threading.Thread(target=floor.happen, daemon=True)
            told = _told(web, port, cookies, floor, seconds, happening.start)
            asked = _asked(web, port, cookies[:ASKING], seconds)
        finally:
            floor.is_over.set()
            web.send_signal(signal.SIGKILL)
            web.wait()
    return {"figures": _figures(quiet, told, asked), "details": {"quiet": quiet, "told": told, "asked": asked}}


MENUS = {
    "main": {"prompt": "menu", "options": {"1": {"label": "Support", "queue": "support"}}, "operator_queue": "support"}
}


def _figures(quiet: dict[str, Any], told: dict[str, Any], asked: dict[str, Any]) -> list[Figure]:
    share, as_many = told["share"], asked["share"] * VIEWERS / ASKING
    limit = f"at most {WANTED:g} %"
    what = f"CPU of the web process, {VIEWERS} viewers of a busy floor"
    unit = "% of a core"
    return [
        Figure(what, share, unit, "limit", WANTED, share, "%", limit, share <= WANTED),
        Figure(
            what, share, unit, f"asking each second ({ASKING} did)", as_many, as_many / share if share else None, "x"
        ),
        Figure(f"{VIEWERS} viewers, nothing changes", quiet["share"], unit),
        Figure("from a commit to a viewer, median", told["delay_p50"], "s", "asking", asked["delay_p50"]),
        Figure("from a commit to a viewer, p95", told["delay_p95"], "s", "asking", asked["delay_p95"]),
        Figure("bytes to a viewer a second", told["bytes"] / 1000, "kB", "asking", asked["bytes"] / 1000),
        Figure("changes that a viewer did not see", told["missed"], ""),
        Figure("the web process's memory", told["memory_mb"], "MB"),
    ]


def _sign_in(settings: config.Settings, store: sessionmaker[Session]) -> list[dict[str, str]]:
    """Headers of each viewer: a session's cookie and the language."""
    app = create_app(settings, secrets.load_or_create(settings)[0], store)
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    found = []
    with store() as session, session.begin():
        for number in range(VIEWERS):
            role = ROLES[number % len(ROLES)]
            name = f"a{number // 2:03}" if role == "agent" else f"lead{number}"
            user = User(name=name, password_hash=uuid.uuid4().hex, role=role)
            session.add(user)
            session.flush()
            cookie = {"_user_id": Person(user).get_id(), "_fresh": True, "_permanent": True, NAME: uuid.uuid4().hex}
            value = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(cookie)}"
            found.append({"Cookie": value, "Accept-Language": ("en", "ru")[number // len(ROLES) % 2]})
    return found


def _start(path: Path, port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "app", "web", "--config", str(path)]
    web = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, start_new_session=True)
    deadline, pause = time.monotonic() + 60, threading.Event()
    while True:
        try:
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            asked.request("GET", "/sign-in")
            asked.getresponse().read()
        except OSError:
            if time.monotonic() > deadline:
                raise
            pause.wait(0.1)
        else:
            return web


# -- pages that are told -------------------------------------------------------------------------------


def _told(
    web: "subprocess.Popen[bytes]",
    port: int,
    cookies: list[dict[str, str]],
    floor: BusyFloor,
    seconds: int,
    begin: Callable[[], None],
) -> dict[str, Any]:
    return asyncio.run(_listen(web, port, cookies, floor, seconds, begin))


async def _listen(
    web: "subprocess.Popen[bytes]",
    port: int,
    cookies: list[dict[str, str]],
    floor: BusyFloor,
    seconds: int,
    begin: Callable[[], None],
) -> dict[str, Any]:
    viewers = [ListeningViewer(number, port, headers) for number, headers in enumerate(cookies)]
    tasks = [asyncio.create_task(each.listen()) for each in viewers]
    async with asyncio.timeout(60):
        while not all(each.bytes for each in viewers):
            await asyncio.sleep(0.05)
    begin()
    await asyncio.sleep(2)
    cpu, began, first = cpu_seconds(web.pid), time.monotonic(), floor.second + 1
    read = sum(each.bytes for each in viewers)
    await asyncio.sleep(seconds)
    share = 100 * (cpu_seconds(web.pid) - cpu) / (time.monotonic() - began)
    read, last = sum(each.bytes for each in viewers) - read, floor.second
    await asyncio.sleep(2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    delays = [
        each.seen[second] - floor.committed[second]
        for each in viewers
        for second in range(first, last + 1)
        if second in each.seen
    ]
    return {
        "share": share,
        "viewers": len(viewers),
        "bytes": read / seconds / len(viewers),
        "missed": len(viewers) * (last + 1 - first) - len(delays) if last >= first else 0,
        "delay_p50": percentile(delays, 0.5) if delays else 0.0,
        "delay_p95": percentile(delays, 0.95) if delays else 0.0,
        "delay_worst": max(delays, default=0.0),
        "memory_mb": peak_mb(web.pid),
    }


class ListeningViewer:
    """A page that is told."""

    def __init__(self, number: int, port: int, headers: dict[str, str]) -> None:
        self._port, self._headers = port, headers
        self._address = f"127.0.1.{1 + number}"
        self.bytes = 0
        self.seen: dict[int, float] = {}
        """By second when it came (monotonic)."""

    async def listen(self) -> None:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self._port, local_addr=(self._address, 0), limit=1 << 22
        )
        lines = [f"{name}: {value}" for name, value in {"Host": "localhost", **self._headers}.items()]
        writer.write("\r\n".join(["GET /stream?show=now HTTP/1.1", *lines, "", ""]).encode())
        status = await reader.readline()
        if b" 200 " not in status:
            raise RuntimeError(f"a viewer was refused: {status!r}")
        while line := await reader.readline():
            if line.startswith(b"data: "):
                self.bytes += len(line)
                for second in re.findall(rb"second (\d+)\.", line):
                    self.seen.setdefault(int(second), time.monotonic())


# -- pages that ask ------------------------------------------------------------------------------------


def _asked(web: "subprocess.Popen[bytes]", port: int, cookies: list[dict[str, str]], seconds: int) -> dict[str, Any]:
    """What it costs when they ask each second: htmx's own requests, with the tag of what they have."""
    over, asking = threading.Event(), [AskingViewer(port, headers) for headers in cookies]
    threads = [
        threading.Thread(target=each.ask, args=(over, number), daemon=True) for number, each in enumerate(asking)
    ]
    for thread in threads:
        thread.start()
    pause = threading.Event()
    pause.wait(2)
    cpu, began = cpu_seconds(web.pid), time.monotonic()
    read, answers = sum(each.bytes for each in asking), sum(each.answers for each in asking)
    pause.wait(seconds)
    share = 100 * (cpu_seconds(web.pid) - cpu) / (time.monotonic() - began)
    read, answers = sum(each.bytes for each in asking) - read, sum(each.answers for each in asking) - answers
    over.set()
    for thread in threads:
        thread.join(20)
    waits = [wait for each in asking for wait in each.waits]
    return {
        "share": share,
        "viewers": len(asking),
        "bytes": read / seconds / len(asking),
        "answers_a_second": answers / seconds,
        # What happens at any moment waits for the next question, half a second in the middle, and for its answer.
        "delay_p50": 0.5 + percentile(waits, 0.5),
        "delay_p95": 0.95 + percentile(waits, 0.95),
    }


class AskingViewer:
    """A page that asks."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self._headers = {**headers, "HX-Request": "true"}
        self._tags: dict[str, str] = {}
        self.bytes = self.answers = 0
        self.waits: list[float] = []

    def ask(self, over: threading.Event, number: int) -> None:
        over.wait(number / ASKING)
        second = 0
        while not over.is_set():
            began = time.monotonic()
            for path, each in (("/now", 1), ("/alarms", 3)):
                if second % each == 0:
                    self._get(path)
            second += 1
            over.wait(max(0.0, began + 1 - time.monotonic()))

    def _get(self, path: str) -> None:
        began = time.monotonic()
        tag = {"If-None-Match": self._tags[path]} if path in self._tags else {}
        self._connection.request("GET", path, headers={**self._headers, **tag})
        answer = self._connection.getresponse()
        text = answer.read()
        self.waits.append(time.monotonic() - began)
        self.bytes += len(text)
        self.answers += 1
        if found := re.search(rb"If-None-Match&#34;: &#34;\\&#34;(\w+)", text):
            self._tags[path] = f'"{found[1].decode()}"'
