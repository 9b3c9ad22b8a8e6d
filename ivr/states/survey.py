"""Survey: the agent has hung up, and the caller who stays is asked what `survey.questionnaire` has.

Owns how it is played and what is noted. Which step follows, and what a key means in it, is the questionnaire's.
"""

from dataclasses import dataclass

from ivr import commands as cmd
from ivr.events import Done, Event, SurveyKnown
from ivr.memory import EARLY_SECONDS, Dialogue
from ivr.states import words
from ivr.table import CallSignal
from ringback.config import Survey
from ringback.phrases import YES_NO, Phrases
from survey import questionnaire
from survey.questionnaire import Reply

YES = "1"
"""The key of yes among `ringback.phrases.YES_NO`."""
TWICE_SECONDS = 0.4
"""A key so soon after an answer is the same key once more, and no answer to the next question."""
OUTCOMES = ("offered", "hung_up", "silent", "answered", "opted_out")
"""What may become of a survey: see `survey.models.SurveyRun.outcome`."""


@dataclass(frozen=True)
class _Step:
    """How one step has ended, and what follows."""

    reply: Reply
    next: int | None


def read(call: Dialogue, done: Done) -> CallSignal:
    """What a key means here, and whether something more is asked."""
    survey = _survey(call)
    if survey is None:
        return CallSignal.NO_ANSWER
    step = _step(call, survey, done)
    match step.reply:
        case Reply.WRONG_KEY:
            return CallSignal.WRONG_KEY
        case Reply.OPT_OUT:
            return CallSignal.OPTED_OUT
        case Reply.YES:
            return CallSignal.WANTS_CALL
        case Reply.ANSWER | Reply.SAID:
            return CallSignal.SURVEY_DONE if step.next is None else CallSignal.ANSWER_GIVEN
    return CallSignal.NO_ANSWER


def after_talk(call: Dialogue, at: float) -> CallSignal:
    """Whether this caller is asked."""
    chosen = call.flow.survey_of(call.queue)
    is_asked = chosen is not None and _why_not(call, at) is None
    return CallSignal.AGENT_LEFT if is_asked else CallSignal.AGENT_LEFT_NO_SURVEY


def note_known(call: Dialogue, event: SurveyKnown, _now: float) -> bool:
    """Counts when the talk is over, whenever that is."""
    call.memory.survey_asked_at, call.memory.survey_opted_out = event.asked_at, event.opted_out
    return True


def begin(call: Dialogue, at: float, now: float) -> None:
    """The first question is asked for the first time."""
    chosen = call.flow.survey_of(call.queue)
    assert chosen is not None
    facts, memory = call.facts, call.memory
    facts.survey, facts.survey_outcome, facts.survey_at = chosen[0], "offered", at
    memory.survey_step = memory.survey_tries = memory.misheard = 0
    _ask(call, chosen[1], (), at + EARLY_SECONDS, now)


def note_not_asked(call: Dialogue, at: float) -> None:
    """Why this caller is not asked who could be."""
    call.facts.survey_not_asked = None if (why := _why_not(call, at)) is None else why.value


def cut(call: Dialogue) -> None:
    """It was begun before it was known that the talk is not over."""
    facts = call.facts
    if facts.survey is not None:
        call.cut_prompt()
        facts.survey = facts.survey_outcome = facts.survey_at = None
        facts.survey_answers = []


def on_wrong_key(call: Dialogue, event: Event, now: float) -> None:
    """Once more."""
    survey = _survey(call)
    assert survey is not None
    spoke = isinstance(event, Done) and words.is_words(event)
    call.memory.misheard += spoke
    _ask(call, survey, ("words-unknown" if spoke else "menu-invalid",), event.at + EARLY_SECONDS, now)


def on_answer_given(call: Dialogue, event: Done, now: float) -> None:
    """The next step."""
    survey = _survey(call)
    assert survey is not None
    after = _step(call, survey, event).next
    assert after is not None
    _note(call, survey, event)
    call.memory.survey_step, call.memory.survey_tries = after, 0
    if questionnaire.is_comment(survey, after):
        _listen(call, survey, event.at, now)
    else:
        _ask(call, survey, (), event.at + TWICE_SECONDS, now)


def on_survey_done(call: Dialogue, event: Done, now: float) -> None:
    """Thanks."""
    survey = _survey(call)
    assert survey is not None
    _note(call, survey, event)
    call.say_goodbye("survey-thanks", now)


def on_no_answer(call: Dialogue, event: Done, now: float) -> None:
    """Silence is an outcome of its own; a question that could not be asked is not. Answers before it count."""
    facts = call.facts
    if facts.survey_outcome == "offered" and not event.failed:
        facts.survey_outcome = "silent"
    call.say_goodbye("survey-thanks" if facts.survey_answers else "goodbye", now)


