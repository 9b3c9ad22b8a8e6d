"""Ports of this machine that nobody has, for something private beside everything else."""

import random
import socket

from ringback.errors import RingbackError

LOOPBACK = "127.0.0.1"
_given: set[int] = set()
"""What this process was told to take: the same number for UDP and for TCP would be a slip in settings."""


class NoFreePort(RingbackError):
    """Others have all that were tried."""


def free_port(kind: socket.SocketKind) -> int:
    """A free port below those that the system gives to outgoing connections, which could take it before us.

    Raises NoFreePort.
    """
    for _ in range(100):
        port = random.randrange(11000, 20000)
        if port in _given:
            continue
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            _given.add(port)
            return port
    raise NoFreePort("app.trial_no_port", first=11000, last=20000)


def free_rtp_range(count: int) -> int:
    """The first of `count` free UDP ports in a row, even as RTP wants it. Raises NoFreePort."""
    for _ in range(50):
        first = random.randrange(20000, 31000, count)
        probes = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
        try:
            for number, probe in enumerate(probes):
                probe.bind((LOOPBACK, first + number))
        except OSError:
            continue
        else:
            return first
        finally:
            for probe in probes:
                probe.close()
    raise NoFreePort("app.trial_no_rtp", ports=count)
