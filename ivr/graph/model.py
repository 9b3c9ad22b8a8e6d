"""What a picture of a line shows: boxes with rows, and where each row leads. Settings in, plain data out.

Owns what is a box of its own (the line, menus, what a caller ends in) and what is told in a row. Leaves where boxes
stand to `layout.py`, and the words to `ivr/messages.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce

from ringback.config import CaseCondition, Destination, EntryPoint, Menu, Queue, Settings, Spoken
from ringback.messages import Message, message

OPERATOR_KEY = "0"
LINE = "line"
"""The box in which everybody begins."""


WHEN = {
    "known": ("ivr.graph_when_known", "ivr.graph_when_not_known"),
    "vip": ("ivr.graph_when_vip", "ivr.graph_when_not_vip"),
    "open_ticket": ("ivr.graph_when_open_ticket", "ivr.graph_when_not_open_ticket"),
    "problem": ("ivr.graph_when_problem", "ivr.graph_when_not_problem"),
}
"""Conditions that are so or not, with their sentences."""
OFFERS = {"callback": "ivr.graph_offer_callback", "message": "ivr.graph_offer_message"}
"""Where a limit leads that is no queue."""


class BoxKind(StrEnum):
    """What a box is."""

    LINE = "line"
    MENU = "menu"
    QUEUE = "queue"
    CALLBACK = "callback"
    MESSAGE = "message"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class GraphRow:
    """One thing that may happen to a caller in a box."""

    what: Message | None
    """When: a choice, a condition; None: always."""
    leads: Message | None
    """What then, in words; None: the rows below say it."""
    key: str = ""
    """That leads here; empty: none does."""
    to: str | None = None
    """The box that it leads to, further on; None: no other, or one that was there before."""
    indent: int = 0
    """How many conditions it stands behind."""
    option: tuple[str, str] | None = None
    """Menu and key, where this row is a choice that is counted."""


@dataclass(frozen=True)
class GraphBox:
    """One place where a caller may be."""

    id: str
    kind: BoxKind
    title: Message
    notes: tuple[Message, ...] = ()
    rows: tuple[GraphRow, ...] = ()
    name: str = ""
    """In the settings: of the menu, of the queue."""
    rank: int = 0
    """How far from the beginning: the column in which it stands."""


@dataclass(frozen=True)
class FlowGraph:
    """All that a caller of one line can come to."""

    line: EntryPoint
    boxes: tuple[GraphBox, ...]
    """In the order in which a reader meets them."""


def _no_words(spoken: Spoken) -> str | None:
    return next(iter(spoken.words.values()), None)


def graph_of(
    settings: Settings, line: EntryPoint, language: str, words: Callable[[Spoken], str | None] = _no_words
) -> FlowGraph:
    """The picture of one line, with labels in `language` where the settings have them. `words`: what a prompt says;
    None: nobody knows, and its name is told."""
    making = _GraphMaking(settings, line, language, words)
    return FlowGraph(line, tuple(making.boxes()))


class _GraphMaking:
    """Boxes of one line."""

    def __init__(
        self, settings: Settings, line: EntryPoint, language: str, words: Callable[[Spoken], str | None]
    ) -> None:
        self.settings, self.line, self.language, self.words = settings, line, language, words
        self.menus = settings.menus_of(line)
        self.ends: dict[str, GraphBox] = {}
        """What callers end in, by id, in the order in which it is met."""
        self.rank_of_menu = self._ranks()

    def boxes(self) -> Iterator[GraphBox]:
        first = GraphBox(
            LINE,
            BoxKind.LINE,
            message("ivr.graph_line", number=self.line.number, name=self.line.name),
            rows=tuple(self._line_rows()),
        )
        menus = [self._menu_box(name) for name in self.menus]
        last = max(self.rank_of_menu.values(), default=0) + 1
        yield first
        yield from sorted(menus, key=lambda box: box.rank)
        known = list(self.ends)
        for place in known:
            yield replace(self.ends[place], rank=last, rows=tuple(self._limits(place)))
        further = [place for place in self.ends if place not in known]
        while further:
            last += 1
            known += further
            for place in further:
                yield replace(self.ends[place], rank=last, rows=tuple(self._limits(place)))
            further = [place for place in self.ends if place not in known]

    def _ranks(self) -> dict[str, int]:
        """Each menu's distance from the line, by the shortest way."""
        found: dict[str, int] = {}
        ahead = [self.line.menu, *(each.menu for case in self.line.start for _, each in case.ends())]
        rank = 1
        while ahead:
            new = [name for name in dict.fromkeys(ahead) if name in self.settings.menus and name not in found]
            found |= dict.fromkeys(new, rank)
            ahead = [each.menu for name in new for _, each in self.settings.menus[name].ends()]
            rank += 1
        return found

    # -- the line ----------------------------------------------------------------------------------

    def _line_rows(self) -> Iterator[GraphRow]:
        line = self.line
        if line.hours is not None:
            yield GraphRow(message("ivr.graph_closed", hours=line.hours), message("ivr.graph_closed_then"))
        if line.greets_known:
            yield GraphRow(message("ivr.graph_has_ticket"), message("ivr.graph_asked_about_it"))
        for case in line.start:
            yield from self._rows(case, self._when(case.when), 0, "")
        if all(self._when(case.when) is not None for case in line.start):
            what = message("ivr.graph_else") if line.start or line.greets_known or line.hours else None
            yield GraphRow(what, self._menu_words(line.menu), to=self._forward(line.menu, 0))

    # -- menus -------------------------------------------------------------------------------------

    def _menu_box(self, name: str) -> GraphBox:
        menu, rank = self.settings.menus[name], self.rank_of_menu[name]
        return GraphBox(
            menu_id(name),
            BoxKind.MENU,
            message("ivr.graph_menu", name=name),
            tuple(self._menu_notes(menu)),
            tuple(self._menu_rows(name, menu, rank)),
            name,
            rank,
        )

    def _menu_notes(self, menu: Menu) -> Iterator[Message]:
        words = self.words(menu.prompt)
        if words is None:
            yield message("ivr.graph_prompt", prompt=str(menu.prompt))
        else:
            yield message("ivr.graph_words", words=words)

    def _menu_rows(self, name: str, menu: Menu, rank: int) -> Iterator[GraphRow]:
        for key, option in menu.options.items():
            first, *rest = self._rows(
                option, message("ivr.graph_option", label=option.label_in(self.language)), rank, name
            )
            yield replace(first, key=key, option=(name, key))
            yield from rest
        operator = self._end(BoxKind.QUEUE, menu.operator_queue)
        yield GraphRow(
            message("ivr.graph_person"),
            self._queue_words(menu.operator_queue),
            OPERATOR_KEY,
            operator,
            option=(name, OPERATOR_KEY),
        )

    # -- destinations ------------------------------------------------------------------------------

    def _rows(
        self, leads: Destination, what: Message | None, rank: int, menu: str, indent: int = 0
    ) -> Iterator[GraphRow]:
        """A row for a destination; where it has cases, one for each of them below."""
        if leads.cases is None:
            words, to = self._leads(leads, rank)
            yield GraphRow(what, words, to=to, indent=indent)
            return
        yield GraphRow(what, None, indent=indent)
        for case in leads.cases:
            when = self._when(case.when) or message("ivr.graph_else")
            yield from self._rows(case, when, rank, menu, indent + 1)
        if all(self._when(case.when) is not None for case in leads.cases):
            queue = self.settings.menus[menu or self.line.menu].operator_queue
            yield GraphRow(
                message("ivr.graph_else"),
                self._queue_words(queue),
                to=self._end(BoxKind.QUEUE, queue),
                indent=indent + 1,
            )

    def _leads(self, leads: Destination, rank: int) -> tuple[Message, str | None]:
        """What is told of it, and the box."""
        match leads.verb:
            case "queue":
                assert leads.queue is not None
                words = self._queue_words(leads.queue)
                if leads.priority:
                    words = message("ivr.graph_priority", leads=words, priority=leads.priority)
                return words, self._end(BoxKind.QUEUE, leads.queue)
            case "menu":
                assert leads.menu is not None
                return self._menu_words(leads.menu), self._forward(leads.menu, rank)
            case "callback":
                assert leads.callback is not None
                name = self._queue_name(leads.callback)
                return message("ivr.graph_callback", queue=name), self._end(BoxKind.CALLBACK, leads.callback)
            case "message":
                assert leads.message is not None
                name = self._queue_name(leads.message)
                return message("ivr.graph_message", queue=name), self._end(BoxKind.MESSAGE, leads.message)
            case "transfer":
                assert leads.transfer is not None
                return message("ivr.graph_outside", number=leads.transfer), self._end(BoxKind.OUTSIDE, leads.transfer)
            case "language":
                return message("ivr.graph_language", language=leads.language), None
            case "lookup":
                return message("ivr.graph_lookup", name=leads.lookup), None
        said = leads.say if leads.say is not None else leads.end
        assert said is not None
        told = self.words(said) or str(said)
        return message("ivr.graph_say" if leads.say is not None else "ivr.graph_end", said=told), None

    def _forward(self, menu: str, rank: int) -> str | None:
        """The box of a menu that lies further on; one that the caller comes from is told in words alone."""
        return menu_id(menu) if self.rank_of_menu.get(menu, 0) > rank else None

    def _end(self, kind: BoxKind, name: str) -> str:
        place = f"{kind}-{name}"
        if place not in self.ends:
            self.ends[place] = self._end_box(place, kind, name)
        return place

    def _end_box(self, place: str, kind: BoxKind, name: str) -> GraphBox:
        if kind is BoxKind.OUTSIDE:
            return GraphBox(place, kind, message("ivr.graph_outside", number=name), (), (), name)
        title = {
            BoxKind.QUEUE: "ivr.graph_queue",
            BoxKind.CALLBACK: "ivr.graph_callback",
            BoxKind.MESSAGE: "ivr.graph_message",
        }[kind]
        notes = tuple(self._queue_notes(self.settings.queues[name])) if kind is BoxKind.QUEUE else ()
        return GraphBox(place, kind, message(title, queue=self._queue_name(name)), notes, (), name)

    def _queue_notes(self, queue: Queue) -> Iterator[Message]:
        if not queue.agents:
            yield message("ivr.graph_nobody")
        else:
            agents = ", ".join(self.settings.agent_called(name) for name in queue.agents)
            yield message("ivr.graph_agents", count=len(queue.agents), agents=agents)
        if queue.hours is not None:
            yield message("ivr.graph_hours", hours=queue.hours)

    def _limits(self, place: str) -> Iterator[GraphRow]:
        """Where a queue sends callers whom it cannot serve."""
        box = self.ends[place]
        if box.kind is not BoxKind.QUEUE:
            return
        queue, known = self.settings.queues[box.name], set(self.ends)
        limits = (
            (queue.longest_wait, "ivr.graph_longest_wait", "seconds"),
            (queue.most_callers, "ivr.graph_most_callers", "callers"),
            (queue.no_agents, "ivr.graph_no_agents", "seconds"),
        )
        for limit, code, fact in limits:
            if limit is None:
                continue
            what = message(code, **{fact: f"{getattr(limit, fact):g}"})
            if limit.to in OFFERS:
                yield GraphRow(what, message(OFFERS[limit.to]))
            else:
                to = self._end(BoxKind.QUEUE, limit.to)
                yield GraphRow(what, self._queue_words(limit.to), to=None if to in known else to)

    # -- words -------------------------------------------------------------------------------------

    def _menu_words(self, name: str) -> Message:
        return message("ivr.graph_menu", name=name)

    def _queue_words(self, name: str) -> Message:
        return message("ivr.graph_queue", queue=self._queue_name(name))

    def _queue_name(self, name: str) -> str:
        return self.settings.queues[name].name_in(self.language)

    def _when(self, when: CaseCondition) -> Message | None:
        """A condition in words; None: there is none."""
        told: list[Message] = []
        if when.hours is not None:
            told.append(message("ivr.graph_when_hours", hours=when.hours))
        for name, (so, not_so) in WHEN.items():
            value = getattr(when, name)
            if value is not None:
                told.append(message(so if value else not_so))
        if when.nobody is not None:
            told.append(message("ivr.graph_when_nobody", queue=self._queue_name(when.nobody)))
        return reduce(lambda first, then: message("ivr.graph_and", first=first, then=then), told) if told else None


def menu_id(name: str) -> str:
    """Of a menu's box."""
    return f"{BoxKind.MENU}-{name}"
