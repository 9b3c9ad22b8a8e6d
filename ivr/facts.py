"""What is known of a call: what its row, its ticket and its reports are made of."""

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class CallRecord:
    """The facts so far. Times are seconds since the epoch (UTC), None until they happened."""

    call_id: str
    line: str = ""
    language: str = "en"
    caller_number: str = ""
    caller_name: str = ""
    came_from: str = ""
    """As `ivr.events.Arrived.came_from`."""
    menu_path: list[dict[str, str]] = field(default_factory=list)
    menus: tuple[Any, ...] = ()
    """Each menu that was asked: (name, how often, silent tries, wrong keys), see `ivr.tries`."""
    about_ticket: int | None = None
    """The caller said that the call is about this ticket."""
    queue: str | None = None
    agent: str | None = None
    called_back: bool = False
    """We called, as we had promised."""
    promised_number: str | None = None
    """E.164: the caller was promised a call to this number."""
    closed: bool = False
    """The caller found the line or the queue closed."""
    opens_at: float | None = None
    """Where closed: when it opens again."""
    reason_from: float | None = None
    """The caller was asked why a call is wanted, and says it from then on."""
    reason_to: float | None = None
    message_from: float | None = None
    """The caller was asked for a message to its end, and speaks from then on."""
    message_to: float | None = None
    """Where the message ends, without the silence by which that was known; None: it was still being left."""
    problem: str | None = None
    """The known problem that the caller heard of."""
    problem_number: str | None = None
    """E.164: the caller is to be told there when it is fixed."""
    fixed_told: bool = False
    """The caller was to be called because a problem is fixed, and heard so on the line."""
    survey: str | None = None
    """The survey that was begun after the talk."""
    survey_outcome: str | None = None
    """As `survey.models.SurveyRun.outcome`."""
    survey_at: float | None = None
    """When it began."""
    survey_answers: list[dict[str, Any]] = field(default_factory=list)
    """In their order: name, question, key, label, means and at of each, as `survey.models.SurveyAnswer` has them."""
    survey_not_asked: str | None = None
    """Why this caller was not asked: one of `survey.questionnaire.NotAsked`."""
    comment_from: float | None = None
    """The caller was asked for words of their own, and speaks from then on."""
    comment_to: float | None = None
    follow_up: bool = False
    """`promised_number` is called about what was answered in the survey."""
    arrived_at: float | None = None
    queued_at: float | None = None
    connected_at: float | None = None
    released_at: float | None = None
    ended_at: float | None = None
    result: str | None = None
    moves: list[list[Any]] = field(default_factory=list)
    """[at, what, agent or None, reason or None] each, in the order they were heard of: see `ivr.segments`."""
    visits: tuple[Any, ...] = ()
    """Visits to queues so far, as the fields of `controller.visits.Visit`: written by the controller alone."""
    ended_by: str | None = None
    """caller, agent or us, as `calls.models.Call.ended_by`: written by the controller alone."""


def read_facts(data: dict[str, Any]) -> CallRecord:
    """The facts of a snapshot; one of a version before has a survey of one question."""
    known = {each.name for each in fields(CallRecord)}
    facts = CallRecord(**{name: value for name, value in data.items() if name in known})
    if data.get("survey_key") is not None:
        given = {"name": "1", "question": data["survey_question"], "key": data["survey_key"]}
        facts.survey_answers = [given | {"label": data["survey_label"], "means": None, "at": data["survey_at"]}]
    return facts
