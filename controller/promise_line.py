"""Promises in the waiting line: each at the place of the call that asked, or with the agent whom it has. Pure."""

from callback.promise import CallbackMachine, State
from queueing.agents import Device
from queueing.router import Kind, Offer, Router


def join(router: Router, promise: CallbackMachine, now: float) -> list[Offer]:
    """Waits, or keeps the agent of the attempt under way; what follows in the line."""
    if promise.tells:
        return []
    agents: tuple[str, ...] = ()
    taken: list[Offer] = []
    if promise.state in (State.DIALLING_AGENT, State.DIALLING_CUSTOMER) and promise.agent is not None:
        agents = (promise.agent,)
    elif promise.for_agent is not None:
        if not can_ring(router, promise.for_agent):
            return []
        agents, taken = (promise.for_agent,), [Offer(promise.key, promise.for_agent, kind=Kind.CALLBACK)]
    offers = router.join(
        promise.key,
        promise.queue,
        promise.arrived_at,
        now,
        kind=Kind.CALLBACK,
        number=promise.number,
        agents=agents,
        talking=promise.agent_up and not taken,
    )
    return [*offers, *taken]


def can_ring(router: Router, agent: str) -> bool:
    """Whether a phone of an agent who wants to make a call can ring, also while he or she takes none of the line's:
    paused, logged out, or at work after a talk."""
    known = router.agents.get(agent)
    return known is not None and known.call is None and not known.lost and known.device is Device.IDLE
