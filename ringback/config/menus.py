"""What callers are asked, and where a choice leads: menus, their options, conditions.

Owns what can be said of one destination by itself. Leaves what it demands of the rest of the file to
`ringback/config/checks.py`, and what happens on the way to `ivr/`.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from ringback.config.base import Key, Language, Model, Name, Shown, form, in_language
from ringback.config.queues import Need
from ringback.config.remarks import SettingError, Way
from ringback.config.spoken import Spoken

VERBS = ("queue", "menu", "language", "say", "lookup", "callback", "message", "transfer", "end", "cases")
"""What a destination may be, one at a time."""
TICKET = "ticket"
"""The lookup that needs no system of the owner's: how a ticket stands, by its number."""
MOST_OPTIONS = 4
"""Of a menu without a reason for more; 0 is beside them."""
Outside = Annotated[str, form(r"^\+[0-9]{6,15}$", "ringback.form_vip")]
Heard = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]
"""What a caller may say: a word or a few, as they are written."""


class CaseCondition(Model):
    """What must be so for a case to hold, all of what is given."""

    hours: Name | None = None
    """One of `hours` that is open now."""
    known: bool | None = None
    """Whether the caller has called before, by the number."""
    vip: bool | None = None
    """Whether the number is one of `vips`."""
    open_ticket: bool | None = None
    """Whether a ticket of the caller's is open."""
    problem: bool | None = None
    """Whether a known problem is told on this line."""
    nobody: Name | None = None
    """A queue for which no agent is logged in with a phone that can be reached."""


class Destination(Model):
    """Where a choice leads: one of these things."""

    queue: Name | None = None
    """Into the waiting line of this queue."""
    menu: Name | None = None
    """To another menu."""
    language: Language | None = None
    """The call goes on in this language, with the menu it is in."""
    say: Spoken | None = None
    """Something is said, and the menu goes on."""
    lookup: Name | None = None
    """Something is looked up by a number that the caller enters: one of `lookups`, or `ticket`. The menu goes on."""
    callback: Name | None = None
    """The caller is called back by this queue, without waiting."""
    message: Name | None = None
    """The caller leaves a message for this queue."""
    transfer: Outside | None = None
    """A number outside (+ and digits), through the trunk. Where nobody answers there, the caller gets a person."""
    end: Spoken | None = None
    """Something is said, and the call ends."""
    cases: list["Case"] | None = Field(None, min_length=1)
    """The first of these that holds; where none does, a person."""
    priority: int = Field(0, ge=0, le=100)
    """Of a wait: higher goes first; equals by the arrival of the call."""
    needs: list[Need] = []
    """Skills that a wait asks for, besides those of its queue."""

    @model_validator(mode="after")
    def does_one_thing(self) -> "Destination":
        """It leads to one place; only a wait has a priority and needs."""
        given = [verb for verb in VERBS if getattr(self, verb) is not None]
        if len(given) != 1:
            raise SettingError("ringback.key_one_thing", verbs=list(VERBS))
        if self.queue is None and (self.priority or self.needs):
            raise SettingError("ringback.key_nobody_waits")
        return self

    @property
    def verb(self) -> str:
        """Which of VERBS it is."""
        return next(verb for verb in VERBS if getattr(self, verb) is not None)

    def ends(self, way: Way = ()) -> Iterator[tuple[Way, "Destination"]]:
        """Itself, or what its cases come to, each with its way from `way` on."""
        if self.cases is None:
            yield way, self
        else:
            for at, case in enumerate(self.cases):
                yield from case.ends((*way, "cases", at))

    def conditional(self) -> Iterator["Case"]:
        """Every case in it, however deep, and itself if it is one."""
        if isinstance(self, Case):
            yield self
        for case in self.cases or ():
            yield from case.conditional()


class Case(Destination):
    """A destination for callers of whom something is true."""

    when: CaseCondition = CaseCondition()
    """Nothing: always."""


Destination.model_rebuild()


class Option(Destination):
    """A choice of a menu."""

    label: Shown
    """What the choice is about, in a few words: pages, subjects of tickets and reports say it."""
    labels: dict[Language, Shown] = {}
    """The same for callers in other languages: `{ru: Не работает}`."""
    words: dict[Language, list[Heard]] = {}
    """What a caller may say instead of the key: `{en: [billing, invoice], ru: [счёт, оплата]}`."""

    def label_in(self, language: str) -> str:
        return in_language(self.label, self.labels, language)

    def words_in(self, language: str) -> list[str]:
        """What may be said for it in a language."""
        return next((words for code, words in self.words.items() if code == language), [])

    @property
    def said_back(self) -> Spoken | None:
        """How it is called by whoever asks whether it was meant: by the first of its words."""
        first: dict[str, str] = {language: words[0] for language, words in self.words.items() if words}
        return Spoken.of(first) if first else None


class Menu(Model):
    """A question with a choice by key."""

    prompt: Spoken
    """Says the choices."""
    options: dict[Key, Option] = Field(min_length=1, max_length=9)
    """At most four, but for a menu that says why; 0 always reaches a person."""
    long: Shown | None = None
    """Why this menu has more than four options, or says more than 15 s before its first one."""
    operator_queue: Name
    """The queue that 0 leads to, and where a caller goes whose tries are used up."""
    first_key_seconds: float = Field(10, gt=0, le=60)
    key_seconds: float = Field(5, gt=0, le=60)
    tries: int = Field(3, ge=1, le=5)
    """Invalid and silent tries, counted apart."""

    @model_validator(mode="after")
    def is_short(self) -> "Menu":
        """Callers remember four choices, unless the owner knows better."""
        if len(self.options) > MOST_OPTIONS and not self.long:
            raise SettingError("ringback.menu_long", most=MOST_OPTIONS, count=len(self.options))
        return self

    def ends(self, way: Way = ()) -> Iterator[tuple[Way, Destination]]:
        """Where its options come to, each with its way."""
        for key, option in self.options.items():
            yield from option.ends((*way, "options", key))


DEFAULT_MENU = Menu(
    prompt=Spoken("menu-main"),
    options={
        "1": Option(label="Something does not work", labels={"ru": "Что-то не работает"}, queue="support"),
        "2": Option(label="An order or a bill", labels={"ru": "Заказ или счёт"}, queue="billing"),
    },
    operator_queue="support",
)
