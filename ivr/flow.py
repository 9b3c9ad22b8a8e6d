"""What a line does with its callers: the settings of one dialled number, looked up for a call."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ivr.errors import FlowError
from ringback.config import Line, Menu, Queue, Settings, Survey


@dataclass(frozen=True)
class Numbers:
    """How numbers are read and said: handed in, because it is not the flow's business."""

    to_call: Callable[[str, str], str | None]
    """Text and country to the E.164 number that we would call back; None: we would not."""
    spoken: Callable[[str, str], str]
    """E.164 number and country to the digits as they are said there."""


def _nobody(_text: str, _country: str) -> None:
    return None


def _as_it_is(number: str, _country: str) -> str:
    return number


NO_CALLBACKS = Numbers(_nobody, _as_it_is)
"""Nobody can be called back."""


@dataclass(frozen=True)
class Flow:
    """The way of a caller who dialled `line.number`."""

    line: Line
    menu_name: str
    menu: Menu
    queues: dict[str, Queue]
    surveys: dict[str, Survey]
    numbers: Numbers = field(default=NO_CALLBACKS)

    def offers_callback(self, queue: str) -> bool:
        """Whether callers of this queue may ask to be called back."""
        return self.numbers is not NO_CALLBACKS and self.queues[queue].callback != "off"

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


def flows(settings: Settings, numbers: Numbers = NO_CALLBACKS) -> dict[str, Flow]:
    """The flow of every line by its dialled number."""
    return {
        line.number: Flow(line, line.menu, settings.menus[line.menu], settings.queues, settings.surveys, numbers)
        for line in settings.lines
    }


def flow_for(known: dict[str, Flow], number: str) -> Flow:
    """The flow of a dialled number; raises FlowError where there is none."""
    try:
        return known[number]
    except KeyError:
        raise FlowError(f"A call came for {number}, which is no line in the settings: add it to `lines`.") from None
