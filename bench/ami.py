"""Events per second over a loopback socket: our AMI client beside plain asterisk-ami and panoramisk.

The same process sends the same recorded events to each client in turn; a client runs in a process of its
own, logs in, and counts what its callback gets, reading one header of each. The last row is the way that
the controller takes: through a Session into the asyncio loop.
"""

import asyncio
import multiprocessing
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.report import Figure, median

CAPTURE = Path(__file__).parents[1] / "tests" / "replay" / "captures" / "whole_call.ami"
LOOPBACK = "127.0.0.1"
WANTED = 1.0
"""Times plain asterisk-ami's speed."""
SECONDS = 120.0
"""No run takes longer."""

fork = multiprocessing.get_context("fork")


def run(quick: bool) -> dict[str, Any]:
    """`figures`, and every run in `details`."""
    text = CAPTURE.read_bytes()
    text = text if text.endswith(b"\r\n\r\n") else text.rstrip(b"\r\n") + b"\r\n\r\n"
    in_text = sum(block.startswith(b"Event: ") for block in text.split(b"\r\n\r\n"))
    repeats = (30_000 if quick else 200_000) // in_text
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in CLIENTS}
    with socket.create_server((LOOPBACK, 0)) as listener:
        server = fork.Process(target=_serve, args=(listener, text * 20, repeats // 20), daemon=True)
        server.start()
        try:
            count = in_text * 20 * (repeats // 20)
            for _ in range(2 if quick else 7):
                for name in CLIENTS:
                    samples[name].append(_measure(name, listener.getsockname()[1], count))
        finally:
            server.kill()
            server.join()
    speeds = {name: median([count / wall for wall, _ in runs]) for name, runs in samples.items()}
    per_cpu = {name: median([count / cpu for _, cpu in runs]) for name, runs in samples.items()}
    first = _beside("AMI events read", speeds, "ours", "asterisk-ami")
    assert first.comparison is not None
    figures = [
        replace(first, wanted=f"at least {WANTED} x", met=first.comparison >= WANTED),
        _beside("AMI events read", speeds, "ours", "panoramisk"),
        _beside("AMI events handed to asyncio", speeds, "ours, to asyncio", "panoramisk"),
        _beside("AMI events in a second of CPU", per_cpu, "ours", "asterisk-ami"),
    ]
    details = {
        "events_a_run": count,
        "events_per_second": {name: [round(count / wall) for wall, _ in runs] for name, runs in samples.items()},
        "events_per_cpu_second": {name: [round(count / cpu) for _, cpu in runs] for name, runs in samples.items()},
    }
    return {"figures": figures, "details": details}


def _beside(what: str, speeds: dict[str, float], ours: str, peer: str) -> Figure:
    return Figure(what, speeds[ours], "/s", peer, speeds[peer], speeds[ours] / speeds[peer])


def _measure(name: str, port: int, count: int) -> tuple[float, float]:
    """Wall and CPU seconds from the login to the last event, in a fresh process."""
    ours, theirs = fork.Pipe(duplex=False)
    process = fork.Process(target=_client, args=(CLIENTS[name], port, count, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(SECONDS):
            raise TimeoutError(f"{name} did not read {count} events in {SECONDS:g} s")
        wall, cpu = ours.recv()
    finally:
        process.kill()
        process.join()
        ours.close()
    return wall, cpu


def _client(read: Callable[[int, int], None], port: int, count: int, answer: Connection) -> None:
    began = time.perf_counter(), time.process_time()
    read(port, count)
    answer.send((time.perf_counter() - began[0], time.process_time() - began[1]))


def _serve(listener: socket.socket, text: bytes, repeats: int) -> None:
    """Each connection: the greeting, an answer to the login, all events, then quiet until it closes."""
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(b"Asterisk Call Manager/11.0.0\r\n")
            login = b""
            while b"\r\n\r\n" not in login:
                login += connection.recv(4096)
            action_id = next(line for line in login.split(b"\r\n") if line.lower().startswith(b"actionid:"))
            connection.sendall(b"Response: Success\r\n" + action_id + b"\r\nMessage: Authentication accepted\r\n\r\n")
            try:
                for _ in range(repeats):
                    connection.sendall(text)
                connection.recv(4096)
            except OSError:
                continue


class Counter:
    """Says when so many events have come."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.done = threading.Event()

    def came(self, name: str | None) -> None:
        if name:
            self.left -= 1
            if self.left == 0:
                self.done.set()

    def wait(self) -> None:
        if not self.done.wait(SECONDS):
            raise TimeoutError(f"{self.left} events did not come")


def _ours(port: int, count: int) -> None:
    from pbx.ami import AmiClient, Headers, pack

    counter = Counter(count)

    def came(messages: list[Headers]) -> None:
        for message in messages:
            counter.came(message.get("Event"))

    client = AmiClient(LOOPBACK, port, came, lambda _: None)
    client.connect()
    client.send_bytes(pack("Login", {"Username": "bench", "Secret": "bench", "ActionID": "1"}))
    counter.wait()
    client.disconnect()


def _ours_to_asyncio(port: int, count: int) -> None:
    from pbx.ami import Headers, Session

    async def read() -> None:
        loop = asyncio.get_running_loop()
        done = asyncio.Event()
        left = count

        def came(messages: list[Headers]) -> None:
            nonlocal left
            for message in messages:
                if message.get("Event"):
                    left -= 1
            if left == 0:
                done.set()

        session = Session(loop, LOOPBACK, port, came, lambda _: None)
        await session.open("bench", "bench", "on")
        await asyncio.wait_for(done.wait(), SECONDS)
        session.close()

    asyncio.run(read())


def _asterisk_ami(port: int, count: int) -> None:
    from asterisk.ami import AMIClient

    counter = Counter(count)
    client = AMIClient(LOOPBACK, port)
    client.add_event_listener(lambda event, **_: counter.came(event.name))
    client.login(username="bench", secret="bench")
    counter.wait()
    client.disconnect()


def _panoramisk(port: int, count: int) -> None:
    from panoramisk import Manager

    async def read() -> None:
        done = asyncio.Event()
        left = count

        def came(_manager: Any, message: Any) -> None:
            nonlocal left
            if message.event:
                left -= 1
                if left == 0:
                    done.set()

        manager = Manager(loop=asyncio.get_running_loop(), host=LOOPBACK, port=port, username="bench", secret="bench")
        manager.register_event("*", came)
        await manager.connect()
        await asyncio.wait_for(done.wait(), SECONDS)
        manager.close()

    asyncio.run(read())


CLIENTS: dict[str, Callable[[int, int], None]] = {
    "ours": _ours,
    "asterisk-ami": _asterisk_ami,
    "panoramisk": _panoramisk,
    "ours, to asyncio": _ours_to_asyncio,
}
"""Name -> reads that many events from that port."""
