"""Survey: the agent has hung up, and the caller who stays hears one question."""

from ivr.events import Done, Event
from ivr.memory import EARLY_SECONDS, Dialogue
from ivr.table import CallSignal
from ringback.config import Survey

SURVEY_ASKS = 2
"""How often it is asked at most."""


def read(call: Dialogue, done: Done) -> CallSignal:
    """An answer; a wrong key, once; or nothing more."""
    if done.value in _survey(call).options:
        return CallSignal.ANSWER_GIVEN
    return CallSignal.WRONG_KEY if done.value and call.memory.survey_asks < SURVEY_ASKS else CallSignal.NO_ANSWER


def after_talk(call: Dialogue) -> CallSignal:
    """Whether callers of this queue are asked."""
    return CallSignal.AGENT_LEFT if call.flow.survey_of(call.queue) else CallSignal.AGENT_LEFT_NO_SURVEY


def begin(call: Dialogue, at: float, now: float) -> None:
    """The question is asked for the first time."""
    chosen = call.flow.survey_of(call.queue)
    assert chosen is not None
    call.facts.survey, call.facts.survey_question = chosen[0], chosen[1].question_in(call.language)
    call.facts.survey_outcome = "offered"
    _ask(call, (), at, now)


def on_wrong_key(call: Dialogue, event: Event, now: float) -> None:
    """Once more."""
    _ask(call, ("menu-invalid",), event.at, now)


def on_answer_given(call: Dialogue, event: Done, now: float) -> None:
    """Thanks."""
    facts = call.facts
    facts.survey_outcome = "answered"
    option = _survey(call).options[event.value]
    facts.survey_key, facts.survey_label = event.value, option.label_in(call.language)
    facts.survey_at = event.at
    call.say_goodbye("survey-thanks", now)


def on_no_answer(call: Dialogue, event: Done, now: float) -> None:
    """Silence is an outcome of its own; a question that could not be asked is not."""
    if not event.failed:
        call.facts.survey_outcome = "silent"
    call.say_goodbye("goodbye", now)


def take_again(call: Dialogue, now: float) -> None:
    """The question is asked again."""
    _ask(call, (), now, now)


def _ask(call: Dialogue, before: tuple[str, ...], at: float, now: float) -> None:
    survey = _survey(call)
    call.memory.survey_asks += 1
    command = f"survey-{call.memory.survey_asks}"
    call.ask(command, (*before, survey.prompt), survey.key_seconds, now, deaf_until=at + EARLY_SECONDS)


def _survey(call: Dialogue) -> Survey:
    chosen = call.flow.survey_of(call.queue)
    assert chosen is not None, "the queue has a survey"
    return chosen[1]
