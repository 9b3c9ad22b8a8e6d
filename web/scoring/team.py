"""The team: averages of criteria, who is far from the others, what came after an assignment; how many each reviewer
scores a week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from library.models import Assignment, Playlist
from ringback.messages import Message
from ringback.store.base import utc
from scoring import candidates, cards, team
from scoring.errors import ScoringError
from scoring.models import Scorecard
from scoring.sampling import ChosenCall, choose
from scoring.team import Average, Difference
from web import access
from web.context import db, needs, now, person, settings
from web.documents.facts import Document
from web.documents.library import heard_documents
from web.labels import queue_name
from web.library.form import key_asked
from web.library.people import active
from web.scoring import blueprint

ASSIGNMENTS = 50
"""That are offered to be looked at."""
NEXT = 10
"""Calls that are shown to be scored next."""


@dataclass(frozen=True)
class DifferenceRow:
    """How one differs from the others, or after from before, in words of figures."""

    title: str
    before: str
    after: str
    difference: str
    """With its interval; a dash: too few to tell."""
    told: bool
    """More than chance does."""
    better: bool


@dataclass(frozen=True)
class TeamCriterionRow:
    """A criterion of the card."""

    title: str
    mean: str
    n: int
    outliers: list[DifferenceRow]


@dataclass(frozen=True)
class TeamQueueRow:
    """The scores of a queue's calls."""

    title: str
    page: str
    """The team in this queue alone; empty: of calls that were in none."""
    mean: str
    n: int
    chosen: bool


@dataclass(frozen=True)
class TeamPage:
    """Everything that scoring/team.html shows."""

    cards: list[tuple[str, str]]
    card: str
    """The one that is looked at; empty: there is none."""
    days: int
    fewest: int
    rows: list[TeamCriterionRow]
    queue: str
    """The one whose calls alone are looked at; empty: all."""
    queues: list[TeamQueueRow]
    criteria: list[tuple[str, str]]
    criterion: str
    assignments: list[tuple[str, str]]
    """Those that were done, to look at what came after."""
    assignment: str
    effect: list[DifferenceRow]
    effect_days: int


@dataclass(frozen=True)
class ReviewerRow:
    """A reviewer with the week."""

    name: str
    per_week: int
    done: int


@dataclass(frozen=True)
class ReviewGoalsPage:
    """Everything that scoring/goals.html shows."""

    rows: list[ReviewerRow]
    week: str
    fault: Message | None = None


@dataclass(frozen=True)
class NextRow:
    """A call that is to be scored next."""

    call: Document
    page: str
    agent: str
    why: tuple[Message, ...]


@dataclass(frozen=True)
class ReviewWeek:
    """What a reviewer has to do this week."""

    per_week: int
    done: int
    next: list[NextRow]


@blueprint.get("/scoring/team")
@needs("train")
def team_page() -> ResponseReturnValue:
    found = [row for row in cards.listing(db()) if cards.in_force(db(), row.id)]
    asked = key_asked("card")
    card = next((row for row in found if row.id == asked), found[0] if found else None)
    if asked is not None and (card is None or card.id != asked):
        abort(404)
    since, queue = utc(now()) - timedelta(days=team.DAYS), request.args.get("queue", "")
    queues = team.by_queue(db(), card.id, since, person().queues) if card else []
    if queue and queue not in _queues_seen(each for each, _ in queues):
        abort(404)
    only = frozenset({queue}) if queue else person().queues
    figures = team.figures(db(), card.id, since, only) if card else []
    criteria = [(each.criterion.key, each.criterion.title) for each in figures]
    criterion = request.args.get("criterion", "")
    given = _assignments()
    chosen = next((row for row, _title in given if str(row.id) == request.args.get("assignment", "")), None)
    criterion = criterion if criterion in dict(criteria) else criteria[0][0] if criteria else ""
    page = TeamPage(
        cards=[(str(row.id), row.title) for row in found],
        card=str(card.id) if card else "",
        days=team.DAYS,
        fewest=team.FEWEST,
        rows=[
            TeamCriterionRow(
                title=each.criterion.title,
                mean=_percent(each.all),
                n=each.all.n,
                outliers=[_difference(agent, apart) for agent, apart in each.outliers],
            )
            for each in figures
        ],
        queue=queue,
        queues=[_queue_row(card, each, score, queue) for each, score in queues] if card else [],
        criteria=criteria,
        criterion=criterion,
        assignments=[(str(row.id), f"{row.person}: {title}") for row, title in given],
        assignment=str(chosen.id) if chosen else "",
        effect=_effect(chosen, card, criterion) if chosen and card and criterion else [],
        effect_days=team.EFFECT_DAYS,
    )
    return render_template("scoring/team.html", **vars(page))


