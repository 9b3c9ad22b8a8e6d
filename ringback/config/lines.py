"""Dialled numbers and what their callers are asked: lines, menus, surveys."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from ringback.config.base import Digits, Key, Language, Model, Name, Prompt, Shown, in_language
from ringback.config.places import Country
from ringback.config.queues import Need
from ringback.config.remarks import SettingError
from ringback.config.spellings import digits_of, full_number


class EntryPoint(Model):
    """A dialled number, or several that are one line."""

    number: Annotated[Digits, WithJsonSchema({"type": "string", "pattern": r"^\+?[0-9 ()./-]{2,30}$"})]
    """Short inside, e.g. "1000", or outside, e.g. "+12025550100": rows and pages name the line by its digits. A number
    outside is reached however a provider writes it, see `ringback/config/spellings.py`."""
    also: list[Annotated[str, AfterValidator(digits_of)]] = []
    """Further numbers that reach the line, or spellings that only your provider knows."""
    name: Shown
    language: Language = "en"
    notice: Prompt | None = "notice"
    """Played before everything else; None: no notice."""
    notice_can_be_skipped: bool = False
    """Whether a key cuts the notice, as it cuts the greeting. Not so, it is heard to its end; a key that is pressed
    meanwhile is the answer to the menu, and the greeting is left out."""
    greeting: Prompt = "welcome"
    menu: Name = "main"
    hours: Name | None = None
    """When the line is open, one of `hours`; None: always. Closed, callers are told why and until when, and may be
    called back or leave a message."""
    default_country: Country = "US"
    """Country (ISO 3166 alpha-2) in which a number without prefix is read."""

    @model_validator(mode="before")
    @classmethod
    def number_in_digits(cls, raw: Any) -> Any:
        """A number may be written with a plus and punctuation; the plus is kept, as a further spelling."""
        if not isinstance(raw, dict) or not isinstance(raw.get("number"), str):
            return raw
        try:
            digits = digits_of(raw["number"])
        except SettingError:
            return raw  # said of the number itself, which is asked next
        digits = (full_number(digits, "ZZ") or digits) if digits.startswith("+") else digits
        also = raw.get("also", [])
        if digits.startswith("+") and isinstance(also, list):
            also = [digits, *(each for each in also if each != digits)]
        return {**raw, "number": digits.removeprefix("+"), **({"also": also} if also else {})}


class Option(Model):
    label: Shown
    """What the choice is about, in a few words: pages, subjects of tickets and reports say it."""
    labels: dict[Language, Shown] = {}
    """The same for callers of lines in other languages: `{ru: Не работает}`."""
    queue: Name | None = None
    """Where it leads, or ..."""
    say: Prompt | None = None
    """... what it says before the menu goes on."""
    priority: int = Field(0, ge=0, le=100)
    """Higher goes first; equals by the arrival of the call."""
    needs: list[Need] = []
    """Skills this answer asks for, besides those of its queue."""

    @model_validator(mode="after")
    def does_one_thing(self) -> "Option":
        """It leads to a queue or says a sentence; only a wait has a priority and needs."""
        if (self.queue is None) == (self.say is None):
            raise SettingError("ringback.key_one_thing")
        if self.say is not None and (self.priority or self.needs):
            raise SettingError("ringback.key_nobody_waits")
        return self

    def label_in(self, language: str) -> str:
        return in_language(self.label, self.labels, language)


class Menu(Model):
    prompt: Prompt
    options: dict[Key, Option] = Field(min_length=1, max_length=4)
    operator_queue: Name
    """The queue that 0 leads to, and where a caller goes whose tries are used up."""
    first_key_seconds: float = Field(10, gt=0, le=60)
    key_seconds: float = Field(5, gt=0, le=60)
    tries: int = Field(3, ge=1, le=5)
    """Invalid and silent tries, counted apart."""


class SurveyOption(Model):
    label: Shown
    labels: dict[Language, Shown] = {}
    """The same for callers of lines in other languages."""

    def label_in(self, language: str) -> str:
        return in_language(self.label, self.labels, language)


class Survey(Model):
    question: Shown
    """What the page says was asked."""
    questions: dict[Language, Shown] = {}
    """The same for callers of lines in other languages."""
    prompt: Prompt
    options: dict[Key, SurveyOption] = Field(min_length=2, max_length=3)
    key_seconds: float = Field(8, gt=0, le=30)

    def question_in(self, language: str) -> str:
        return in_language(self.question, self.questions, language)


DEFAULT_MENU = Menu(
    prompt="menu-main",
    options={
        "1": Option(label="Something does not work", labels={"ru": "Что-то не работает"}, queue="support"),
        "2": Option(label="An order or a bill", labels={"ru": "Заказ или счёт"}, queue="billing"),
    },
    operator_queue="support",
)
DEFAULT_SURVEY = Survey(
    question="Did we solve your problem?",
    questions={"ru": "Мы решили ваш вопрос?"},
    prompt="survey-solved",
    options={
        "1": SurveyOption(label="Yes", labels={"ru": "Да"}),
        "2": SurveyOption(label="Partly", labels={"ru": "Частично"}),
        "3": SurveyOption(label="No", labels={"ru": "Нет"}),
    },
)
