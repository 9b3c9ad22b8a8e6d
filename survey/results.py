"""Results over many calls: how many were asked, what became of it, what they answered; by agent, queue, choice, week.

Counted by the store, in two queries whatever is shown: one over runs, one over answers, each grouped by everything
that results are told apart by. Ringback's calls to itself are not among them. Shares and their intervals are
`survey/figures.py`'s.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, select
from sqlalchemy.orm import Session

from calls.models import Call
from calls.service import of_customers
from survey.figures import Score, Share, net_promoters, share
from survey.models import ASKED, STAYED, SurveyAnswer, SurveyRun

WEEKS = 53
"""So many weeks are looked at, at most."""


@dataclass(frozen=True)
class ResultsFilter:
    """Which runs are counted; empty: all."""

    first: date
    last: date
    """Both days are counted."""
    survey: str = ""
    agent: str = ""
    queue: str = ""
    language: str = ""
    path: str = ""
    """The caller's choices in the menus, as `path_of` writes them."""


@dataclass(frozen=True, slots=True)
class Group:
    """What results are told apart by."""

    survey: str
    agent: str
    queue: str
    language: str
    path: str
    week: date
    """Its Monday."""


@dataclass
class Outcomes:
    """How many there were of each, of the runs that were asked."""

    counts: Counter[str] = field(default_factory=Counter)
    not_asked: Counter[str] = field(default_factory=Counter)
    follow_ups: int = 0

    @property
    def asked(self) -> int:
        return sum(self.counts[outcome] for outcome in ASKED)

    @property
    def stayed(self) -> int:
        return sum(self.counts[outcome] for outcome in STAYED)

    @property
    def answered(self) -> Share:
        """Of those who were asked."""
        return share(self.counts["answered"], self.asked)


@dataclass
class Answers:
    """How often each key of one question was pressed."""

    survey: str
    name: str
    words: str = ""
    """The question as it was in one of the calls."""
    labels: dict[str, str] = field(default_factory=dict)
    """By key, as it was in one of the calls."""
    keys: Counter[str] = field(default_factory=Counter)
    means: Counter[str] = field(default_factory=Counter)
    unmeant: Counter[str] = field(default_factory=Counter)
    """By key, answers of which nobody had said what they mean when they were given."""

    def give_means(self, means: Mapping[str, str | None]) -> None:
        """What keys mean by the settings of now, for answers that were given before that was said."""
        for key, count in self.unmeant.items():
            if (meant := means.get(key)) is not None:
                self.means[meant] += count
        self.unmeant = Counter({key: count for key, count in self.unmeant.items() if means.get(key) is None})

    @property
    def n(self) -> int:
        return self.keys.total()

    def of(self, key: str) -> Share:
        return share(self.keys[key], self.n)

    @property
    def satisfied(self) -> Share:
        """CSAT: good answers of all that mean anything."""
        return share(self.means["good"], self.means.total())

    @property
    def promoters(self) -> Score:
        """NPS."""
        return net_promoters(self.means["good"], self.means["poor"], self.means.total())


@dataclass
class Results:
    """Everything that was counted, still told apart."""

    runs: dict[Group, Outcomes]
    answers: dict[Group, dict[tuple[str, str], Answers]]
    """By group, then by survey and the question's name."""

    def outcomes(self, groups: Iterable[Group] | None = None) -> Outcomes:
        """Of some groups; None: of all."""
        total = Outcomes()
        for group in self.runs if groups is None else groups:
            if (found := self.runs.get(group)) is not None:
                total.counts += found.counts
                total.not_asked += found.not_asked
                total.follow_ups += found.follow_ups
        return total

    def questions(self, groups: Iterable[Group] | None = None) -> dict[tuple[str, str], Answers]:
        """The answers of each question in some groups; None: in all."""
        total: dict[tuple[str, str], Answers] = {}
        for group in self.answers if groups is None else groups:
            for key, found in self.answers.get(group, {}).items():
                whole = total.setdefault(key, Answers(*key))
                whole.words, whole.labels = found.words or whole.words, {**whole.labels, **found.labels}
                whole.keys += found.keys
                whole.means += found.means
                whole.unmeant += found.unmeant
        return total

    def by(self, value: Callable[[Group], Any]) -> dict[Any, list[Group]]:
        """The groups by one of the things that tell them apart, e.g. the agent."""
        found: dict[Any, list[Group]] = {}
        for group in {**self.runs, **self.answers}:
            found.setdefault(value(group), []).append(group)
        return found


