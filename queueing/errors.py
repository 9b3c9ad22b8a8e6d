"""Errors of the waiting line."""

from ringback.errors import RingbackError


class QueueingError(RingbackError):
    """The line cannot do what it was asked to."""


class UnknownAgent(QueueingError, KeyError):
    """No agent of that name is in the settings."""

    def __init__(self, agent: str) -> None:
        super().__init__("queueing.no_agent", agent=agent)


class UnknownQueue(QueueingError, KeyError):
    """No queue of that name is in the settings."""

    def __init__(self, queue: str) -> None:
        super().__init__("queueing.no_queue", queue=queue)
