"""What a caller is asked after the talk, step by step. Pure: settings and what was heard in, the next step out.

Owns the order of the steps (the questions, words of one's own, whether we shall call), what a key means in each, how
often a question is asked, and who is not asked at all. Nothing is remembered here: the step is a number, and the
answers are handed in. How it is played is the call's affair (`ivr/states/survey.py`), rows are `survey/models.py`'s.
"""

import zlib
from collections.abc import Iterable
from enum import StrEnum

from ringback.config import Question, Survey

ASKS = 2
"""How often one question is asked at most."""
DAY_SECONDS = 86400.0


class Reply(StrEnum):
    """What the end of a step means."""

    ANSWER = "answer"
    WRONG_KEY = "wrong key"
    """Asked once more."""
    OPT_OUT = "opt-out"
    """Not asked again."""
    SAID = "said"
    """Words of one's own have been given, or the time for them is over."""
    YES = "yes"
    """We shall call."""
    NOTHING = "nothing"


class NotAsked(StrEnum):
    """Why a caller hears no survey who could have."""

    OPTED_OUT = "opted_out"
    LATELY = "lately"
    """The number was asked a few days ago."""
    SHARE = "share"
    """Only some callers are asked, and this is none of them."""


def why_not(
    name: str, survey: Survey, call_id: str, at: float, asked_at: float | None, *, opted_out: bool
) -> NotAsked | None:
    """Why this caller is not asked at `at`; None: is asked. `asked_at`: when the number was asked last, if ever."""
    if opted_out:
        return NotAsked.OPTED_OUT
    if asked_at is not None and at - asked_at < survey.ask_again_days * DAY_SECONDS:
        return NotAsked.LATELY
    return None if _lot(name, call_id) < survey.share else NotAsked.SHARE


def _lot(name: str, call_id: str) -> float:
    """0 to 100, the same each time for the same call."""
    return zlib.crc32(f"{name} {call_id}".encode()) % 10_000 / 100


def question_at(survey: Survey, step: int) -> Question | None:
    """The question of this step; None: it is another kind of step."""
    return survey.questions[step] if step < len(survey.questions) else None


def is_comment(survey: Survey, step: int) -> bool:
    """Whether the caller speaks in this step."""
    return step == len(survey.questions)


def is_follow_up(survey: Survey, step: int) -> bool:
    """Whether the caller is asked if we shall call."""
    return step == len(survey.questions) + 1


def reply(survey: Survey, step: int, key: str, asked: int) -> Reply:
    """What it means that step `step`, asked for the `asked`-th time, has ended with `key` (empty: none)."""
    question = question_at(survey, step)
    if is_comment(survey, step):
        return Reply.SAID
    if is_follow_up(survey, step) and survey.follow_up is not None:
        return Reply.YES if key == survey.follow_up.key else Reply.NOTHING
    if question is None:
        return Reply.NOTHING  # the settings have changed since it was asked
    if key in question.options:
        return Reply.ANSWER
    if key and key == survey.opt_out_key:
        return Reply.OPT_OUT
    return Reply.WRONG_KEY if key and asked < ASKS else Reply.NOTHING


def step_after(survey: Survey, step: int, meant: Iterable[str | None], *, may_call: bool) -> int | None:
    """The step that comes next; None: that was all.

    `meant`: what the answers so far mean, see `SurveyOption.means`. `may_call`: this caller can be promised a call.
    """
    is_poor = "poor" in meant
    after = step + 1
    if question_at(survey, after) is not None:
        return after
    comment, follow_up = survey.comment, survey.follow_up
    last = len(survey.questions)
    if after <= last and comment is not None and (comment.after == "any" or is_poor):
        return last
    if step <= last and may_call and follow_up is not None and (follow_up.after == "any" or is_poor):
        return last + 1
    return None
