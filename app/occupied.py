"""What one running Ringback has for itself: its data folder and its ports, and the address phones reach it at.

Owns the lock on the folder and the looks at ports. `ringback run` takes them, `ringback doctor` looks who has them.
"""

import fcntl
import ipaddress
import os
import socket
import time
from pathlib import Path
from typing import TextIO

from ringback.config import Settings
from ringback.errors import RingbackError
from ringback.messages import words_of


class Occupied(RingbackError):
    """Somebody else has the folder or a port: Ringback cannot be started as it is."""


def _lock(settings: Settings) -> Path:
    return settings.data / "run.lock"


def hold_folder(settings: Settings) -> TextIO:
    """A lock on the data folder, held as long as the file stays open: two supervisors would spoil each other."""
    settings.data.mkdir(parents=True, exist_ok=True)
    path = _lock(settings)
    file = path.open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        other = file.read().strip() or "another process"
        file.close()
        raise Occupied("app.runs_already", folder=settings.data, process=other) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def is_running(settings: Settings) -> bool:
    """Whether a `ringback run` holds the data folder now."""
    try:
        with _lock(settings).open("r", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def ports(settings: Settings) -> list[tuple[str, str, int, socket.SocketKind]]:
    """What is listened on: (setting, address, port, kind of socket)."""
    wanted = [("web", settings.web.address, settings.web.port, socket.SOCK_STREAM)]
    if not settings.ami.external:
        wanted.append(("sip", settings.sip.address, settings.sip.port, socket.SOCK_DGRAM))
        if settings.trunk is not None and settings.trunk.transport == "tcp":
            wanted.append(("sip", settings.sip.address, settings.sip.port, socket.SOCK_STREAM))
        if settings.trunk is not None and settings.trunk.transport == "tls":
            wanted.append(("sip.tls", settings.sip.address, settings.sip.tls_port, socket.SOCK_STREAM))
        wanted.append(("ami", settings.ami.address, settings.ami.port, socket.SOCK_STREAM))
    return wanted


def taken_port(settings: Settings) -> Occupied | None:
    """What is said of the first port that somebody else has; None: all can be used."""
    for name, address, port, kind in ports(settings):
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


def check_ports(settings: Settings, seconds: float = 2.0) -> None:
    """Raises Occupied naming the port in use; waits a little for processes that are just ending."""
    deadline = time.monotonic() + seconds
    while trouble := taken_port(settings):
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
