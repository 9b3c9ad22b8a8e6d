"""What a line does with its callers: the settings of one dialled number, looked up for a call."""

from dataclasses import dataclass

from ivr.errors import FlowError
from ringback.config import Line, Menu, Queue, Settings, Survey


@dataclass(frozen=True)
class Flow:
    """The way of a caller who dialled `line.number`."""

    line: Line
    menu_name: str
    menu: Menu
    queues: dict[str, Queue]
    surveys: dict[str, Survey]

    def queue_of(self, key: str) -> tuple[str, str] | None:
        """Label and queue that a key leads to; 0 always reaches a person; None: no such choice."""
        if key == "0":
            return "A person", self.menu.person
        option = self.menu.options.get(key)
        return (option.label, option.queue) if option else None

    def survey_of(self, queue: str) -> tuple[str, Survey] | None:
        """Name and survey that is asked after talks of this queue; None: none is."""
        name = self.queues[queue].survey
        return None if name is None else (name, self.surveys[name])


def flows(settings: Settings) -> dict[str, Flow]:
    """The flow of every line by its dialled number."""
    return {
        line.number: Flow(line, line.menu, settings.menus[line.menu], settings.queues, settings.surveys)
        for line in settings.lines
    }


def flow_for(known: dict[str, Flow], number: str) -> Flow:
    """The flow of a dialled number; raises FlowError where there is none."""
    try:
        return known[number]
    except KeyError:
        raise FlowError(f"A call came for {number}, which is no line in the settings: add it to `lines`.") from None
