"""Known problems in the store: told from now on, heard, asked about, fixed or ended; and the promises to say so.

Everything works inside the caller's transaction and is safe to repeat: a number asks once about a problem, and the end
is one UPDATE that only the first can win. What callers hear is `ivr/states/problem.py`'s; the calls that tell them are
promises like any other (`callback/promise.py`), without an agent.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from callback.errors import CallbackError
from callback.models import Callback
from callback.requests import CallbackRequest
from callback.service import promise
from problems.errors import ProblemError
from problems.models import KnownProblem, ProblemSubscriber
from ringback.config import EntryPoint, Settings, Spoken
from ringback.store.alarms import Executor, insert_or_leave
from ringback.store.base import utc, uuid7

MOST_CHARACTERS = 300
"""Of what callers hear before anything else: some 20 seconds."""


def languages_of(lines: Iterable[EntryPoint]) -> list[str]:
    """In which languages these lines speak, those of the first line first."""
    return list(dict.fromkeys(each for line in lines for each in (line.language, *line.languages)))


def spoken_words(settings: Settings, numbers: Iterable[str], words: Mapping[str, str]) -> Spoken:
    """What callers of these lines are to hear, as a prompt whose sound is still to be made. Raises ProblemError."""
    wanted = set(numbers)
    lines = [line for line in settings.lines if line.number in wanted]
    if not lines:
        raise ProblemError("problems.no_line")
    needed = languages_of(lines)
    said = {language: " ".join(words.get(language, "").split()) for language in needed}
    if missing := [language for language, text in said.items() if not text]:
        raise ProblemError("problems.no_words", languages=missing, lines=lines[0].name)
    if any(len(text) > MOST_CHARACTERS for text in said.values()):
        raise ProblemError("problems.long", most=MOST_CHARACTERS)
    return Spoken.of(said)


def tell(session: Session, prompt: Spoken, numbers: Iterable[str], by: str, now: datetime) -> KnownProblem:
    """Callers of these lines hear it from now on; its sound is there."""
    row = KnownProblem(
        lines=sorted(set(numbers)), words=dict(prompt.words), prompt=str(prompt), created_by=by, created_at=now
    )
    session.add(row)
    session.flush()
    return row


def standing(executor: Executor) -> list[tuple[str, str, list[str]]]:
    """What is told now, the newest first: id, prompt, the numbers of its lines."""
    query = select(KnownProblem.id, KnownProblem.prompt, KnownProblem.lines).where(KnownProblem.ended_at.is_(None))
    return [
        (str(id_), prompt, lines) for id_, prompt, lines in executor.execute(query.order_by(KnownProblem.id.desc()))
    ]


def note_heard(executor: Executor, problem: str) -> None:
    """One more call in which it was said is over."""
    heard = update(KnownProblem).where(KnownProblem.id == UUID(problem)).values(heard=KnownProblem.heard + 1)
    executor.execute(heard.execution_options(synchronize_session=False))


def subscribe(executor: Executor, *, problem: str, number: str, call_id: str, **facts: Any) -> None:
    """Whoever has this number (E.164) is to be told when it is fixed: `own_number`, `came_from`, `language`, `line`,
    `asked_at`. A number that has asked already is told once."""
    values = {"id": uuid7(), "problem_id": UUID(problem), "number": number, "call_id": call_id, **facts}
    executor.execute(insert_or_leave(ProblemSubscriber).values(**values))


TellByMessage = Callable[[ProblemSubscriber], bool]
"""Writes a message to somebody who asked; False: none can be sent there, so a call tells it."""
TOLD_BY_MESSAGE = {"kept": "waiting", "sent": "told", "delivered": "told"}
"""How a message counts; any other state: nobody was told."""


def end(
    session: Session,
    settings: Settings,
    key: UUID,
    by: str,
    now: float,
    *,
    fixed: bool,
    by_message: TellByMessage | None = None,
) -> int:
    """It is told no longer. `fixed`: whoever asked for it is called, or sent a message where that is wanted and can be.
    How many will be told; raises ProblemError where it was over already."""
    told = update(KnownProblem).where(KnownProblem.id == key, KnownProblem.ended_at.is_(None))
    ended = told.values(ended_at=utc(now), ended_by=by, fixed=fixed).execution_options(synchronize_session=False)
    if session.execute(ended.returning(KnownProblem.id)).first() is None:
        raise ProblemError("problems.over")
    if not fixed:
        return 0
    asked = select(ProblemSubscriber).where(ProblemSubscriber.problem_id == key, ProblemSubscriber.number.like("+%"))
    rows = session.scalars(asked.order_by(ProblemSubscriber.id)).all()
    return sum(_message(row, by_message) or _promise(session, settings, row, now) for row in rows)


def _message(row: ProblemSubscriber, write: TellByMessage | None) -> bool:
    if write is None or not write(row):
        return False
    row.message_state = "kept"
    return True


def _promise(session: Session, settings: Settings, row: ProblemSubscriber, now: float) -> bool:
    request = CallbackRequest(
        number=row.number,
        line=row.line,
        source="problem",
        source_key=f"problem:{row.id.hex}",
        language=row.language,
        call_id=row.call_id,
        came_from=row.came_from,
        own_number=row.own_number,
        tells=True,
    )
    try:
        row.callback_id = promise(session, settings, request, now).id
    except CallbackError as error:
        row.error = error.message
        return False
    return True


def counts_of(session: Session, problems: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """By problem who asked: `spared` in all, `waiting` to be told, `told`, `not_told` (not reached, or not called)."""
    state, told = func.coalesce(Callback.state, "none"), ProblemSubscriber.message_state
    query = (
        select(ProblemSubscriber.problem_id, told, state, Callback.connected_call_id.is_not(None), func.count())
        .outerjoin(Callback, Callback.id == ProblemSubscriber.callback_id)
        .where(ProblemSubscriber.problem_id.in_(list(problems)))
        .group_by(ProblemSubscriber.problem_id, told, state, Callback.connected_call_id.is_not(None))
    )
    ended = dict(session.execute(select(KnownProblem.id, KnownProblem.ended_at)).tuples().all())
    found: dict[UUID, dict[str, int]] = {
        key: dict.fromkeys(("spared", "waiting", "told", "not_told"), 0) for key in problems
    }
    for key, message, how, reached, count in session.execute(query).tuples():
        found[key]["spared"] += count
        if message is not None:
            found[key][TOLD_BY_MESSAGE.get(message, "not_told")] += count
        else:
            found[key][_told(how, bool(reached), is_over=ended[key] is not None)] += count
    return found


def _told(state: str, reached: bool, *, is_over: bool) -> str:
    if state == "none":
        return "not_told" if is_over else "waiting"
    if state == "done" or (state == "cancelled" and reached):
        return "told"
    return "not_told" if state in ("failed", "cancelled", "expired") else "waiting"
