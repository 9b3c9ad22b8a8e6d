"""Whether the ports of one machine are enough and each is one thing."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ringback.config.remarks import Remark, Way
from ringback.config.whole import Whole
from ringback.messages import message

if TYPE_CHECKING:
    from ringback.config.settings import Settings

PORTS_A_LEG = 2
"""RTP and RTCP."""
LEGS_A_CALL = 2
"""The caller's and the agent's."""
USUAL_RANGE = 200
_EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104


def ports_are_one_thing(whole: Whole) -> Iterator[Remark]:
    """No two parts listen at one port, whatever the protocol: people and firewalls tell them apart by the number."""
    first: dict[int, list[tuple[str, str]]] = {}
    for way, address, port in _ports(whole.settings):
        setting = ".".join(str(part) for part in way)
        for other, there in first.get(port, []):
            if address == there or {address, there} & _EVERYWHERE:
                yield Remark(way, message("ringback.port_twice", port=port, other=other), also=((way[0],),))
        first.setdefault(port, []).append((setting, address))


def _ports(settings: "Settings") -> Iterator[tuple[Way, str, int]]:
    yield ("sip", "port"), settings.sip.address, settings.sip.port
    if settings.sip.tls or (settings.trunk is not None and settings.trunk.transport == "tls"):
        yield ("sip", "tls_port"), settings.sip.address, settings.sip.tls_port
    if not settings.ami.external:
        yield ("ami", "port"), settings.ami.address, settings.ami.port
    yield ("web", "port"), settings.web.address, settings.web.port


def voice_has_ports(whole: Whole) -> Iterator[Remark]:
    """The range is one, begins at an even port, holds a call, and no other port is in it."""
    sip = whole.settings.sip
    way, also = ("sip", "rtp_first"), (("sip", "rtp_last"), ("sip",))
    if sip.rtp_last <= sip.rtp_first:
        right = str(min(sip.rtp_first + USUAL_RANGE, 65535))
        facts = {"first": sip.rtp_first, "last": sip.rtp_last, "right": right}
        yield Remark(("sip", "rtp_last"), message("ringback.rtp_backwards", **facts), right, also=(way, *also))
        return
    legs = (sip.rtp_last - sip.rtp_first + 1) // PORTS_A_LEG
    agents = len(whole.settings.agents)
    if sip.rtp_first % 2:
        yield Remark(way, message("ringback.rtp_odd", first=sip.rtp_first), str(sip.rtp_first + 1), also=also)
    if legs < LEGS_A_CALL:
        yield Remark(("sip", "rtp_last"), message("ringback.rtp_too_few", ports=PORTS_A_LEG * LEGS_A_CALL), also=also)
    elif legs < LEGS_A_CALL * agents:
        enough = sip.rtp_first + 2 * PORTS_A_LEG * LEGS_A_CALL * agents
        what = message("ringback.rtp_few", calls=legs // LEGS_A_CALL, agents=agents, right=enough)
        yield Remark(("sip", "rtp_last"), what, str(enough), "note", also)
    if sip.rtp_first <= sip.port <= sip.rtp_last:
        yield Remark(("sip", "port"), message("ringback.rtp_over_sip", port=sip.port), also=also)


NETWORK_CHECKS: tuple[Callable[[Whole], Iterator[Remark]], ...] = (ports_are_one_thing, voice_has_ports)
