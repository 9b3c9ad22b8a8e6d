"""The search page's fields as a question: what a link carries, what a saved search keeps.

A form's field narrows what its words ask for; a field written among the words wins over the form's own.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date

from transcripts.search.query import FactFilter, Query, Speaker, parse

TEXT = "q"
FIELDS = {
    "agent": "agent", "queue": "queue", "line": "line", "language": "language", "result": "result",
    "survey": "survey", "ticket": "ticket", "number": "number", "from": "from", "to": "to",
    "talk_min": "talk>", "talk_max": "talk<", "silence": "silence>",
}  # fmt: skip
"""Fields of the form, and how each is written among the words."""
NAMES = (TEXT, "speaker", *FIELDS)
"""All that a link may carry of a question."""
SPEAKERS: tuple[Speaker, ...] = ("caller", "agent")
VALUE_MAX = 100


def given(asked: Mapping[str, object]) -> dict[str, str]:
    """The fields that say something, as they were written."""
    found = {name: str(asked.get(name) or "").strip() for name in NAMES}
    return {name: value for name, value in found.items() if value}


def query_of(asked: Mapping[str, object], today: date) -> Query:
    """What the form asks for."""
    values = given(asked)
    speaker = next((who for who in SPEAKERS if who == values.get("speaker")), None)
    query = parse(values.get(TEXT, ""), today, speaker)
    facts, notices = FactFilter(), list(query.notices)
    for name, word in FIELDS.items():
        value = values.get(name, "")[:VALUE_MAX].replace('"', " ").strip()
        if not value:
            continue
        sign = "" if word[-1] in "<>" else ":"
        read = parse(f'{word}{sign}"{value}"', today)
        notices += read.notices
        facts = _over(facts, read.facts)
    return replace(query, facts=_over(facts, query.facts), notices=tuple(dict.fromkeys(notices)))


def asked_of(query: Query) -> dict[str, str]:
    """A form that asks for the same, without what was not understood: for a link to another question."""
    facts = query.facts
    told = {
        TEXT: _typed(query), "agent": facts.agent, "queue": facts.queue, "line": facts.line,
        "language": facts.language, "result": facts.result, "survey": facts.survey, "ticket": facts.ticket,
        "number": facts.number, "from": facts.first, "to": facts.last, "talk_min": facts.talk_min,
        "talk_max": facts.talk_max, "silence": facts.silence_min,
    }  # fmt: skip
    return {
        name: f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in told.items()
        if value not in (None, "")
    }


def _typed(query: Query) -> str:
    """The words of a question as somebody types them."""
    pieces: list[str] = []
    speaker: Speaker | None = None
    signs = [(term, "OR" if place else "") for group in query.groups for place, term in enumerate(group)]
    for term, sign in signs + [(term, "-") for term in query.without]:
        said = f'"{" ".join(term.words)}"' if term.kind == "exact" else "-".join(term.words)
        pieces += ["OR"] if sign == "OR" else []
        pieces += [f"speaker:{term.speaker or 'any'}"] if term.speaker != speaker else []
        pieces.append(("-" if sign == "-" else "") + said + ("*" if term.kind == "prefix" else ""))
        speaker = term.speaker
    return " ".join(pieces)


def _over(below: FactFilter, above: FactFilter) -> FactFilter:
    """`above` where it says something, else `below`."""
    told = {each.name: getattr(above, each.name) for each in fields(FactFilter)}
    return replace(below, **{name: value for name, value in told.items() if value is not None})
