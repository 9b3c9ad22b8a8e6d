"""What one running Ringback has for itself: its data folder and its ports, and the address phones reach it at.

Owns the locks on the folder and the looks at ports. `ringback run` takes them, `ringback doctor` looks who has them.
"""

import fcntl
import ipaddress
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from app.proc import command_of
from ringback.config import Settings
from ringback.errors import RingbackError
from ringback.messages import words_of


class Occupied(RingbackError):
    """Somebody else has the folder or a port: Ringback cannot be started as it is."""


RUN, WATCHDOG, BACKUP = "run", "watchdog", "backup"
"""Who can hold a lock on the data folder: those that are there once in each."""


def _lock(settings: Settings, who: str) -> Path:
    return settings.data / f"{who}.lock"


def _take(settings: Settings, who: str) -> TextIO | None:
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o770)  # less what the mask takes away
    descriptor = os.open(_lock(settings, who), os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    file = os.fdopen(descriptor, "a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def hold_folder(settings: Settings) -> TextIO:
    """A lock on the data folder, held as long as the file stays open: two supervisors would spoil each other."""
    file = _take(settings, RUN)
    if file is None:
        other = holder(settings, RUN)
        raise Occupied("app.runs_already", folder=settings.data, process=other or "another process")
    return file


@contextmanager
def hold(settings: Settings, who: str) -> Iterator[None]:
    """A lock on the data folder for as long as the block lasts. Raises Occupied."""
    file = _take(settings, who)
    if file is None:
        raise Occupied("app.runs_already", folder=settings.data, process=holder(settings, who) or "another process")
    with file:
        yield


def take_over(settings: Settings, who: str, seconds: float = 10.0) -> TextIO:
    """The lock of a process of which the newest counts: whoever has it is ended. Raises Occupied."""
    deadline = time.monotonic() + seconds
    while (file := _take(settings, who)) is None:
        other = holder(settings, who)
        if time.monotonic() > deadline:
            raise Occupied("app.runs_already", folder=settings.data, process=other or "another process")
        if other and who in command_of(other):
            os.kill(other, signal.SIGKILL)
        time.sleep(0.05)
    return file


def holder(settings: Settings, who: str) -> int | None:
    """The process that holds a lock on the data folder; None: nobody does."""
    try:
        with _lock(settings, who).open("r", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                told = file.read().strip()
                return int(told) if told.isdecimal() else 0
    except FileNotFoundError:
        return None
    return None


def is_running(settings: Settings) -> bool:
    """Whether a `ringback run` holds the data folder now."""
    return holder(settings, RUN) is not None


def ports(settings: Settings, *, asterisk: bool = True) -> list[tuple[str, str, int, socket.SocketKind]]:
    """What is listened on: (setting, address, port, kind of socket). Without `asterisk`, by the other processes."""
    wanted = [("web", settings.web.address, settings.web.port, socket.SOCK_STREAM)]
    if settings.spoken_languages:
        wanted.append(("speech.answers", "127.0.0.1", settings.speech.answers_port, socket.SOCK_STREAM))
    if asterisk and not settings.ami.external:
        wanted.append(("sip", settings.sip.address, settings.sip.port, socket.SOCK_DGRAM))
        if settings.trunk is not None and settings.trunk.transport == "tcp":
            wanted.append(("sip", settings.sip.address, settings.sip.port, socket.SOCK_STREAM))
        if settings.sip.tls or (settings.trunk is not None and settings.trunk.transport == "tls"):
            wanted.append(("sip.tls", settings.sip.address, settings.sip.tls_port, socket.SOCK_STREAM))
        wanted.append(("ami", settings.ami.address, settings.ami.port, socket.SOCK_STREAM))
    return wanted


def taken_port(settings: Settings, *, asterisk: bool = True) -> Occupied | None:
    """What is said of the first port that somebody else has; None: all can be used."""
    for name, address, port, kind in ports(settings, asterisk=asterisk):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                protocol = "UDP" if kind is socket.SOCK_DGRAM else "TCP"
                return Occupied(
                    "app.port_taken", name=name, port=port, protocol=protocol, address=address, why=words_of(error)
                )
    return None


def check_ports(settings: Settings, seconds: float = 2.0, *, asterisk: bool = True) -> None:
    """Raises Occupied naming the port in use; waits a little for processes that are just ending."""
    deadline = time.monotonic() + seconds
    while trouble := taken_port(settings, asterisk=asterisk):
        if time.monotonic() > deadline:
            raise trouble
        time.sleep(0.1)


def own_address(settings: Settings) -> str:
    """The address that phones reach this machine at: the setting, or the one of the way out for `all`."""
    if not ipaddress.ip_address(settings.sip.address).is_unspecified:
        return settings.sip.address
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # UDP: nothing is sent, the kernel only chooses a way
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
