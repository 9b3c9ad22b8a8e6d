"""The results of surveys as their page shows them: what the template would otherwise have to decide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from ringback.config.base import in_language
from survey.results import ResultsFilter
from web import access, i18n
from web.context import db, person, settings
from web.documents.facts import Document
from web.documents.surveys import BY
from web.labels import agent_name, label, queue_name
from web.survey.asked import AskedResults, link

TONES = {"good": "good", "fair": "warn", "poor": "bad"}
"""Of a bar, by what the answer means."""


@dataclass(frozen=True)
class Bar:
    """A share of n, drawn and in words."""

    count: int
    n: int
    percent: float | None
    """Of a hundred; None: too few to tell."""
    low: float
    high: float

    @property
    def words(self) -> str:
        """The share with its interval; a dash where too few have answered."""
        if self.percent is None:
            return "–"
        share, low, high = (round(each) for each in (self.percent, self.low, self.high))
        return _("%(share)d%% (%(low)d–%(high)d)", share=share, low=low, high=high)


@dataclass(frozen=True)
class OptionPart:
    """One answer of a question."""

    key: str
    label: str
    tone: str
    bar: Bar
    calls: str
    """The address of the calls in which it was given."""


@dataclass(frozen=True)
class QuestionPart:
    """One question with its answers."""

    code: str
    title: str
    survey: str
    n: int
    options: list[OptionPart]
    measure: str
    """CSAT or NPS in words; empty: it has none, or too few have answered."""
    chosen: bool
    """Groups are told by it."""


@dataclass(frozen=True)
class GroupPart:
    """One row of the table."""

    title: str
    only: str
    """The address of the results of this group alone; empty: there is nothing to narrow by."""
    offered: int
    answered: Bar
    n: int
    """Answers to the chosen question."""
    options: list[OptionPart]


@dataclass(frozen=True)
class ResultsPage:
    """Everything that survey/results.html shows."""

    asked: AskedResults
    chosen: dict[str, str]
    found: Document
    funnel: list[tuple[str, int, str]]
    """Outcomes in words, how many, and the address of their calls; empty: there is none."""
    response: Bar
    not_asked: list[tuple[str, int]]
    questions: list[QuestionPart]
    groups: list[GroupPart]
    by: list[tuple[str, str, str]]
    """What else groups may be told by: code, words, address."""
    seen: set[str]
    """Calls of comments whose page who asks may open."""
    choices: dict[str, list[tuple[str, str]]]
    everybody: bool
    """Whether who asks sees everybody's results."""
    narrowed: bool
    link: Callable[..., str]
    table: str
    """The address of the results as CSV."""


def results_page(asked: AskedResults, found: Document) -> ResultsPage:
    """For the person who asks."""
    chosen = asked.chosen
    questions = [_question(each, asked, found["question"]) for each in found["questions"]]
    everybody = asked.only_agent is None
    groups = [_group(each, asked) for each in found["groups"][asked.by]]
    return ResultsPage(
        asked=asked,
        chosen={**chosen, "from": asked.wanted.first.isoformat(), "to": asked.wanted.last.isoformat()},
        found=found,
        funnel=_funnel(found["outcomes"], asked.wanted),
        response=_bar(found["outcomes"]["response"]),
        not_asked=[
            (str(label("not_asked", why)), count)
            for why, count in sorted(found["outcomes"]["not_asked"].items(), key=lambda each: -each[1])
        ],
        questions=questions,
        groups=groups,
        by=[(name, by_words(name), link(chosen, by=name)) for name in BY if name != "agent" or everybody],
        seen=access.seen_calls(db(), person(), [each["call_id"] for each in found["comments"]]),
        choices=_choices(found),
        everybody=everybody,
        narrowed=any(name not in ("by", "question") for name in chosen),
        link=partial(link, chosen),
        table=link(chosen, "survey.results_table"),
    )


def by_words(name: str) -> str:
    """What groups are told by."""
    words = {
        "agent": _("Agent"),
        "queue": _("Queue"),
        "path": _("Menu path"),
        "language": _("Language"),
        "week": _("Week"),
    }
    return words[name]


