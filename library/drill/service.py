"""Drills: made from a call by who trains, changed, tried by whom they are given to; attempts, voices that were kept.

Works in the caller's transaction. Who may try which is `web/access.py`'s, the sound `recording`'s, what an attempt has
of the points `points.py`'s. An attempt is judged by the version that was heard, and stays so.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from library.drill.models import Drill, DrillAttempt, DrillVersion, DrillVoice
from library.drill.points import HeardWord, check
from library.errors import LibraryError
from library.policy import Range, stretch
from ringback.store.erasing import quietly

MOST_TITLE, MOST_HINT, MOST_WORDING = 120, 500, 200
MOST_POINTS, MOST_WORDINGS = 12, 8
MOST_WORDS = 2000
"""Characters of an attempt."""
LONGEST_SCENE = 300.0
"""Seconds before the stop, and of the real answer."""
KEPT_ATTEMPTS = 200
"""Of a drill that are listed."""
STILL_OPEN = timedelta(hours=1)
"""How long a version can still be answered that was replaced: somebody had it on the page."""


@dataclass(frozen=True, slots=True)
class NewDrill:
    """What a drill is to be."""

    call_id: str
    title: str
    begin: float
    stop: float
    end: float
    points: str
    """A point on each line, its wordings divided by slashes."""
    hint: str = ""
    people: tuple[str, ...] = ()
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class DrillText:
    """What a drill is, or was, in one of its versions."""

    number: int
    title: str
    begin: float
    stop: float
    end: float
    points: list[list[str]]
    hint: str
    person: str
    """Who wrote it."""
    at: datetime
    until: datetime | None = None
    """When the next one came; None: it stands."""


@dataclass(frozen=True, slots=True)
class AttemptCount:
    """How a drill went for somebody, or for all."""

    attempts: int = 0
    best: int = 0
    """Points of the best one that were said."""
    of: int = 0
    """Of so many: a drill that was changed may have had others."""
    people: frozenset[str] = field(default_factory=frozenset)


def make(session: Session, asked: NewDrill, by: str, at: datetime, seconds: float | None) -> Drill:
    """`seconds`: of the recording. Raises LibraryError."""
    title, hint, scene, answer = _checked(asked, seconds)
    row = Drill(
        call_id=asked.call_id,
        title=title,
        begin=scene[0],
        stop=answer[0],
        end=answer[1],
        points=[list(point) for point in read_points(asked.points)],
        hint=hint,
        people=list(dict.fromkeys(asked.people)),
        everyone=asked.everyone,
        person=by,
        at=at,
    )
    session.add(row)
    session.flush()
    return row


def change(
    session: Session, key: UUID, asked: NewDrill, seen: int, by: str, at: datetime, seconds: float | None
) -> Drill:
    """Its call, and to whom it is given, stay. `seen`: the version that is changed. What is as it was makes no version.
    Raises LibraryError: drill_changed where somebody was quicker, drill_gone."""
    row = session.get(Drill, key, populate_existing=True)
    if row is None:
        raise LibraryError("library.drill_gone")
    before = as_it_is(row)
    if before.number != seen:
        raise LibraryError("library.drill_changed")
    title, hint, scene, answer = _checked(asked, seconds)
    points = [list(point) for point in read_points(asked.points)]
    wanted = {"title": title, "begin": scene[0], "stop": answer[0], "end": answer[1], "points": points, "hint": hint}
    if all(getattr(before, name) == value for name, value in wanted.items()):
        return row
    as_seen = update(Drill).where(Drill.id == key, Drill.version == seen)
    values = {**wanted, "version": seen + 1, "changed_by": by, "changed_at": at}
    if not quietly(session, as_seen.values(values)).rowcount:
        raise LibraryError("library.drill_changed")
    old = asdict(before) | {"until": at}
    session.add(DrillVersion(drill_id=key, **old))
    session.flush()
    session.refresh(row)
    return row


def copy(session: Session, row: Drill, title: str, by: str, at: datetime, seconds: float | None) -> Drill:
    """Given to nobody, without attempts: from now on another drill, of whoever copies it. Raises LibraryError."""
    asked = NewDrill(row.call_id, title, row.begin, row.stop, row.end, points_text(row.points), row.hint)
    return make(session, asked, by, at, seconds)


def as_it_is(row: Drill) -> DrillText:
    """The version that stands."""
    return DrillText(
        row.version,
        row.title,
        row.begin,
        row.stop,
        row.end,
        row.points,
        row.hint,
        row.changed_by or row.person,
        row.changed_at or row.at,
    )


def versions_of(session: Session, row: Drill) -> list[DrillText]:
    """All of them, the newest first."""
    query = select(DrillVersion).where(DrillVersion.drill_id == row.id).order_by(DrillVersion.number.desc())
    return [as_it_is(row), *(_text(each) for each in session.scalars(query))]


def version(session: Session, row: Drill, number: int) -> DrillText | None:
    if number == row.version:
        return as_it_is(row)
    one = DrillVersion.drill_id == row.id, DrillVersion.number == number
    found = session.scalars(select(DrillVersion).where(*one)).one_or_none()
    return None if found is None else _text(found)


def points_text(points: Sequence[Sequence[str]]) -> str:
    """As `NewDrill.points`."""
    return "\n".join(" / ".join(point) for point in points)


def _text(row: DrillVersion) -> DrillText:
    return DrillText(
        row.number, row.title, row.begin, row.stop, row.end, row.points, row.hint, row.person, row.at, row.until
    )


def _checked(asked: NewDrill, seconds: float | None) -> tuple[str, str, Range, Range]:
    """Title, hint, scene and answer. Raises LibraryError."""
    title, hint = " ".join(asked.title.split()), asked.hint.strip()
    if not title or len(title) > MOST_TITLE:
        raise LibraryError("library.no_title", most=MOST_TITLE)
    if len(hint) > MOST_HINT:
        raise LibraryError("library.long_words", most=MOST_HINT)
    scene, answer = stretch(asked.begin, asked.stop, seconds), stretch(asked.stop, asked.end, seconds)
    if scene is None or answer is None or max(scene[1] - scene[0], answer[1] - answer[0]) > LONGEST_SCENE:
        raise LibraryError("library.drill_place", most=round(LONGEST_SCENE / 60))
    return title, hint, scene, answer


def read_points(text: str) -> list[tuple[str, ...]]:
    """Raises LibraryError: there is none, or too much."""
    lines = [[" ".join(each.split()) for each in line.split("/")] for line in text.splitlines()]
    points = [tuple(each for each in line if each) for line in lines]
    points = [point for point in points if point]
    if not points:
        raise LibraryError("library.drill_points")
    long = any(len(each) > MOST_WORDING for point in points for each in point)
    if long or len(points) > MOST_POINTS or any(len(point) > MOST_WORDINGS for point in points):
        raise LibraryError("library.drill_many", points=MOST_POINTS, wordings=MOST_WORDINGS, letters=MOST_WORDING)
    return points


def give(row: Drill, people: Sequence[str], everyone: bool) -> None:
    row.people, row.everyone = list(dict.fromkeys(people)), everyone


def remove(session: Session, key: UUID) -> None:
    """With everything that was said in it."""
    attempts = select(DrillAttempt.id).where(DrillAttempt.drill_id == key)
    quietly(session, delete(DrillVoice).where(DrillVoice.attempt_id.in_(attempts)))
    quietly(session, delete(DrillAttempt).where(DrillAttempt.drill_id == key))
    quietly(session, delete(DrillVersion).where(DrillVersion.drill_id == key))
    quietly(session, delete(Drill).where(Drill.id == key))


def listing(session: Session, *, limit: int, before: tuple[datetime, UUID] | None = None) -> list[Drill]:
    """Newest first."""
    query = select(Drill).order_by(Drill.at.desc(), Drill.id.desc()).limit(limit)
    if before is not None:
        at, key = before
        query = query.where((Drill.at < at) | ((Drill.at == at) & (Drill.id < key)))
    return list(session.scalars(query))


def attempt(
    session: Session,
    row: Drill,
    person: str,
    said: Sequence[HeardWord],
    language: str,
    at: datetime,
    *,
    spoken: bool,
    voice: bytes | None = None,
    shown: int | None = None,
) -> DrillAttempt:
    """What somebody said, and which points it has. `voice`: FLAC, of who wants it kept. `shown`: the version that was
    heard; None: the one that stands. Raises LibraryError."""
    judged = _still_open(session, row, shown, at)
    words = " ".join(each.text for each in said).strip()
    if not words:
        raise LibraryError("library.no_words")
    if len(words) > MOST_WORDS:
        raise LibraryError("library.long_words", most=MOST_WORDS)
    found = [list(asdict(each).values()) for each in check(said, judged.points, language)]
    made = DrillAttempt(
        drill_id=row.id, person=person, words=words, spoken=spoken, points=found, at=at, version=judged.number
    )
    session.add(made)
    session.flush()
    if voice is not None:
        session.add(DrillVoice(attempt_id=made.id, sound=voice, at=at))
        session.flush()
    return made


def _still_open(session: Session, row: Drill, shown: int | None, at: datetime) -> DrillText:
    found = as_it_is(row) if shown is None else version(session, row, shown)
    if found is None or (found.until is not None and found.until < at - STILL_OPEN):
        raise LibraryError("library.drill_since")
    return found


def typed(text: str) -> list[HeardWord]:
    """The words of a text that was typed."""
    return [HeardWord(word) for word in text.split()]


def attempts_of(
    session: Session,
    key: UUID,
    person: str | None = None,
    *,
    limit: int = KEPT_ATTEMPTS,
    before: tuple[datetime, UUID] | None = None,
) -> list[DrillAttempt]:
    """The newest first; `person`: of this one alone."""
    query = select(DrillAttempt).where(DrillAttempt.drill_id == key)
    if person is not None:
        query = query.where(DrillAttempt.person == person)
    if before is not None:
        at, last = before
        query = query.where((DrillAttempt.at < at) | ((DrillAttempt.at == at) & (DrillAttempt.id < last)))
    return list(session.scalars(query.order_by(DrillAttempt.at.desc(), DrillAttempt.id.desc()).limit(limit)))


def counts(session: Session, keys: Collection[UUID], person: str | None = None) -> dict[UUID, AttemptCount]:
    """By drill; `person`: of this one alone."""
    query = select(DrillAttempt.drill_id, DrillAttempt.person, DrillAttempt.points).where(
        DrillAttempt.drill_id.in_(list(keys))
    )
    if person is not None:
        query = query.where(DrillAttempt.person == person)
    found: dict[UUID, AttemptCount] = {}
    for key, who, points in session.execute(query).tuples():
        before = found.get(key, AttemptCount())
        said, of = max(((before.best, before.of), (said_points(points), len(points))), key=_how_well)
        found[key] = AttemptCount(before.attempts + 1, said, of, before.people | {who})
    return found


def _how_well(said: tuple[int, int]) -> tuple[float, int]:
    return said[0] / max(1, said[1]), said[1]


def said_points(points: Sequence[Sequence[str]]) -> int:
    """How many of an attempt's points were said."""
    return sum(each[0] == "said" for each in points)


