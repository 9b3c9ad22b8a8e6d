"""Scorecards: made, drafted, published, retired; which is for which call.

Works in the caller's transaction. A published version is never changed: whoever wants it otherwise drafts the next one,
and what was scored stays scored by the version of its day.
"""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ringback.store.erasing import quietly
from scoring.errors import ScoringError
from scoring.models import Scorecard, ScorecardVersion
from scoring.policy import MOST_POINTS, MOST_WEIGHT, WATCHES, CardScope, Criterion, criterion_of

MOST_TITLE = 120
MOST_HELP = 1000
MOST_LINE = 200
MOST_CHOICES = 20
"""Root causes, templates and wordings of one criterion, of each."""
MOST_CRITERIA = 40


def create(session: Session, title: str, by: str, at: datetime) -> Scorecard:
    """A card with an empty draft. Raises ScoringError."""
    row = Scorecard(title=_title(title), person=by, made_at=at)
    session.add(row)
    session.flush()
    session.add(ScorecardVersion(card_id=row.id, number=1, changed_by=by, changed_at=at))
    session.flush()
    return row


def there(session: Session, key: UUID) -> Scorecard:
    """For changing it. Raises ScoringError where it is not there, or retired."""
    row = session.get(Scorecard, key, with_for_update=True, populate_existing=True)
    if row is None or row.retired_at is not None:
        raise ScoringError("scoring.card_gone")
    return row


def describe(session: Session, key: UUID, title: str, queues: Sequence[str], lines: Sequence[str]) -> None:
    """What it is called and which calls it is for: from now on. Raises ScoringError."""
    row = there(session, key)
    row.title, row.queues, row.lines = _title(title), sorted(set(queues)), sorted(set(lines))


def listing(session: Session, *, retired: bool = False) -> list[Scorecard]:
    """Those in use by name; then, if asked, those that are not."""
    query = select(Scorecard).order_by(Scorecard.retired_at.is_not(None), Scorecard.title, Scorecard.id)
    return list(session.scalars(query if retired else query.where(Scorecard.retired_at.is_(None))))


def versions_of(session: Session, card: UUID) -> list[ScorecardVersion]:
    """The newest first."""
    query = select(ScorecardVersion).where(ScorecardVersion.card_id == card).order_by(ScorecardVersion.number.desc())
    return list(session.scalars(query))


def draft_of(session: Session, card: UUID) -> ScorecardVersion | None:
    """The one version that may be changed."""
    unpublished = ScorecardVersion.card_id == card, ScorecardVersion.published_at.is_(None)
    return session.scalars(select(ScorecardVersion).where(*unpublished)).one_or_none()


def in_force(session: Session, card: UUID) -> ScorecardVersion | None:
    """The version that calls are scored by now; None: none was published yet."""
    published = ScorecardVersion.card_id == card, ScorecardVersion.published_at.is_not(None)
    newest = select(ScorecardVersion).where(*published).order_by(ScorecardVersion.number.desc()).limit(1)
    return session.scalars(newest).one_or_none()


def criteria_of(version: ScorecardVersion) -> list[Criterion]:
    """In their order."""
    return [criterion_of(each) for each in version.criteria]


