"""Errors of the waiting line: one sentence each, shown to people as it is."""

from ringback.errors import RingbackError


class QueueingError(RingbackError):
    """The line cannot do what it was asked to."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class UnknownAgent(QueueingError, KeyError):
    """No agent of that name is in the settings."""

    def __init__(self, agent: str) -> None:
        super().__init__(f"There is no agent named {agent} in the settings.")


class UnknownQueue(QueueingError, KeyError):
    """No queue of that name is in the settings."""

    def __init__(self, queue: str) -> None:
        super().__init__(f"There is no queue named {queue} in the settings.")
