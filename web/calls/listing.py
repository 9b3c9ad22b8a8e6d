"""The list of calls as its page asks for it: filters and order from the address, links with them, the crumb back.

Every choice stands in the address, so a link is the list. The latest one is remembered in the session for the crumb
of a call's page, which many ways lead to.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import session, url_for

from ringback.store.base import utc
from transcripts.search.query import days
from web import access
from web.context import db, now, person, settings
from web.documents.call_list import ANSWER, CallFilter, CallOrder
from web.i18n import choose_language

FIELDS = ("text", "from", "to", "result", "agent", "queue", "line", "menu", "topic", "survey", "order")
"""What an address may carry of a list, besides the page."""
ALWAYS = ("text", "from", "to", "result", "agent")
"""Fields that the page always shows; the others are behind "More filters" until one of them says something."""
VALUE_MAX = 100
LATEST = "calls"
"""The session's name for the latest list."""


def chosen_in(asked: Mapping[str, str]) -> dict[str, str]:
    """The fields of an address that say something; an order that there is not is the newest first."""
    found = {name: str(asked.get(name, "")).replace("\0", "").strip()[:VALUE_MAX] for name in FIELDS}
    if order_of(found) is CallOrder.NEWEST:
        found["order"] = ""
    return {name: value for name, value in found.items() if value}


def order_of(chosen: Mapping[str, str]) -> CallOrder:
    """One of the orders that there are, whatever is asked."""
    return next((order for order in CallOrder if order.value == chosen.get("order")), CallOrder.NEWEST)


def filter_of(chosen: Mapping[str, str]) -> tuple[CallFilter, list[str]]:
    """What is asked for by whoever asks, and the dates that are none, which narrow nothing."""
    wrong: list[str] = []
    bounds: list[date | None] = []
    today = utc(now()).astimezone(ZoneInfo(settings().timezone)).date()
    for place, name in enumerate(("from", "to")):
        typed = chosen.get(name, "")
        found = days(typed, today) if typed else None
        wrong += [typed] if typed and found is None else []
        bounds.append(found[place] if found else None)
    wanted = CallFilter(
        result=chosen.get("result", ""),
        agent=chosen.get("agent", ""),
        only=access.only_own(db(), person()),
        queue=chosen.get("queue", ""),
        line=chosen.get("line", ""),
        menu=chosen.get("menu", ""),
        topic=chosen.get("topic", ""),
        survey=chosen.get("survey", ""),
        first=bounds[0],
        last=bounds[1],
        text=chosen.get("text", ""),
    )
    return wanted, wrong


def answer_words(survey: str) -> str:
    """An answer that is chosen by survey, question and key, in the reader's words; empty: it is chosen otherwise."""
    if (found := ANSWER.fullmatch(survey)) is None:
        return ""
    asked = settings().surveys.get(found[1])
    question = asked.question_named(found[2]) if asked else None
    option = question.options.get(found[3]) if question else None
    if question is None or option is None:
        return survey
    language = choose_language()
    return f"{question.question_in(language)} {option.label_in(language)}"


def remember(chosen: dict[str, str]) -> None:
    """Where the crumb of a call's page leads from now on."""
    if session.get(LATEST, {}) != chosen:
        session[LATEST] = chosen


def latest_list() -> str:
    """The address of the list that this person looked at last."""
    kept = session.get(LATEST)
    return address("calls.calls", chosen_in(kept if isinstance(kept, dict) else {}))


def address(endpoint: str, chosen: Mapping[str, str]) -> str:
    """Of a list, with what is chosen."""
    values: dict[str, Any] = dict(chosen)
    return url_for(endpoint, **values)