def _queues_seen(scored: Iterable[str | None]) -> set[str]:
    """Those of the settings and those that calls were scored of, as far as who asks may know of them."""
    known = {*settings().queues, *(each for each in scored if each is not None)}
    limited = person().queues
    return known if limited is None else known & limited


def _queue_row(card: Scorecard, queue: str | None, score: Average, chosen: str) -> TeamQueueRow:
    page = url_for("scoring.team_page", card=card.id, queue=queue) if queue else ""
    return TeamQueueRow(queue_name(queue) or "–", page, _percent(score), score.n, queue == chosen)


@blueprint.get("/scoring/goals")
@needs("grade")
def review_goals() -> ResponseReturnValue:
    return render_template("scoring/goals.html", **vars(_goals_page()))


@blueprint.post("/scoring/goals")
@needs("grade")
def set_review_goals() -> ResponseReturnValue:
    """How many calls each reviewer is to score a week."""
    at = utc(now())
    try:
        for name in _reviewers():
            text = request.form.get(f"goal-{name}", "").strip()
            if text and not (text.isascii() and text.isdecimal() and len(text) < 5):
                raise ScoringError("scoring.no_goal", most=candidates.MOST_A_WEEK)
            candidates.set_goal(db(), name, int(text or 0), person().name, at)
    except ScoringError as error:
        db().rollback()
        return make_response(render_template("scoring/goals.html", **vars(_goals_page(error.message))), 400)
    db().commit()
    flash(_("Saved."))
    return redirect(url_for("scoring.review_goals"), 303)


def review_week() -> ReviewWeek | None:
    """Of who asks; None: without a goal."""
    moment, zone, name = utc(now()), ZoneInfo(settings().timezone), person().name
    goals = candidates.goals(db())
    if name not in goals or not person().may("train"):
        return None
    week, monday = candidates.week_of(moment, zone)
    done = candidates.done_since(db(), monday, [name])[name]
    most = min(NEXT, goals[name] - done)
    chosen: Sequence[ChosenCall] = []
    if most > 0:
        found = candidates.candidates(db(), moment, zone, name, settings().reports.first_contact_hours)
        heard = access.heard_calls(db(), person(), [each.call_id for each in found])
        chosen = choose(
            [each for each in found if each.call_id in heard],
            week=week,
            reviewer=name,
            reviewers=[*goals],
            scored=candidates.scored_lately(db(), moment),
            most=most,
        )
    calls = heard_documents(db(), {each.call_id for each in chosen})
    rows = [
        NextRow(
            calls[each.call_id],
            url_for("calls.call", call_id=each.call_id, _anchor="scores"),
            each.agent,
            each.why,
        )
        for each in chosen
    ]
    return ReviewWeek(goals[name], done, rows)


def _reviewers() -> list[str]:
    return sorted(each.name for each in active() if each.may("train"))


def _goals_page(fault: Message | None = None) -> ReviewGoalsPage:
    week, monday = candidates.week_of(utc(now()), ZoneInfo(settings().timezone))
    goals, people = candidates.goals(db()), _reviewers()
    done = candidates.done_since(db(), monday, people)
    return ReviewGoalsPage([ReviewerRow(name, goals.get(name, 0), done[name]) for name in people], week, fault)


def _assignments() -> list[tuple[Assignment, str]]:
    """Those that were done, the latest first."""
    query = (
        select(Assignment, Playlist.title)
        .join(Playlist, Playlist.id == Assignment.playlist_id)
        .where(Assignment.done_at.is_not(None))
        .order_by(Assignment.done_at.desc())
        .limit(ASSIGNMENTS)
    )
    return [(row, title) for row, title in db().execute(query)]


def _effect(given: Assignment, card: Scorecard, criterion: str) -> list[DifferenceRow]:
    found = team.effect(db(), given, card.id, criterion, utc(now()), settings().reports.first_contact_hours)
    return [
        _difference(_("The criterion, share of points"), found.criterion),
        _difference(_("First contact: nobody called again"), found.first_contact),
        _difference(_("Survey: good of good and poor answers"), found.survey),
    ]


def _difference(title: str, found: Difference) -> DifferenceRow:
    words = "–"
    if found.value is not None and found.low is not None and found.high is not None:
        words = f"{found.value * 100:+.0f} ({found.low * 100:+.0f} … {found.high * 100:+.0f})"
    before, after = (f"{_percent(each)} ({each.n})" for each in (found.before, found.after))
    return DifferenceRow(title, before, after, words, found.told, (found.value or 0.0) > 0)


def _percent(each: Average) -> str:
    return "–" if each.mean is None else f"{each.mean * 100:.0f} %"