def on_opted_out(call: Dialogue, _event: Done, now: float) -> None:
    """Not asked again: answers before that count."""
    call.facts.survey_outcome = "opted_out"
    call.say_goodbye("survey-opted-out", now)


def on_wants_call(call: Dialogue, event: Done, now: float) -> None:
    """The promise stands from here on."""
    survey = _survey(call)
    number = _number_to_call(call)
    if survey is None or survey.follow_up is None or number is None:
        call.say_goodbye("survey-thanks", now)  # it was forbidden in the last seconds
        return
    call.facts.promised_number, call.facts.follow_up = number, True
    call.do(cmd.PromiseCallback(number, event.at + survey.follow_up.minutes * 60))
    call.say_goodbye("fallback-thanks", now)


def take_again(call: Dialogue, now: float) -> None:
    """The question is asked again; nobody is asked twice for words of their own: they count as said, at once."""
    survey = _survey(call)
    if survey is None or questionnaire.is_comment(survey, call.memory.survey_step):
        call.expect(call.memory.pending, now)
    else:
        _ask(call, survey, (), now + EARLY_SECONDS, now)


def _step(call: Dialogue, survey: Survey, done: Done) -> _Step:
    step = call.memory.survey_step
    reply = questionnaire.reply(survey, step, done.value, call.memory.survey_tries)
    meant = [answer["means"] for answer in call.facts.survey_answers]
    if reply is Reply.ANSWER:
        meant.append(survey.questions[step].options[done.value].means)
    may_call = survey.follow_up is not None and _number_to_call(call) is not None
    return _Step(reply, questionnaire.step_after(survey, step, meant, may_call=may_call))


def _note(call: Dialogue, survey: Survey, event: Done) -> None:
    """What the step that has ended brought."""
    facts, step = call.facts, call.memory.survey_step
    question = questionnaire.question_at(survey, step)
    if question is not None:
        option = question.options[event.value]
        facts.survey_outcome = "answered"
        facts.survey_answers.append(
            {
                "name": survey.names[step],
                "question": question.question_in(call.language),
                "key": event.value,
                "label": option.label_in(call.language),
                "means": option.means,
                "at": event.at,
            }
        )
    elif questionnaire.is_comment(survey, step):
        facts.comment_to = event.at


def _ask(call: Dialogue, survey: Survey, before: tuple[str, ...], deaf_until: float, now: float) -> None:
    step = call.memory.survey_step
    call.memory.survey_tries += 1
    question, follow_up = questionnaire.question_at(survey, step), survey.follow_up
    said: Phrases = ()
    if question is not None:
        said = words.phrases_of(call, question.options)
        opt_out = (survey.opt_out_prompt,) if step == 0 and survey.opt_out_key is not None else ()
        prompts, seconds = (question.prompt, *opt_out), question.key_seconds
    else:
        assert follow_up is not None
        said = _yes(call, survey, follow_up.key)
        prompts, seconds = (follow_up.prompt,), follow_up.key_seconds
    call.ask(_command(call), (*before, *prompts), seconds, now, deaf_until=deaf_until, words=said)


def _yes(call: Dialogue, survey: Survey, key: str) -> Phrases:
    """What stands for yes where answers of this survey may be said. Opting out takes a key: a word that was misheard
    must not silence somebody for good."""
    if not any(words.phrases_of(call, question.options) for question in survey.questions):
        return ()
    no = "2" if key != "2" else "1"  # any other key than that of yes
    return tuple((key if known == YES else no, said) for known, said in YES_NO.get(call.language, ()))


def _listen(call: Dialogue, survey: Survey, at: float, now: float) -> None:
    assert survey.comment is not None
    call.facts.comment_from = at
    call.do(cmd.Say("", (survey.comment.prompt,)))
    call.listen(_command(call), survey.comment.silence_seconds, survey.comment.seconds, now)


def _command(call: Dialogue) -> str:
    """No two have the same id, also where the survey begins anew."""
    call.memory.survey_asks += 1
    return f"survey-{call.memory.survey_asks}"


def _why_not(call: Dialogue, at: float) -> questionnaire.NotAsked | None:
    chosen, memory = call.flow.survey_of(call.queue), call.memory
    if chosen is None:
        return None
    name, survey = chosen
    known = memory.survey_asked_at
    return questionnaire.why_not(name, survey, call.facts.call_id, at, known, opted_out=memory.survey_opted_out)


def _number_to_call(call: Dialogue) -> str | None:
    """The number we would call about it; None: we would not."""
    if not call.flow.offers_callback(call.queue):
        return None
    return call.flow.numbers.to_call(call.facts.caller_number, call.flow.line.default_country)


def _survey(call: Dialogue) -> Survey | None:
    """What is asked; None: the queue has no survey any more."""
    chosen = call.flow.survey_of(call.queue)
    return None if chosen is None else chosen[1]
