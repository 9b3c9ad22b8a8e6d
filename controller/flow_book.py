"""The flows of lines: those of now for who comes, those of before for who is inside.

Callers go on as they began, whatever is published meanwhile: a call holds its flow, and its row names the version, so
that a controller that takes it up finds the same flow again. What is the whole line's, queues, hours, surveys and
numbers to transfer to, a call inside learns of as well: others may send it there.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from ivr.flow import Flow
from ringback.config import Settings

MakeFlows = Callable[[Settings, int], dict[str, Flow]]
"""(settings, number of their version) -> the flow of each line."""


class FlowBook:
    """Of one switch."""

    def __init__(self, make: MakeFlows, settings: Settings, version: int = 0) -> None:
        self._make = make
        self.now: dict[str, Flow] = {}
        """By dialled number."""
        self._gone: dict[str, Flow] = {}
        """Of lines that settings had once: whoever has dialled one is still on the way here."""
        self.take(settings, version)

    def take(self, settings: Settings, version: int) -> None:
        """Who comes from now on is served by these."""
        before, self.now = self.now, self._make(settings, version)
        self._gone = {number: flow for number, flow in (self._gone | before).items() if number not in self.now}

    def line(self, number: str) -> Flow | None:
        """The flow for who dials `number` now; None: it is no line, and was none."""
        return self.now.get(number) or self._gone.get(number)

    def any(self, number: str) -> Flow:
        """The same; the first line's where there is no such line."""
        return self.line(number) or next(iter(self.now.values()))

    def began_with(self, number: str, version: int, before: Mapping[int, Settings]) -> Flow:
        """The flow of a call that began with a version; as of now where `before` does not have its settings."""
        settings = before.get(version)
        began = None if settings is None else self._make(settings, version).get(number)
        return self.any(number) if began is None else self.widened(began)

    def widened(self, flow: Flow) -> Flow:
        """A flow of before that knows what others may send its caller to now."""
        now = next(iter(self.now.values()))
        return replace(
            flow,
            queues=now.queues | flow.queues,
            surveys=now.surveys | flow.surveys,
            schedules=now.schedules | flow.schedules,
            inside=flow.inside | now.inside,
        )
