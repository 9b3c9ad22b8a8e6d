"""Agents' feature codes: what *11 to *14 do in the waiting line, and what the phone says to them.

Owns what the line is told of agents' phones, because of one thing: who dials a code is on the phone until
it is over. The switch tells how a phone is apart from what happens on it, on a busy machine later than
the code itself, and an agent who logs in would get a call that the phone refuses, and be paused for it.
"""

from collections.abc import Callable

from queueing.router import Device, Offer, Router

CODES: dict[str, Callable[[Router, str, float], tuple[str, list[Offer]]]] = {
    "*11": lambda line, agent, now: ("agent-logged-in", line.login(agent, now)),
    "*12": lambda line, agent, now: ("agent-logged-out", line.logout(agent, now)),
    "*13": lambda line, agent, now: ("agent-paused", line.pause(agent, "phone", now)),
    "*14": lambda line, agent, now: ("agent-resumed", line.resume(agent, now)),
}
"""What agents dial on any phone: the prompt that answers, and what follows in the line."""


class FeatureCodes:
    """Agents on the phone with a code. What the methods return must be offered."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._told: dict[str, Device] = {}
        """What the switch said last of each phone."""
        self._dialled_by: dict[str, str] = {}
        """The agents who hear what their code did, by channel."""

    def __contains__(self, channel: str) -> bool:
        return channel in self._dialled_by

    def device(self, agent: str, device: Device, now: float) -> list[Offer]:
        """The switch says how an agent's phone is."""
        self._told[agent] = device
        if device is Device.IDLE and agent in self._dialled_by.values():
            device = Device.IN_USE
        return self._router.device(agent, device, now)

    def dialled(self, channel: str, agent: str, code: str, now: float) -> tuple[str, list[Offer]]:
        """Does what the code means; first the prompt that says so."""
        if agent not in self._router.agents or code not in CODES:
            return "agent-unknown-code", []
        self._dialled_by[channel] = agent
        offers = self._router.device(agent, Device.IN_USE, now)
        said, more = CODES[code](self._router, agent, now)
        return said, offers + more

    def hung_up(self, channel: str, now: float) -> list[Offer]:
        """The channel, one of these, is gone: the phone is as the switch said."""
        agent = self._dialled_by.pop(channel)
        return self.device(agent, self._told.get(agent, Device.UNREACHABLE), now)

    def forget(self) -> None:
        """Events were missed: what the switch says of each phone follows and holds."""
        self._dialled_by.clear()