def results(session: Session, wanted: ResultsFilter, zone: ZoneInfo, *, only_agent: str | None = None) -> Results:
    """`only_agent`: whose talks alone are counted; None: everybody's."""
    mondays = _mondays(wanted.first, wanted.last)
    week = _week_of(mondays, zone)
    # The path is grouped as the store keeps it, and read afterwards.
    columns = (SurveyRun.survey, SurveyRun.agent, SurveyRun.queue, Call.language, cast(Call.menu_path, String), week)
    conditions = _conditions(wanted, zone, only_agent)
    found = Results({}, {})
    for *values, outcome, why, called, count in session.execute(
        _of_runs(select(*columns, SurveyRun.outcome, SurveyRun.not_asked, SurveyRun.follow_up, func.count()))
        .where(*conditions)
        .group_by(*columns, SurveyRun.outcome, SurveyRun.not_asked, SurveyRun.follow_up)
    ):
        group = _group(values, mondays)
        if wanted.path and group.path != wanted.path:
            continue
        outcomes = found.runs.setdefault(group, Outcomes())
        if outcome == "not_asked":
            outcomes.not_asked[why or ""] += count
        else:
            outcomes.counts[outcome] += count
        outcomes.follow_ups += count if called else 0
    answer = (SurveyAnswer.survey, SurveyAnswer.name, SurveyAnswer.key, SurveyAnswer.means)
    for *values, survey, name, key, means, words, label, count in session.execute(
        _of_runs(select(*columns, *answer, func.max(SurveyAnswer.question), func.max(SurveyAnswer.label), func.count()))
        .join(SurveyAnswer, SurveyAnswer.call_id == SurveyRun.call_id)
        .where(*conditions)
        .group_by(*columns, *answer)
    ):
        group = _group(values, mondays)
        if wanted.path and group.path != wanted.path:
            continue
        answers = found.answers.setdefault(group, {}).setdefault((survey, name), Answers(survey, name))
        answers.words, answers.labels[key] = words, label
        answers.keys[key] += count
        (answers.unmeant if means is None else answers.means)[key if means is None else means] += count
    return found


def comments(
    session: Session, wanted: ResultsFilter, zone: ZoneInfo, *, only_agent: str | None = None, most: int = 20
) -> list[tuple[SurveyRun, Call]]:
    """The newest runs in which the caller was asked for words of his or her own."""
    query = _of_runs(select(SurveyRun, Call)).where(
        *_conditions(wanted, zone, only_agent), SurveyRun.comment_from.is_not(None)
    )
    rows = session.execute(query.order_by(SurveyRun.at.desc()).limit(most * (5 if wanted.path else 1))).tuples()
    chosen = [(run, call) for run, call in rows if not wanted.path or path_of(call.menu_path) == wanted.path]
    return chosen[:most]


def path_of(menu_path: Sequence[Any]) -> str:
    """A caller's choices, in the words of the menus: what the call is about, as far as anybody knows."""
    return " / ".join(str(step["label"]) for step in menu_path if isinstance(step, dict) and step.get("label"))


def _of_runs(query: Select[Any]) -> Select[Any]:
    return query.join(Call, Call.call_id == SurveyRun.call_id)


def _conditions(wanted: ResultsFilter, zone: ZoneInfo, only_agent: str | None) -> list[ColumnElement[bool]]:
    begin, end = _midnight(wanted.first, zone), _midnight(wanted.last + timedelta(days=1), zone)
    found = [and_(SurveyRun.at >= begin, SurveyRun.at < end), of_customers()]
    for column, value in (
        (SurveyRun.survey, wanted.survey),
        (SurveyRun.agent, wanted.agent),
        (SurveyRun.queue, wanted.queue),
        (Call.language, wanted.language),
        (SurveyRun.agent, only_agent),
    ):
        if value:
            found.append(column == value)
    return found


def _group(values: Sequence[Any], mondays: Sequence[date]) -> Group:
    survey, agent, queue, language, menu_path, week = values
    return Group(survey, agent or "", queue or "", language, path_of(json.loads(menu_path)), mondays[week])


def _mondays(first: date, last: date) -> list[date]:
    """Of each week, oldest first; of too many the newest."""
    monday, found = first - timedelta(days=first.weekday()), []
    while monday <= last:
        found.append(monday)
        monday += timedelta(weeks=1)
    return found[-WEEKS:] or [monday]


def _week_of(mondays: Sequence[date], zone: ZoneInfo) -> ColumnElement[int]:
    """The place among `mondays` of the week in which a run was; weeks begin by the owner's clock."""
    later = [(SurveyRun.at >= _midnight(monday, zone), place) for place, monday in enumerate(mondays) if place]
    return case(*reversed(later), else_=0) if later else literal(0)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
