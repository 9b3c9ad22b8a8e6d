"""What each figure with calls behind it is of: which visits, talks, calls, promises and answers, and which of them it
counts. The conditions are those of `facts` and `figures`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, select
from sqlalchemy.orm import Session

from callback.models import BROKEN_STATES, Callback
from calls.models import Call, LegQuality, QueueVisit
from calls.service import of_customers
from recording.models import Recording
from reports import facts
from reports import measures as m
from reports.behind import (
    Apart,
    Behind,
    BehindAsked,
    BehindPage,
    BehindStep,
    Found,
    Kind,
    Look,
    Place,
    apart_of,
    of_calls,
    page_of,
)
from reports.figures import FIGURES
from reports.tally import bin_of
from ringback.config import Settings
from survey.models import SurveyAnswer, SurveyRun
from transcripts.models import Transcript
from transcripts.redaction.models import Redaction


def has_calls(figure: str) -> bool:
    """Whether there are calls behind a figure: times of agents have none."""
    return figure in KINDS


def has_sides(figure: str) -> bool:
    """Whether it is a share, which counts some of what it is of."""
    return figure in KINDS and FIGURES[figure].unit == "share"


def page(
    session: Session,
    wanted: BehindAsked,
    settings: Settings,
    now: datetime,
    after: Place | None = None,
    limit: int = 50,
) -> BehindPage:
    """What a figure is of, the newest first. Raises KeyError for one without calls."""
    return page_of(Look(session, wanted, settings, now), KINDS[wanted.figure], after, limit)


# -- visits ----------------------------------------------------------------------------------------------

VisitJudge = Callable[[Row[Any], float, Settings], bool | None]
"""Of a visit and its wait: whether it is counted; None: the figure is not of it."""


def _visits(judge: VisitJudge, outcomes: Iterable[str] = m.OUTCOMES) -> Kind:
    """Of callers. `outcomes`: the only ones that the figure can be of."""
    chosen = list(outcomes)

    def read(look: Look, after: Place | None) -> BehindStep:
        query = of_calls(
            look,
            QueueVisit.entered_at,
            QueueVisit.id,
            QueueVisit.call_id,
            QueueVisit.queue,
            QueueVisit.left_at,
            QueueVisit.outcome,
            QueueVisit.told_minutes,
            QueueVisit.agent,
        )
        query = query.join(QueueVisit, QueueVisit.call_id == Call.call_id).where(
            QueueVisit.left_at.is_not(None), QueueVisit.came_by != "callback", of_customers()
        )
        if len(chosen) < len(m.OUTCOMES):
            lost = QueueVisit.outcome.is_(None) if "lost" in chosen else False
            query = query.where(QueueVisit.outcome.in_(chosen) | lost)
        if look.wanted.asked.queues is not None:
            query = query.where(QueueVisit.queue.in_(look.wanted.asked.queues))
        rows, last = look.rows(query, QueueVisit.entered_at, QueueVisit.id, after)
        return BehindStep(look.chosen(judged(look, rows)), last)

    def judged(look: Look, rows: Iterable[Row[Any]]) -> Found:
        for row in rows:
            wait = (row.left_at - row.entered_at).total_seconds()
            counted = judge(row, wait, look.settings)
            if counted is not None:
                yield (
                    Behind(row.entered_at, str(row.id), row.call_id, counted),
                    apart_of(row, row.queue, row.agent),
                )

    return read


def _outcome(row: Row[Any]) -> str:
    return row.outcome or "lost"


def _all(_row: Row[Any], _wait: float, _settings: Settings) -> bool:
    return True


def _is_short(wait: float, settings: Settings) -> bool:
    return bin_of(wait) <= settings.reports.short_abandon_seconds


def _short(_row: Row[Any], wait: float, settings: Settings) -> bool | None:
    return True if _is_short(wait, settings) else None


def _service_level(row: Row[Any], wait: float, settings: Settings) -> bool | None:
    """As `figures.service_level`, of one visit."""
    level, outcome = settings.reports.service_level, _outcome(row)
    in_time, abandoned = bin_of(wait) <= level.seconds, outcome == "abandoned"
    is_of = outcome in ("answered", "abandoned", "lost")
    match level.rule:
        case "A":
            is_of = outcome == "answered"
        case "B":
            pass
        case "C":
            is_of = is_of and not (abandoned and in_time)
        case "D":
            return in_time if outcome in ("answered", "abandoned") else None
        case "E":
            gone = abandoned and (level.without_abandoned or (level.without_short and _is_short(wait, settings)))
            is_of = (is_of and not gone) or (level.with_flow_outs and outcome in m.FLOW_OUTS)
        case _:
            is_of = is_of and not (abandoned and _is_short(wait, settings))
    return (outcome == "answered" and in_time) if is_of else None


def _abandoned_share(row: Row[Any], wait: float, settings: Settings) -> bool | None:
    abandoned = _outcome(row) == "abandoned"
    return None if abandoned and _is_short(wait, settings) else abandoned


def _told_kept(row: Row[Any], wait: float, _settings: Settings) -> bool | None:
    if row.told_minutes is None:
        return None
    if row.told_minutes <= 60 and wait > row.told_minutes * 60:
        return False
    return True if row.outcome == "answered" else None


# -- calls, and what hangs on them -----------------------------------------------------------------------

CallRows = Callable[[Look, Sequence[Row[Any]]], Found]
"""What calls have that the figure is of, in their order."""


def _calls(found: CallRows, *only: ColumnElement[bool]) -> Kind:
    def read(look: Look, after: Place | None) -> BehindStep:
        query = of_calls(
            look,
            Call.arrived_at,
            Call.call_id,
            Call.ended_at,
            Call.queue,
            Call.agent,
            Call.result,
            Call.ended_by,
            Call.contact_id,
            Call.caller_number,
            Call.ticket_number,
            Call.connected_at,
            Call.released_at,
        ).where(Call.ended_at.is_not(None), of_customers(), *only)
        rows, last = look.rows(query, Call.arrived_at, Call.call_id, after)
        return BehindStep(look.chosen(found(look, rows)), last)

    return read


def _of_call(row: Row[Any], counted: bool, queue: str | None = None, agent: str | None = None) -> tuple[Behind, Apart]:
    return Behind(row.arrived_at, row.call_id, row.call_id, counted), apart_of(row, queue or row.queue, agent)


def _hung_up(who: str) -> CallRows:
    def found(_look: Look, rows: Sequence[Row[Any]]) -> Found:
        for row in rows:
            if row.ended_by not in (None, "", "unknown"):
                yield _of_call(row, row.ended_by == who, agent=row.agent)

    return found


def _every_call(_look: Look, rows: Sequence[Row[Any]]) -> Found:
    for row in rows:
        yield _of_call(row, True, agent=row.agent)


def _talks(look: Look, rows: Sequence[Row[Any]]) -> Found:
    return _some_talks(look, rows, lambda _why: True)


def _transfers(look: Look, rows: Sequence[Row[Any]]) -> Found:
    return _some_talks(look, rows, lambda why: why in ("blind", "attended"))


def _some_talks(look: Look, rows: Sequence[Row[Any]], counted: Callable[[str | None], bool]) -> Found:
    queues = facts.queues_before(look.session, rows)
    for talk in facts.talks_of(look.session, rows):
        queue = facts.queue_at(queues.get(talk.call.call_id, ()), talk.begins, talk.call.queue)
        behind, apart = _of_call(talk.call, counted(talk.why), agent=talk.agent)
        yield behind, Apart(queue, apart.told)


def _contacts(name: str, again: bool) -> CallRows:
    """Served calls of which it is known whether the caller called again; `again`: those that did are counted."""

    def found(look: Look, rows: Sequence[Row[Any]]) -> Found:
        old = [row for row in rows if look.is_old(row.arrived_at)]
        later = facts.later_calls(look.session, list(reversed(old)))
        for row in old:
            topic = None if row.topic_id is None else str(row.topic_id)
            hours = facts.hours_to(row, topic, later.get(row.contact_id, ())).get(name)
            came = hours is not None and hours <= look.settings.reports.first_contact_hours
            yield _of_call(row, came == again, agent=row.agent)

    return found


def _too_young(look: Look, rows: Sequence[Row[Any]]) -> Found:
    for row in rows:
        if not look.is_old(row.arrived_at):
            yield _of_call(row, True, agent=row.agent)


def _by_call(look: Look, query: Any, rows: Sequence[Row[Any]]) -> dict[str, list[Row[Any]]]:
    """Rows of a query by their call, the first column."""
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in look.session.execute(query([row.call_id for row in rows])):
        found[row[0]].append(row)
    return found


def _runs(ids: list[str]) -> Any:
    query = select(SurveyRun.call_id, SurveyRun.outcome, SurveyRun.agent, SurveyRun.queue)
    return query.where(SurveyRun.call_id.in_(ids))


def _response(look: Look, rows: Sequence[Row[Any]]) -> Found:
    runs = _by_call(look, _runs, rows)
    for row in rows:
        for run in runs.get(row.call_id, ()):
            if run.outcome != "not_asked":
                yield _of_call(row, run.outcome == "answered", run.queue, run.agent)


def _answers(measure: str) -> CallRows:
    def query(ids: list[str]) -> Any:
        columns = SurveyAnswer.call_id, SurveyAnswer.survey, SurveyAnswer.name, SurveyAnswer.means
        return select(*columns).where(SurveyAnswer.call_id.in_(ids))

    def found(look: Look, rows: Sequence[Row[Any]]) -> Found:
        questions = {
            (survey, question.name or str(place))
            for survey, setup in look.settings.surveys.items()
            for place, question in enumerate(setup.questions, 1)
            if question.measure == measure
        }
        runs, answers = _by_call(look, _runs, rows), _by_call(look, query, rows)
        for row in rows:
            for run in runs.get(row.call_id, ()):
                for answer in answers.get(row.call_id, ()):
                    if (answer.survey, answer.name) in questions:
                        yield _of_call(row, answer.means == "good", run.queue, run.agent)

    return found


def _states(query: Callable[[list[str]], Any], judge: Callable[[Row[Any]], bool | None]) -> CallRows:
    """Of rows that hang on calls, by what their columns after the call say."""

    def found(look: Look, rows: Sequence[Row[Any]]) -> Found:
        hanging = _by_call(look, query, rows)
        for row in rows:
            for each in hanging.get(row.call_id, ()):
                if (counted := judge(each)) is not None:
                    yield _of_call(row, counted, agent=row.agent)

    return found


def _recordings(ids: list[str]) -> Any:
    return select(Recording.call_id, Recording.state, Recording.fault).where(Recording.call_id.in_(ids))


def _texts(ids: list[str]) -> Any:
    masked = Redaction.state.label("masked")
    query = select(Transcript.call_id, Transcript.state, masked)
    return query.outerjoin(Redaction, Redaction.transcript_id == Transcript.id).where(Transcript.call_id.in_(ids))


def _one_of(column: str, good: tuple[str, ...], bad: tuple[str, ...]) -> Callable[[Row[Any]], bool | None]:
    def judge(row: Row[Any]) -> bool | None:
        state = getattr(row, column)
        return True if state in good else False if state in bad else None

    return judge


def _is_whole(row: Row[Any]) -> bool | None:
    if row.state in ("truncated", "garbled", "missing"):
        return False
    return row.fault is None if row.state == "stored" else None


def _legs(of_agents: bool) -> CallRows:
    def query(ids: list[str]) -> Any:
        columns = LegQuality.call_id, LegQuality.agent, LegQuality.received_mos, LegQuality.sent_mos
        return select(*columns).where(LegQuality.call_id.in_(ids))

    def found(look: Look, rows: Sequence[Row[Any]]) -> Found:
        legs = _by_call(look, query, rows)
        for row in rows:
            for leg in legs.get(row.call_id, ()):
                known = leg.received_mos is not None or leg.sent_mos is not None
                if known and (leg.agent is not None) == of_agents:
                    yield _of_call(row, True, agent=leg.agent or row.agent)

    return found


# -- promises --------------------------------------------------------------------------------------------


def _promises(judge: Callable[[Row[Any]], bool | None]) -> Kind:
    def read(look: Look, after: Place | None) -> BehindStep:
        query = (
            select(
                Callback.requested_at,
                Callback.id,
                Callback.ended_at,
                Callback.state,
                Callback.queue,
                Callback.line,
                Callback.language,
                Callback.agent,
                Callback.menu_path,
                Callback.asked_call_id,
                Callback.connected_call_id,
                Call.connected_at,
            )
            .outerjoin(Call, Call.call_id == Callback.connected_call_id)
            .where(Callback.once.is_(False), Callback.tells.is_(False))
        )
        rows, last = look.rows(query, Callback.requested_at, Callback.id, after)
        return BehindStep(look.chosen(judged(rows)), last)

    def judged(rows: Iterable[Row[Any]]) -> Iterator[tuple[Behind, Apart]]:
        for row in rows:
            if (counted := judge(row)) is None:
                continue
            told = {
                "line": row.line,
                "agent": row.agent,
                "menu": facts.path_of(row.menu_path),
                "language": row.language,
            }
            call_id = row.connected_call_id or row.asked_call_id
            yield Behind(row.requested_at, str(row.id), call_id, counted, row.id), Apart(row.queue, told)

    return read


def _kept(row: Row[Any]) -> bool | None:
    return True if row.state == "done" else False if row.state in BROKEN_STATES else None


def _broken(row: Row[Any]) -> bool | None:
    return True if row.state in BROKEN_STATES else None


def _kept_when(row: Row[Any]) -> bool | None:
    known = row.connected_at is not None or row.ended_at is not None
    return True if row.state == "done" and known else None


# -- figures ---------------------------------------------------------------------------------------------

_WAITED = ("answered", "abandoned", "lost")
_OF_TALKS = Call.connected_at.is_not(None)
_SERVED = (Call.result == "served", Call.contact_id.is_not(None))
_RUN = exists().where(SurveyRun.call_id == Call.call_id).correlate(Call)
_RECORDING = exists().where(Recording.call_id == Call.call_id).correlate(Call)
_TEXT = exists().where(Transcript.call_id == Call.call_id).correlate(Call)
_LEG = exists().where(LegQuality.call_id == Call.call_id).correlate(Call)

KINDS: dict[str, Kind] = {
    "calls": _calls(_every_call),
    "offered": _visits(_all),
    "answered": _visits(_all, ["answered"]),
    "abandoned": _visits(_all, ["abandoned"]),
    "short_abandons": _visits(_short, ["abandoned"]),
    "flow_outs": _visits(_all, m.FLOW_OUTS),
    "lost": _visits(_all, ["lost"]),
    "service_level": _visits(_service_level),
    "abandoned_share": _visits(_abandoned_share, _WAITED),
    "asa": _visits(_all, ["answered"]),
    "wait_median": _visits(_all, ["answered"]),
    "wait_p90": _visits(_all, ["answered"]),
    "abandoned_wait": _visits(_all, ["abandoned"]),
    "patience": _visits(_all),
    "told_kept": _visits(_told_kept),
    **{
        name: _calls(_talks, _OF_TALKS)
        for name in ("handled", "aht", "aht_median", "aht_p90", "talk", "hold", "wrap_up")
    },
    "transfers": _calls(_transfers, _OF_TALKS),
    "caller_hung_up": _calls(_hung_up("caller"), Call.ended_by.is_not(None)),
    "agent_hung_up": _calls(_hung_up("agent"), Call.ended_by.is_not(None)),
    "promises": _promises(lambda _row: True),
    "promises_kept": _promises(_kept),
    "promises_broken": _promises(_broken),
    "promise_wait": _promises(_kept_when),
    "first_contact": _calls(_contacts("contact", again=False), *_SERVED),
    "first_contact_number": _calls(_contacts("number", again=False), *_SERVED),
    "first_contact_ticket": _calls(_contacts("ticket", again=False), *_SERVED),
    "first_contact_topic": _calls(_contacts("topic", again=False), *_SERVED),
    "repeats": _calls(_contacts("contact", again=True), *_SERVED),
    "not_known_yet": _calls(_too_young, *_SERVED),
    "anonymous": _calls(_every_call, Call.result == "served", Call.contact_id.is_(None)),
    "csat": _calls(_answers("csat"), _RUN),
    "nps": _calls(_answers("nps"), _RUN),
    "survey_response": _calls(_response, _RUN),
    "recorded": _calls(_states(_recordings, _is_whole), _RECORDING),
    "transcribed": _calls(_states(_texts, _one_of("state", ("done",), ("failed",))), _TEXT),
    "masked": _calls(_states(_texts, _one_of("masked", ("clean", "passed"), ("failed",))), _TEXT),
    "mos_caller": _calls(_legs(of_agents=False), _LEG),
    "mos_agent": _calls(_legs(of_agents=True), _LEG),
}
"""By figure."""
