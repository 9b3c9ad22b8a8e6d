"""What happens now, told as it happens: who may listen, and what all who listen see.

One look at the store serves every page that is open. Who sees the same (`_kind`) is shown one page; of people who see
different rows each row is made once.
"""

import time
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flask import Flask, Response, abort, current_app, get_template_attribute, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from ringback.store.bus import AgentState
from web import access, i18n, origins, policy
from web.alarms import AlarmSight, calls_of, sight_of
from web.context import db, now, person, settings
from web.desk.pop import ScreenPop, pop_html, pop_of
from web.documents.facts import Document
from web.documents.pop import WITH_A_CALL, OfferNow, offers_now
from web.documents.promises import alarms_document
from web.feeds import LOOK_SECONDS, Feeds, Looked
from web.now import blueprint
from web.now.alarms import alarm_strip_of, known_to
from web.now.pieces import Floor, NowPieces
from web.now.views import look
from web.pieces import Recent, Section, single
from web.polling import news_of
from web.signed_in import SignedIn, of_request, still_signed_in
from web.streaming import hand_over

Shows = Literal["now", "alarms"]
"""What a page has of it: the whole floor with the line of alarms, or that line alone."""
SHOWS: dict[str, Shows] = {"now": "now", "alarms": "alarms"}


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks, with what decides about what is shown; an `access.Asker`."""

    session: SignedIn
    name: str
    role: str
    language: str
    shows: Shows

    def may(self, right: policy.Right) -> bool:
        return policy.may(self.role, right)


@blueprint.get("/stream")
def stream() -> ResponseReturnValue:
    """Server-sent events for one page; 204 where the server before us cannot go on with them."""
    if origins.foreign(dict(request.headers), request.host, settings().web.public_url):
        abort(403)
    shows = SHOWS.get(request.args.get("show", "")) or abort(400)
    response = Response(content_type="text/event-stream; charset=utf-8")
    response.automatically_set_content_length = False
    response.headers["Cache-Control"] = "no-store, no-transform"
    response.headers["X-Accel-Buffering"] = "no"
    if request.method != "GET":
        return response
    who = person()
    viewer = Viewer(of_request(who), who.name, who.role, i18n.choose_language(), shows)
    feed = current_app.extensions["feeds"].feed(viewer, request.remote_addr or "")
    return response if hand_over(request.environ, feed) else Response(status=204)


def init(app: Flask) -> None:
    """Makes ready what looks for all pages of `app`; it does so while one is open."""
    reader = FloorReader(app)
    app.extensions["feeds"] = Feeds(reader, reader.peek)


class FloorReader:
    """Looks at the store once for everybody."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._pieces = Recent[str]()
        self._sights = Recent[AlarmSight]()
        self._pops = Recent[ScreenPop]()
        self._last: Looked[Viewer] = Looked({}, {})
        self._looked_at = float("-inf")

    def __call__(self, viewers: Collection[Viewer]) -> Looked[Viewer]:
        if self._last.kinds.keys() >= set(viewers) and time.monotonic() - self._looked_at < LOOK_SECONDS:
            return self._glimpse()
        self._last, self._looked_at = self._look_at_all(viewers), time.monotonic()
        return self._last

    def _glimpse(self) -> Looked[Viewer]:
        """What was found just now, but for who calls whom: a busy floor is not looked at as a whole for each ring."""
        firsts = {kind: each for each, kind in self._last.kinds.items() if access.is_agent(each)}
        with self._app.test_request_context("/now"):
            offers = offers_now(db(), {each.name for each in firsts.values()})
            pages = dict(self._last.pages)
            for kind, who in firsts.items():
                with force_locale(who.language):
                    pages[kind] = [*self._pop(db(), who, offers), *pages[kind][1:]]
        return Looked(self._last.kinds, pages)

    def _look_at_all(self, viewers: Collection[Viewer]) -> Looked[Viewer]:
        with self._app.test_request_context("/now"):  # addresses and words are made as in a request
            found = self._look(db(), viewers)
        self._pieces.turn()
        self._sights.turn()
        self._pops.turn()
        return found

    def peek(self) -> Hashable:
        """Who has which call: an agent whose phone begins to ring is told at once who it is."""
        with self._app.app_context():
            query = select(AgentState.agent, AgentState.state, AgentState.call_id)
            return tuple(
                db().execute(query.where(AgentState.state.in_(WITH_A_CALL)).order_by(AgentState.agent)).tuples()
            )

    def _look(self, session: Session, viewers: Collection[Viewer]) -> Looked[Viewer]:
        here = _still_here(session, viewers)
        moment = now()
        floor = look(moment) if any(each.shows == "now" for each in here) else None
        alarms = StandingAlarms(floor.document["alarms"] if floor else alarms_document(session))
        calls = [*(call["call_id"] for call in floor.document["calls"]), *floor.document["messages"]] if floor else []
        owners = {(alarm["args"] or {}).get("owner") for alarm in alarms.found}
        kinds = {each: _kind(each, owners) for each in here}
        firsts = {kind: each for each, kind in kinds.items()}
        offers = offers_now(session, {each.name for each in firsts.values() if access.is_agent(each)})
        seen = access.seen_calls_of_each(session, firsts.values(), {*calls, *alarms.calls})
        pages: dict[Hashable, Sequence[Section]] = {}
        for language in {each.language for each in here}:
            with force_locale(language):
                for kind, who in firsts.items():
                    if who.language == language:
                        pages[kind] = self._page(floor, who, seen[who], alarms, self._pop(session, who, offers))
        return Looked(kinds, pages)

    def _page(
        self, floor: Floor | None, who: Viewer, seen: frozenset[str], alarms: "StandingAlarms", pop: list[Section]
    ) -> list[Section]:
        line = single("alarms", self._alarm_line(who, seen & alarms.calls, alarms))
        if floor is None or who.shows == "alarms":
            return [*pop, line]
        return [*pop, *NowPieces(floor, who, seen, self._pieces).sections(), line]

    def _pop(self, session: Session, who: Viewer, offers: Mapping[str, OfferNow]) -> list[Section]:
        """Who calls the agent who looks; read from the store when it becomes another call or another person's."""
        if not access.is_agent(who):
            return []
        offer = offers.get(who.name)
        pop = self._pops.of((who.name, offer), lambda: pop_of(session, who, offer))
        return [single("pop", self._pieces.of(("pop", who.language, who.name, offer), lambda: pop_html(pop)))]

    def _alarm_line(self, who: Viewer, seen: frozenset[str], alarms: "StandingAlarms") -> str:
        """`seen`: the calls of the alarms that `who` may open."""
        known = known_to(who, alarms.found)
        sight = self._sights.of((who.name, who.role, seen, alarms.news), lambda: sight_of(who, known, seen))

        def render() -> str:
            strip = alarm_strip_of(known, who, sight)
            return str(get_template_attribute("now/_alarm_strip.html", "alarm_line")(strip, ""))

        return self._pieces.of(("alarms", who.language, who.role, sight, alarms.news), render)


class StandingAlarms:
    """Those that a look found, for everybody."""

    def __init__(self, found: list[Document]) -> None:
        self.found = found
        self.calls = frozenset(calls_of(found))
        self.news = news_of(found)


def _still_here(session: Session, viewers: Collection[Viewer]) -> list[Viewer]:
    """Those whose session is not over and who are what they were when they came; others ask again, and are let in, or
    not, as what they are now."""
    found = still_signed_in(session, {each.session for each in viewers})
    return [each for each in viewers if found.get(each.session) == (each.name, each.role)]


def _kind(who: Viewer, owners: Collection[object]) -> Hashable:
    """Viewers of one kind are shown the same. An agent sees calls of his or her own, and whoever saved a search what
    became of it."""
    own = who.name if access.is_agent(who) or who.name in owners else ""
    return who.shows, who.language, who.role, own