def titles_of(session: Session, versions: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """By version and key what criteria are called."""
    rows = session.scalars(select(ScorecardVersion).where(ScorecardVersion.id.in_(versions)))
    return {row.id: {each.key: each.title for each in criteria_of(row)} for row in rows}


def scope_of(card: Scorecard) -> CardScope:
    """Which calls it is for."""
    return CardScope(frozenset(map(str, card.queues)), frozenset(map(str, card.lines)))


def for_call(session: Session, queue: str | None, line: str) -> list[tuple[Scorecard, ScorecardVersion]]:
    """What a call can be scored by now: cards made for fewer queues first."""
    found = []
    for card in listing(session):
        scope, version = scope_of(card), in_force(session, card.id)
        if version is not None and scope.has(queue, line):
            found.append((len(scope.queues) or 1000, card, version))
    return [(card, version) for _, card, version in sorted(found, key=lambda each: (each[0], each[1].title))]


# -- drafts ----------------------------------------------------------------------------------------------


def begin_draft(session: Session, card: UUID, by: str, at: datetime) -> ScorecardVersion:
    """The draft that there is, or a new one with what is in force. Raises ScoringError."""
    there(session, card)
    draft = draft_of(session, card)
    if draft is None:
        number = session.scalar(select(func.max(ScorecardVersion.number)).where(ScorecardVersion.card_id == card)) or 0
        now = in_force(session, card)
        criteria = list(now.criteria) if now else []
        draft = ScorecardVersion(card_id=card, number=number + 1, criteria=criteria, changed_by=by, changed_at=at)
        session.add(draft)
        session.flush()
    return draft


def drop_draft(session: Session, card: UUID) -> None:
    """What is in force stays. Raises ScoringError: nothing would be left."""
    there(session, card)
    draft = _draft(session, card)
    if in_force(session, card) is None:
        raise ScoringError("scoring.only_draft")
    session.delete(draft)
    session.flush()


def put(session: Session, card: UUID, asked: Criterion, by: str, at: datetime) -> Criterion:
    """Changes a criterion of the draft; one without a key goes to its end. Raises ScoringError."""
    checked = _checked(asked)

    def change(criteria: list[Criterion]) -> list[Criterion]:
        if not checked.key:
            if len(criteria) >= MOST_CRITERIA:
                raise ScoringError("scoring.many_criteria", most=MOST_CRITERIA)
            return [*criteria, replace(checked, key=secrets.token_hex(6))]
        _among(criteria, checked.key)
        return [checked if each.key == checked.key else each for each in criteria]

    found = _changed(session, card, change, by, at)
    return next(each for each in reversed(found) if not checked.key or each.key == checked.key)


def take_out(session: Session, card: UUID, key: str, by: str, at: datetime) -> None:
    """Raises ScoringError."""

    def change(criteria: list[Criterion]) -> list[Criterion]:
        _among(criteria, key)
        return [each for each in criteria if each.key != key]

    _changed(session, card, change, by, at)


def move(session: Session, card: UUID, key: str, step: int, by: str, at: datetime) -> None:
    """By `step` places, as far as there are. Raises ScoringError."""

    def change(criteria: list[Criterion]) -> list[Criterion]:
        at = _among(criteria, key)
        to = min(max(at + step, 0), len(criteria) - 1)
        moved = list(criteria)
        moved.insert(to, moved.pop(at))
        return moved

    _changed(session, card, change, by, at)


def publish(session: Session, card: UUID, by: str, at: datetime) -> ScorecardVersion:
    """From now on calls are scored by the draft. Raises ScoringError."""
    there(session, card)
    draft = _draft(session, card)
    if not draft.criteria:
        raise ScoringError("scoring.no_criteria")
    draft.published_by, draft.published_at = by, at
    session.flush()
    return draft


def retire(session: Session, card: UUID, at: datetime) -> None:
    """Nothing is scored by it any more; what was stays. Raises ScoringError."""
    row = there(session, card)
    row.retired_at = at
    session.flush()


def remove(session: Session, card: UUID) -> None:
    """A card of which nothing was ever published. Raises ScoringError."""
    row = there(session, card)
    if in_force(session, card) is not None:
        raise ScoringError("scoring.published")
    quietly(session, delete(ScorecardVersion).where(ScorecardVersion.card_id == card))
    session.delete(row)


def _changed(
    session: Session, card: UUID, change: Callable[[list[Criterion]], list[Criterion]], by: str, at: datetime
) -> list[Criterion]:
    there(session, card)
    draft = _draft(session, card)
    criteria = change(criteria_of(draft))
    draft.criteria = [each.as_json() for each in criteria]
    draft.changed_by, draft.changed_at = by, at
    session.flush()
    return criteria


def _draft(session: Session, card: UUID) -> ScorecardVersion:
    draft = draft_of(session, card)
    if draft is None:
        raise ScoringError("scoring.no_draft")
    return draft


def _among(criteria: Sequence[Criterion], key: str) -> int:
    for at, each in enumerate(criteria):
        if each.key == key:
            return at
    raise ScoringError("scoring.criterion_gone")


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not 1 <= len(title) <= MOST_TITLE:
        raise ScoringError("scoring.no_title", most=MOST_TITLE)
    return title


def _checked(asked: Criterion) -> Criterion:
    if not 0 < asked.points <= MOST_POINTS:
        raise ScoringError("scoring.no_points", most=int(MOST_POINTS))
    if not 0 < asked.weight <= MOST_WEIGHT:
        raise ScoringError("scoring.no_weight", most=int(MOST_WEIGHT))
    words = asked.help.strip()
    if len(words) > MOST_HELP:
        raise ScoringError("scoring.long_words", most=MOST_HELP)
    return replace(
        asked,
        title=_title(asked.title),
        help=words,
        points=round(asked.points, 2),
        weight=round(asked.weight, 2),
        causes=_choices(asked.causes),
        comments=_choices(asked.comments),
        wordings=_choices(asked.wordings),
        watch=asked.watch if asked.watch in WATCHES else "",
    )


def _choices(lines: Sequence[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(line for each in lines if (line := " ".join(each.split()))))
    if len(found) > MOST_CHOICES or any(len(each) > MOST_LINE for each in found):
        raise ScoringError("scoring.many_choices", most=MOST_CHOICES, long=MOST_LINE)
    return found
