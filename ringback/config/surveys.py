"""What callers are asked after a talk: one to three questions, then words of their own, then whether we shall call.

Owns the settings and what they demand of one another within one survey. Who is asked, and in which order, is
`survey/questionnaire.py`'s.
"""

from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from ringback.config.base import Key, Language, Model, Name, Shown, in_language
from ringback.config.menus import Heard
from ringback.config.remarks import SettingError
from ringback.config.spoken import Spoken

MOST_QUESTIONS, MOST_OPTIONS = 3, 3
"""More is answered at random, or not at all."""
OPT_OUT_KEY = "9"
"""As the shipped prompt says it."""


class SurveyOption(Model):
    label: Shown
    labels: dict[Language, Shown] = {}
    """The same for callers in other languages."""
    words: dict[Language, list[Heard]] = {}
    """What a caller may say instead of the key: `{en: ["yes", "solved"], ru: ["да", "решили"]}`."""
    means: Literal["good", "fair", "poor"] | None = None
    """What the answer says of the talk: CSAT and NPS are counted by it, and a poor one leads from the ticket to the
    seconds that may explain it. None: nothing, it only tells callers apart."""

    def label_in(self, language: str) -> str:
        return in_language(self.label, self.labels, language)

    def words_in(self, language: str) -> list[str]:
        """What may be said for it in a language."""
        return next((words for code, words in self.words.items() if code == language), [])


class Question(Model):
    name: Name | None = None
    """What its answers are counted under, also when the words or the place change; None: its place, 1 to 3."""
    question: Shown
    """What pages say was asked."""
    questions: dict[Language, Shown] = {}
    """The same for callers in other languages."""
    prompt: Spoken
    """What callers hear."""
    options: dict[Key, SurveyOption] = Field(min_length=2, max_length=MOST_OPTIONS)
    key_seconds: float = Field(8, gt=0, le=30)
    measure: Literal["csat", "nps"] | None = None
    """csat: the share of good answers; nps: the share of good ones less that of poor ones. None: neither, the shares
    of the answers are told all the same."""

    @field_validator("options", mode="before")
    @classmethod
    def a_fourth_is_refused(cls, raw: Any) -> Any:
        """With the reason."""
        if isinstance(raw, dict) and len(raw) > MOST_OPTIONS:
            raise SettingError("ringback.survey_options", count=len(raw), most=MOST_OPTIONS)
        return raw

    @model_validator(mode="after")
    def can_be_measured(self) -> "Question":
        """What is counted is an answer that can be given."""
        meant = {option.means for option in self.options.values()}
        wanted = {"csat": ["good"], "nps": ["good", "poor"]}.get(self.measure or "", [])
        if missing := [each for each in wanted if each not in meant]:
            raise SettingError("ringback.survey_measure", measure=self.measure, means=missing)
        return self

    def question_in(self, language: str) -> str:
        return in_language(self.question, self.questions, language)


class SurveyComment(Model):
    """The caller says it in words of their own: they are in the call's recording, and are erased with it."""

    prompt: Spoken = Spoken("survey-comment")
    seconds: float = Field(20, ge=5, le=60)
    silence_seconds: float = Field(3, ge=1, le=10)
    """It is over when nothing has been said for so long."""
    after: Literal["any", "poor"] = "any"
    """Who is asked: whoever has answered, or only who gave a poor answer."""


class FollowUp(Model):
    """Shall we call you about this? Whoever says yes is promised a call."""

    prompt: Spoken = Spoken("survey-follow-up")
    key: Key = "1"
    key_seconds: float = Field(8, gt=0, le=30)
    after: Literal["any", "poor"] = "poor"
    minutes: float = Field(15, ge=0, le=7 * 24 * 60)
    """So long after the call we call at the earliest: time to look into it."""


class SurveyLink(Model):
    """Whoever hung up, or pressed nothing, is sent a link to the questions."""

    channel: Name = "text_message"
    """One of `channels` to which a number is an address."""
    minutes: float = Field(10, ge=0, le=24 * 60)
    """So long after the call."""


class Survey(Model):
    questions: Annotated[list[Question], Field(min_length=1, max_length=MOST_QUESTIONS)]
    comment: SurveyComment | None = None
    """None: callers are not asked for words."""
    follow_up: FollowUp | None = None
    """None: nobody is offered a call."""
    by_message: SurveyLink | None = None
    """None: whoever does not answer on the telephone is not asked again."""
    ask_again_days: float = Field(7, ge=0, le=365)
    """A number that was asked is not asked again so soon, by whatever survey; 0: after each talk."""
    opt_out_key: Key | None = OPT_OUT_KEY
    """Pressed at a question: this number is not asked again until somebody allows it on the page of a call from it.
    None: there is no such key, as where 9 is an answer and nothing is said here."""
    opt_out_prompt: Spoken = Spoken("survey-opt-out")
    """Said after the first question."""
    share: float = Field(100, gt=0, le=100)
    """Of a hundred callers who could be asked, so many are."""

    @model_validator(mode="before")
    @classmethod
    def an_answer_comes_first(cls, raw: Any) -> Any:
        """Files from before there was a key to opt out may have 9 as an answer."""
        if not isinstance(raw, dict) or "opt_out_key" in raw or not isinstance(raw.get("questions"), list):
            return raw
        options = [each.get("options") for each in raw["questions"] if isinstance(each, dict)]
        taken = any(isinstance(keys, dict) and OPT_OUT_KEY in keys for keys in options)
        return {**raw, "opt_out_key": None} if taken else raw

    @field_validator("questions", mode="before")
    @classmethod
    def a_fourth_is_refused(cls, raw: Any) -> Any:
        """With the reason."""
        if isinstance(raw, list) and len(raw) > MOST_QUESTIONS:
            raise SettingError("ringback.survey_questions", count=len(raw), most=MOST_QUESTIONS)
        return raw

    @model_validator(mode="after")
    def each_thing_once(self) -> "Survey":
        """A key means one thing, and answers are counted under one name each."""
        for question in self.questions:
            if self.opt_out_key in question.options:
                raise SettingError("ringback.survey_opt_out_key", key=self.opt_out_key)
        for name, count in Counter(self.names).items():
            if count > 1:
                raise SettingError("ringback.survey_name_twice", name=name)
        return self

    @property
    def names(self) -> list[str]:
        """What the answers of each question are counted under."""
        return [question.name or str(place) for place, question in enumerate(self.questions, 1)]

    def question_named(self, name: str) -> Question | None:
        """The question whose answers are counted under this name; None: it is asked no more."""
        return dict(zip(self.names, self.questions, strict=True)).get(name)


DEFAULT_SURVEY = Survey(
    questions=[
        Question(
            question="Did we solve your problem?",
            questions={"ru": "Мы решили ваш вопрос?"},
            prompt=Spoken("survey-solved"),
            options={
                "1": SurveyOption(label="Yes", labels={"ru": "Да"}, means="good"),
                "2": SurveyOption(label="Partly", labels={"ru": "Частично"}, means="fair"),
                "3": SurveyOption(label="No", labels={"ru": "Нет"}, means="poor"),
            },
            measure="csat",
        )
    ]
)
