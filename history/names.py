"""Who is meant by the names of another system: our queues, agents and lines, or its own names where nobody says. Pure.

By itself a name is ours if it is one in the settings: of a queue its key, its name or its extension, of an agent
name, display name or extension, also inside the name of a channel (`SIP/201`, `Local/201@agents/n`), of a line its
number. Whatever is called otherwise is told by a map (YAML); what nobody tells stays under its own name.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from history.errors import HistoryError
from ringback.config import Settings
from ringback.foreign_text import cleaned

NAME_MOST = 80
"""Characters of a name that is kept."""
MAP_MOST = 1 << 20

Outcome = Literal["answered", "abandoned", "callback", "overflow", "message", "closed", "transferred", "lost"]
Text = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]
"""YAML reads 600 as a number; here it is a name."""


class NameMap(BaseModel):
    """What an owner says of the other system's names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    queues: dict[Text, Text | None] = {}
    """Theirs -> ours; null: its visits are left out."""
    agents: dict[Text, Text] = {}
    lines: dict[Text, Text] = {}
    dialled: dict[Text, Text] = {}
    """Of CDRs: a number that was dialled -> the queue for which its calls count though none was used."""
    outcomes: dict[Text, Outcome] = {}
    """How a caller left -> what it counts as: `EXITWITHKEY/1: callback`, or a word of a table."""


def read_map(text: bytes, settings: Settings) -> NameMap:
    """Raises HistoryError: it is no map, or names what is not in the settings."""
    try:
        found = NameMap.model_validate(yaml.safe_load(text[:MAP_MOST].decode()) or {})
    except ValidationError as error:
        first = error.errors()[0]
        where = ": ".join(str(each) for each in first["loc"])
        raise HistoryError("history.no_map", why=f"{where}: {first['msg']}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise HistoryError("history.no_map", why=str(error).splitlines()[0]) from error
    _known("queue", filter(None, (*found.queues.values(), *found.dialled.values())), settings.queues)
    _known("agent", found.agents.values(), [each.name for each in settings.agents])
    _known("line", found.lines.values(), [each.number for each in settings.lines])
    return found


def _known(kind: str, named: Iterable[str], ours: Iterable[str]) -> None:
    there = list(ours)
    for each in named:
        if each not in there:
            raise HistoryError(f"history.map_{kind}", name=each, ours=there[:20])


class Names:
    """Their names as ours."""

    def __init__(self, settings: Settings, told: NameMap) -> None:
        self.dialled = told.dialled
        self.outcomes = {each.casefold(): outcome for each, outcome in told.outcomes.items()}
        self._outcomes = told.outcomes
        self._queues = _by_fold(
            {each: key for key, queue in settings.queues.items() for each in (key, queue.name, queue.extension)},
            told.queues,
        )
        self._agents = _by_fold(
            {each: agent.name for agent in settings.agents for each in (agent.name, agent.display, agent.extension)},
            told.agents,
        )
        self._lines = _by_fold({line.number: line.number for line in settings.lines}, told.lines)
        self._met: dict[str, dict[str, tuple[str | None, bool]]] = {"queue": {}, "agent": {}, "line": {}}
        self.unknown: dict[str, Counter[str]] = {"queue": Counter(), "agent": Counter(), "line": Counter()}
        """Names that are nobody's here, and how many visits have them."""

    def queue(self, name: str) -> str | None:
        """None: the map says that it is left out."""
        return self._of("queue", name, self._queues)

    def agent(self, name: str) -> str | None:
        """None: nobody is named."""
        return self._of("agent", name, self._agents) if name else None

    def line(self, name: str) -> str | None:
        """None: none is named."""
        return self._of("line", name, self._lines) if name else None

    def outcome(self, event: str, outcome: str) -> str:
        """What this event counts as."""
        if not event or not self._outcomes:
            return outcome
        return self._outcomes.get(event) or self._outcomes.get(event.partition("/")[0]) or outcome

    def _of(self, kind: str, name: str, ours: Mapping[str, str | None]) -> str | None:
        met = self._met[kind]
        found = met.get(name)
        if found is None:
            if len(met) > 100_000:
                met.clear()
            found = met[name] = _found(name, ours, is_channel=kind == "agent")
        meant, is_ours = found
        if not is_ours and meant is not None:
            self.unknown[kind][meant] += 1
        return meant


def _by_fold(ours: Mapping[str | None, str], told: Mapping[str, str | None]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, meant in ours.items():
        if name:
            found.setdefault(name.casefold(), meant)
    return found | {name.casefold(): meant for name, meant in told.items()}


def _found(name: str, ours: Mapping[str, str | None], *, is_channel: bool) -> tuple[str | None, bool]:
    for each in _spellings(name) if is_channel else (name,):
        folded = each.casefold()
        if folded in ours:
            return ours[folded], True
    kept = _spellings(name)[-1] if is_channel else name
    return cleaned(kept, NAME_MOST) or "?", False


def _spellings(name: str) -> list[str]:
    """A member of a queue as it is named, and without the words of its channel: PJSIP/201-0000001f -> 201."""
    _, slash, rest = name.partition("/")
    if not slash:
        return [name]
    plain = rest.partition("@")[0].partition("/")[0]
    head, dash, tail = plain.rpartition("-")
    if dash and len(tail) == 8 and all(c in "0123456789abcdef" for c in tail):
        plain = head
    return [name, name.partition("-0")[0], plain] if plain else [name]