def has_tried(session: Session, key: UUID, person: str, number: int) -> bool:
    """This version of it."""
    mine = DrillAttempt.drill_id == key, DrillAttempt.person == person, DrillAttempt.version == number
    return bool(session.scalar(select(func.count()).where(*mine)))


def tried_versions(session: Session, keys: Collection[UUID], person: str) -> set[tuple[UUID, int]]:
    """Drills with the version of them that this person has tried."""
    query = select(DrillAttempt.drill_id, DrillAttempt.version).distinct()
    mine = DrillAttempt.drill_id.in_(list(keys)), DrillAttempt.person == person
    return set(session.execute(query.where(*mine)).tuples())


# -- voices ------------------------------------------------------------------------------------------------


def voices_of(session: Session, person: str) -> set[UUID]:
    """Attempts of this person whose voice is kept."""
    query = select(DrillVoice.attempt_id).join(DrillAttempt, DrillAttempt.id == DrillVoice.attempt_id)
    return set(session.scalars(query.where(DrillAttempt.person == person)))


def voice(session: Session, attempt_id: UUID, person: str) -> bytes | None:
    """Of who spoke, for nobody else."""
    query = select(DrillVoice.sound).join(DrillAttempt, DrillAttempt.id == DrillVoice.attempt_id)
    return session.scalar(query.where(DrillVoice.attempt_id == attempt_id, DrillAttempt.person == person))


def forget_voice(session: Session, attempt_id: UUID, person: str) -> bool:
    """Deletes it; False: this person has none there."""
    own = select(DrillAttempt.id).where(DrillAttempt.id == attempt_id, DrillAttempt.person == person)
    return bool(quietly(session, delete(DrillVoice).where(DrillVoice.attempt_id.in_(own))).rowcount)


def forget_voices(session: Session, person: str) -> int:
    """All of a person; how many there were."""
    own = select(DrillAttempt.id).where(DrillAttempt.person == person)
    return quietly(session, delete(DrillVoice).where(DrillVoice.attempt_id.in_(own))).rowcount
