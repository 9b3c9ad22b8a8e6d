"""/api/v1/surveys: results over days, and what single callers answered."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from calls.models import Call
from calls.service import of_customers
from ringback.store.base import utc
from survey.models import SurveyAnswer, SurveyRun
from survey.results import ResultsFilter
from web.access import Asker
from web.api.v1 import cursors
from web.api.v1.operations import operation
from web.api.v1.reading import wrong_argument
from web.api.v1.shapes.surveys import ApiResults, ApiResultsAsked, ApiRun, ApiRunPage, ApiRunsAsked
from web.context import db, now, settings
from web.documents.surveys import results_document

CURSOR = "surveys"
DEFAULT_DAYS, MOST_DAYS = 84, 366


@operation(
    "GET",
    "/surveys/results",
    scope="surveys:read",
    summary="Read results of surveys",
    query=ApiResultsAsked,
    answers=ApiResults,
)
def read_results(asker: Asker, query: ApiResultsAsked) -> ApiResults:
    """How many were asked, what became of it, and what they answered. At most 366 days; of an agent own talks alone."""
    last = query.last or utc(now()).astimezone(ZoneInfo(settings().timezone)).date()
    first = query.first or _before(last, DEFAULT_DAYS - 1)
    if first > last or (last - first).days >= MOST_DAYS:
        raise wrong_argument("from", f"Choose 1 to {MOST_DAYS} days.")
    if not date(1970, 1, 2) <= first <= last <= date(9000, 1, 1):
        raise wrong_argument("from", "Choose days of calls.")
    wanted = ResultsFilter(first, last, query.survey, query.agent, query.queue, query.language)
    found = results_document(db(), wanted, settings(), only_agent=_only_own(asker))
    outcomes = found["outcomes"]
    return ApiResults.model_validate(
        {
            **{name: outcomes[name] for name in ("offered", "stayed", "hung_up", "silent", "opted_out", "follow_ups")},
            "answered": outcomes["answered"],
            "from": first.isoformat(),
            "to": last.isoformat(),
            "questions": found["questions"],
        }
    )


@operation(
    "GET",
    "/surveys/answers",
    scope="surveys:read",
    summary="List what callers answered",
    query=ApiRunsAsked,
    answers=ApiRunPage,
)
def list_answers(asker: Asker, query: ApiRunsAsked) -> ApiRunPage:
    """Talks after which a caller was asked, or could have been, the newest first; with the answers."""
    wanted = select(SurveyRun).join(Call, Call.call_id == SurveyRun.call_id).where(of_customers())
    only = _only_own(asker)
    for column, value in (
        (SurveyRun.survey, query.survey),
        (SurveyRun.agent, query.agent),
        (SurveyRun.agent, only or ""),
        (SurveyRun.queue, query.queue),
        (SurveyRun.outcome, query.outcome),
    ):
        if value:
            wanted = wanted.where(column == value)
    if query.cursor is not None:
        wanted = wanted.where(SurveyRun.id < cursors.read_id(CURSOR, query.cursor))
    found = db().scalars(wanted.order_by(SurveyRun.id.desc()).limit(query.limit + 1)).all()
    shown = found[: query.limit]
    given: dict[str, list[SurveyAnswer]] = {}
    answers = select(SurveyAnswer).where(SurveyAnswer.call_id.in_([run.call_id for run in shown]))
    for answer in db().scalars(answers.order_by(SurveyAnswer.at)):
        given.setdefault(answer.call_id, []).append(answer)
    following = cursors.write(CURSOR, str(shown[-1].id)) if len(found) > query.limit else None
    return ApiRunPage(items=[_run(run, given.get(run.call_id, [])) for run in shown], next=following)


def _run(run: SurveyRun, answers: list[SurveyAnswer]) -> ApiRun:
    names = ("id", "survey", "at", "outcome", "not_asked", "agent", "queue", "poor", "follow_up")
    of_answer = ("survey", "name", "question", "key", "label", "means")
    return ApiRun.model_validate(
        {
            **{name: getattr(run, name) for name in names},
            "call": run.call_id,
            "answers": [{name: getattr(each, name) for name in of_answer} for each in answers],
        }
    )


def _only_own(asker: Asker) -> str | None:
    """Whose talks alone are counted; None: everybody's."""
    return None if asker.may("all_calls") else asker.name


def _before(day: date, days: int) -> date:
    try:
        return day - timedelta(days=days)
    except OverflowError:
        return date.min