def value_words(name: str, value: str) -> str:
    """A group as people know it."""
    match name:
        case "agent":
            return agent_name(value) or _("Unknown")
        case "queue":
            return queue_name(value) or _("Unknown")
        case "language":
            return str(label("language", value))
        case "week":
            return _("from %(day)s", day=format_date(date.fromisoformat(value), "d MMM y"))
    return value or _("No choice")


def in_words(words: str, others: Mapping[Any, str]) -> str:
    """What an owner wrote, in the language of who reads."""
    return in_language(words, others, i18n.choose_language())


def _funnel(outcomes: Document, wanted: ResultsFilter) -> list[tuple[str, int, str]]:
    return [
        (_("Asked"), outcomes["offered"], ""),
        (_("Heard the question to its end"), outcomes["stayed"], ""),
        (_("Answered"), outcomes["answered"], _calls(wanted, "answered")),
        (_("Pressed no key"), outcomes["silent"], _calls(wanted, "silent")),
        (_("Hung up before answering"), outcomes["hung_up"], _calls(wanted, "hung_up")),
        (_("Want to be asked no more"), outcomes["opted_out"], _calls(wanted, "opted_out")),
    ]


def _calls(wanted: ResultsFilter, survey: str) -> str:
    """The address of calls with this outcome or answer, in the same period."""
    values: dict[str, Any] = {name: value for name in ("agent", "queue") if (value := getattr(wanted, name))}
    values |= {"from": wanted.first.isoformat(), "to": wanted.last.isoformat(), "survey": survey}
    return url_for("calls.calls", **values)


def _bar(share: Document) -> Bar:
    known = share["share"] is not None
    figures = [100 * share[name] if known else 0.0 for name in ("share", "low", "high")]
    return Bar(share["count"], share["n"], figures[0] if known else None, figures[1], figures[2])


def _options(answers: Document, wanted: ResultsFilter) -> list[OptionPart]:
    return [
        OptionPart(
            key=option["key"],
            label=in_words(option["label"], option["labels"]),
            tone=TONES.get(option["means"] or "", "plain"),
            bar=_bar(option),
            calls=_calls(wanted, f"{answers['code']}:{option['key']}"),
        )
        for option in answers["options"]
    ]


def _question(answers: Document, asked: AskedResults, chosen: str | None) -> QuestionPart:
    return QuestionPart(
        code=answers["code"],
        title=in_words(answers["question"], answers["questions"]),
        survey=answers["survey"],
        n=answers["n"],
        options=_options(answers, asked.wanted),
        measure=_measure(answers),
        chosen=answers["code"] == chosen,
    )


def _measure(answers: Document) -> str:
    """The figure that the field compares by."""
    if answers["satisfied"] is not None:
        bar = _bar(answers["satisfied"])
        return "" if bar.percent is None else _("CSAT: %(share)s", share=bar.words)
    score = answers["promoters"]
    if score is None or score["score"] is None:
        return ""
    return _(
        "NPS: %(score)d (%(low)d to %(high)d)",
        score=round(score["score"]),
        low=round(score["low"]),
        high=round(score["high"]),
    )


def _group(group: Document, asked: AskedResults) -> GroupPart:
    name, value, answers = asked.by, group["value"], group["answers"]
    narrow = {} if name == "week" or not value else {name: value}
    return GroupPart(
        title=value_words(name, value),
        only=link(asked.chosen, **narrow, by="week") if narrow else "",
        offered=group["outcomes"]["offered"],
        answered=_bar(group["outcomes"]["response"]),
        n=0 if answers is None else answers["n"],
        options=[] if answers is None else _options(answers, asked.wanted),
    )


def _choices(found: Document) -> dict[str, list[tuple[str, str]]]:
    """What the form offers: what the settings have, and of menu paths those that there were."""
    setup = settings()
    language = i18n.choose_language()
    return {
        "survey": [(name, name) for name in setup.surveys],
        "agent": [(agent.name, agent.display) for agent in setup.agents],
        "queue": [(name, queue.name_in(language)) for name, queue in setup.queues.items()],
        "language": [(code, str(label("language", code))) for code in sorted({line.language for line in setup.lines})],
        "path": [(each["value"], each["value"]) for each in found["groups"]["path"] if each["value"]],
    }
