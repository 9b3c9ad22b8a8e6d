"""The page of what happens now in pieces that can be sent alone: made once for all to whom they look the same.

Two people are shown the same row of an agent if they have the same language and both may set the agent, or neither may;
so what many look at costs as much as what a few do. What a piece says is `page`'s.
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from typing import Any, TypeVar

from flask import get_template_attribute
from flask_babel import get_locale
from markupsafe import Markup

from web.access import Asker, settable
from web.context import settings
from web.desk.page import agent_line
from web.documents.facts import Document
from web.now.page import agent_buttons, calls_shown, messages_seen, process_lines, process_notices, tiles_of, with_calls
from web.pieces import Recent, Section, single
from web.polling import news_of

T = TypeVar("T")
TEMPLATE = "now/_pieces.html"
PLACE = Markup("<!-- rows -->")
"""Where the items of a list come in its card."""


class Floor:
    """What one look found, for everybody."""

    def __init__(self, document: Document, moment: float) -> None:
        """`document` as `live_document` gives it, with `waits`."""
        self.document, self.moment = document, moment
        self.agents = frozenset(agent["agent"] for agent in document["agents"])
        self._made: dict[Hashable, Any] = {}

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made for the first who asks for it by this name."""
        if name not in self._made:
            self._made[name] = make()
        found: T = self._made[name]
        return found

    def news(self, *name: str, of: object) -> str:
        """`news_of` a part of the floor."""
        return self.once(name, lambda: news_of(of))


class NowPieces:
    """The page for one who looks, in the language that is chosen."""

    def __init__(
        self,
        floor: Floor,
        who: Asker,
        seen: Collection[str],
        recent: Recent[str] | None = None,
        token: str = "",
    ) -> None:
        """`seen`: the calls that `who` may open. `recent`: what was made before is taken from it. `token` protects
        forms of a page; what is sent to many has none, and the browser adds that of its page."""
        self._floor, self._who, self._seen = floor, who, seen
        self._recent, self._token = recent, token
        self._language = str(get_locale())

    def sections(self) -> list[Section]:
        """In the order in which they stand."""
        floor, moment = self._floor, self._floor.moment
        document, calls = floor.document, calls_shown(floor.document, self._seen)
        processes = floor.news("processes", of=[document["processes"], document["trunk"]])
        waits = floor.news("waits", of=document["waits"])
        problems, may = floor.news("problems", of=document["problems"]), self._who.may("alarms")
        tiles = with_calls(floor.once("tiles", lambda: tiles_of(document)), calls, messages_seen(document, self._seen))
        return [
            single("now-notices", self._made("notices", processes, lambda: (process_notices(document),))),
            single("now-tiles", self._made("tiles", tiles, lambda: (tiles, moment))),
            self._list("now-calls", "calls_card", {f"now-call-{each['call_id']}": self._call(each) for each in calls}),
            self._list("now-agents", "agents_card", self._agents()),
            single("now-problems", self._made("problems_card", (problems, may), self._problems)),
            single("now-waits", self._made("waits_card", waits, lambda: (document["waits"],))),
            single("now-processes", self._made("processes_card", processes, lambda: (process_lines(document),))),
        ]

    def _problems(self) -> tuple[object, ...]:
        may = self._who.may("alarms")
        return self._floor.document["problems"], may, self._token if may else ""

    def _call(self, call: Document) -> str:
        may_open = call["call_id"] in self._seen
        key = (self._floor.news("call", call["call_id"], of=call), may_open)
        return self._made("call_rows", key, lambda: (call, may_open, self._floor.moment))

    def _agents(self) -> dict[str, str]:
        """Most see most agents alike: only those who may be set are made for who looks."""
        agents, sets = self._floor.document["agents"], settable(self._who, self._floor.agents)

        def rows(of: Iterable[Document], may_set: bool) -> dict[str, str]:
            return {f"now-agent-{agent['agent']}": self._agent(agent, may_set) for agent in of}

        if sets == self._floor.agents:
            return self._floor.once(("agents", self._language, True, self._token), lambda: rows(agents, True))
        plain = self._floor.once(("agents", self._language, False, ""), lambda: rows(agents, False))
        return plain | rows((agent for agent in agents if agent["agent"] in sets), True) if sets else plain

    def _agent(self, agent: Document, may_set: bool) -> str:
        def values() -> tuple[object, ...]:
            buttons, reasons = agent_buttons(agent) if may_set else [], list(settings().pause_limits)
            return agent, agent_line(agent), buttons, reasons, self._floor.moment, self._token

        return self._made("agent_item", (self._floor.news("agent", agent["agent"], of=agent), may_set), values)

    def _list(self, name: str, card: str, items: dict[str, str]) -> Section:
        around = self._made(card, bool(items), lambda: (PLACE if items else "",))
        begin, _, end = around.partition(PLACE)
        return Section(name, items, (begin, end))

    def _made(self, piece: str, key: Hashable, values: Callable[[], tuple[object, ...]]) -> str:
        """`piece` of the template; `key` has all that is news in what it shows."""
        if self._recent is None:
            return self._render(piece, values())
        return self._recent.of((self._language, piece, key), lambda: self._render(piece, values()))

    def _render(self, piece: str, values: tuple[object, ...]) -> str:
        return str(get_template_attribute(TEMPLATE, piece)(*values))
