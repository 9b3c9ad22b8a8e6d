"""Everything an owner can set: `ringback.yaml` read, checked and given types.

Defaults make an empty file a working support line. Secrets are not here: they lie in
`<data>/secrets.yaml` (mode 0600), see `ringback.secrets`. Owns the shape of the settings; what a menu
may look like is checked in `ivr/flow.py`.
"""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from ringback.errors import RingbackError

Key = Annotated[str, StringConstraints(pattern=r"^[0-9]$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Prompt = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,15}$")]
Language = Literal["en", "ru"]
Hours = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-4]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]$")]
"""A stretch of every day, e.g. 09:00-21:00; 24:00 is the end of the day."""


def _yaml_off(value: object) -> object:
    """YAML reads a bare `off` as a false."""
    return "off" if value is False else value


def _yaml_plus(value: object) -> object:
    """YAML reads a bare `+7` as the number 7."""
    return f"+{value}" if isinstance(value, int) and not isinstance(value, bool) else value


def _yaml_dial(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {_yaml_plus(key): str(new) if isinstance(new, int) else new for key, new in value.items()}


Prefix = Annotated[str, BeforeValidator(_yaml_plus), StringConstraints(pattern=r"^\+[1-9][0-9]{0,14}$")]
"""How a number in E.164 begins."""


Origin = Annotated[
    str, StringConstraints(pattern=r"^https?://[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(:[0-9]{1,5})?$")
]
"""A site as browsers name it: scheme, host and, where it is an unusual one, port."""

TAKEN_NAMES = {"anonymous", "global", "ringback-agent", "ringback-aor", "ringback-auth", "system", "trunk"}


class ConfigError(RingbackError):
    """The settings file cannot be used as it is."""


class Model(BaseModel):
    """Settings are frozen, and a misspelled name is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sip(Model):
    address: str = "0.0.0.0"  # noqa: S104  phones are elsewhere
    port: int = Field(5060, ge=1, le=65535)
    rtp_first: int = Field(10000, ge=1024, le=65534)
    rtp_last: int = Field(10200, ge=1025, le=65535)


class Ami(Model):
    """Where Asterisk's manager interface is. `external` means: an Asterisk of the owner's own."""

    address: str = "127.0.0.1"
    port: int = Field(5038, ge=1, le=65535)
    user: str = "ringback"
    external: bool = False


class Web(Model):
    address: str = "127.0.0.1"
    port: int = Field(8080, ge=1, le=65535)
    threads: int = Field(8, ge=1, le=64)
    public_callback: bool = True
    """Whether anybody may ask at /callback, without signing in, to be called back."""
    embed_origins: list[Origin] = []
    """Sites that may show the form of /callback inside their pages, e.g. `["https://shop.example"]`."""


class Store(Model):
    url: str = ""
    """SQLAlchemy URL; empty is SQLite in the data folder."""


class Speech(Model):
    engine: Literal["auto", "vosk", "whisper"] = "auto"
    """auto: Vosk where a model of the language is installed, else Whisper."""
    vosk_models: dict[Language, Path] = {}
    """Folders of Vosk models by language; empty: those under <data>/models that were fetched."""


class Callbacks(Model):
    """Promises to call back: when, how often, and whom. Which queues make them is each queue's `callback`."""

    attempts: int = Field(3, ge=1, le=10)
    retry_minutes: list[Annotated[float, Field(gt=0, le=1440)]] = Field([5, 30], min_length=1)
    """After the first attempt, the second, ...; the last counts for all that follow."""
    hours: Hours = "09:00-21:00"
    """When a number may be called, by the clock where it is."""
    awake_minutes: float = Field(60, ge=0, le=240)
    """Who has just asked on the phone is up and waits: for so long they are called at any hour."""
    expiry_hours: float = Field(24, gt=0, le=720)
    """A promise not kept by then has expired: an alarm, and a ticket for a person."""
    allowed_prefixes: list[Prefix] = []
    """E.164 prefixes that may be called, e.g. `["+1", "+7495"]`; empty: the countries of the lines."""
    per_number_per_day: int = Field(5, ge=1)
    """Calls to one number a day, whatever becomes of them."""
    per_day: int = Field(500, ge=1)
    """Calls to all numbers together a day."""
    ring_seconds: float = Field(30, gt=0, le=120)
    """How long the customer's phone rings."""
    agent_seconds: float = Field(20, gt=0, le=120)
    """How long the agent's phone rings."""

    @property
    def hours_seconds(self) -> tuple[int, int]:
        """`hours` as seconds of the day: from, to (not included)."""
        first, last = ((int(part[:2]) * 60 + int(part[3:])) * 60 for part in self.hours.split("-"))
        return first, last

    @model_validator(mode="after")
    def hours_have_length(self) -> "Callbacks":
        first, last = self.hours_seconds
        if last - first < 3600 or last > 86400:
            raise ValueError(f"hours {self.hours} are less than one hour of one day: write e.g. 09:00-21:00")
        return self


class Trunk(Model):
    """How numbers outside are reached: a SIP provider. Its password is `trunk_password` in the secrets file."""

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$")]
    port: int = Field(5060, ge=1, le=65535)
    user: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.+-]{0,64}$")] = ""
    """The account's name; empty: the provider knows us by our address."""
    registration: bool = True
    """With a user: tell the provider where we are, so that calls to our numbers come in."""
    caller_id: Annotated[str, StringConstraints(pattern=r"^(\+?[0-9]{2,15})?$")] = ""
    """The number that customers see; empty: what the provider sets."""
    dial: Annotated[
        dict[
            Annotated[str, StringConstraints(pattern=r"^\+[0-9]{0,15}$")],
            Annotated[str, StringConstraints(pattern=r"^[0-9]{0,8}$")],
        ],
        BeforeValidator(_yaml_dial),
    ] = {}
    """What to dial instead of a number's beginning, the longest that fits; e.g. `{"+7": "8", "+": "810"}`.

    Where nothing fits, the digits without the plus."""


class Line(Model):
    """A dialled number."""

    number: Digits
    name: str
    language: Language = "en"
    notice: Prompt | None = "notice"
    """Played before everything else; None: no notice."""
    greeting: Prompt = "welcome"
    menu: Name = "main"
    redial_country: str = "US"
    """Country (ISO 3166 alpha-2) in which a number without prefix is read."""


class Need(Model):
    """A skill the agent must have, less of it the longer the caller waits.

    `{skill: english, level: 50, after: {60: 0}}` is: english of 50 or more, after 60 s anybody.
    """

    skill: Name
    level: int = Field(50, ge=1, le=100)
    after: dict[Annotated[float, Field(gt=0)], Annotated[int, Field(ge=0, le=100)]] = {}
    """Seconds since the call arrived -> the level that is enough from then on; 0: anybody."""


class Limit(Model):
    """Where a caller goes whom a queue cannot serve."""

    to: Name = "callback"
    """`callback`, `message`, or the name of another queue, where the place is kept."""


class LongestWait(Limit):
    seconds: float = Field(gt=0)


class MostCallers(Limit):
    callers: int = Field(ge=1)
    """As many may wait; whoever comes then is one too many."""


class NoAgents(Limit):
    seconds: float = Field(5, ge=0)
    """For so long nobody of the queue has been logged in with a phone that can be reached."""


class Option(Model):
    label: str
    queue: Name
    priority: int = Field(0, ge=0, le=100)
    """Higher goes first; equals by the arrival of the call."""
    needs: list[Need] = []
    """Skills this answer asks for, besides those of its queue."""


class Menu(Model):
    prompt: Prompt
    options: dict[Key, Option] = Field(min_length=1, max_length=4)
    person: Name
    """The queue that 0 leads to, and where a caller goes whose tries are used up."""
    first_key_seconds: float = Field(10, gt=0, le=60)
    key_seconds: float = Field(5, gt=0, le=60)
    tries: int = Field(3, ge=1, le=5)
    """Invalid and silent tries, counted apart."""


class Queue(Model):
    name: str
    agents: list[Name]
    music: Name = "default"
    ring_seconds: float = Field(20, gt=0, le=120)
    wrap_up_seconds: float = Field(15, ge=0, le=3600)
    announce_first_seconds: float = Field(20, ge=0)
    announce_every_seconds: float = Field(60, ge=15)
    announce_wait: bool = True
    """Tell the expected wait too, as long as it has been right; no: the position alone."""
    strategy: Literal["longest-idle", "least-busy"] = "longest-idle"
    """Which of several free agents: idle for longest, or the smallest share of today spent talking."""
    ring_together: int = Field(1, ge=1, le=20)
    """How many free agents ring at once for one caller; who answers first has the call."""
    priority: int = Field(0, ge=0, le=100)
    """For agents of several queues: callers of the higher one go first."""
    needs: list[Need] = []
    last_agent_seconds: float = Field(20, ge=0, le=600)
    """For so long a known caller waits for the agent of the last talk alone, if that agent is there."""
    longest_wait: LongestWait | None = None
    most_callers: MostCallers | None = None
    no_agents: NoAgents | None = None
    callback: Annotated[Literal["agent_first", "customer_first", "off"], BeforeValidator(_yaml_off)] = "agent_first"
    """Whose phone rings first when a promised call is made; off: callers are not offered one."""
    machine_detection: bool = True
    """An answering machine is told from a person, and the promise is not taken for kept."""
    survey: Name | None = "solved"
    keep_days: int = Field(365, ge=1)


class SurveyOption(Model):
    label: str


class Survey(Model):
    question: str
    """What the page says was asked."""
    prompt: Prompt
    options: dict[Key, SurveyOption] = Field(min_length=2, max_length=3)
    key_seconds: float = Field(8, gt=0, le=30)


class Agent(Model):
    name: Name
    display: str
    extension: Digits
    skills: dict[Name, Annotated[int, Field(ge=0, le=100)]] = {}
    """Levels, as `needs` of queues and menu options ask for them: `{english: 80}`."""


def _no_section(agents: list[Agent]) -> list[Agent]:
    """Agents are sections of pjsip.conf, as others are."""
    for agent in agents:
        if agent.name in TAKEN_NAMES:
            raise ValueError(f"no agent can be named {agent.name}: Asterisk's configuration uses that name")
    return agents


DEFAULT_MENU = Menu(
    prompt="menu-main",
    options={
        "1": Option(label="Something does not work", queue="support"),
        "2": Option(label="An order or a bill", queue="billing"),
    },
    person="support",
)


class Settings(Model):
    """The whole of `ringback.yaml`."""

    data: Path = Path("var")
    timezone: str = "UTC"
    sip: Sip = Sip()
    ami: Ami = Ami()
    web: Web = Web()
    store: Store = Store()
    speech: Speech = Speech()
    callbacks: Callbacks = Callbacks()
    trunk: Trunk | None = None
    """None: nobody outside can be called; promises end as tickets for a person."""
    lines: list[Line] = [
        Line(number="1000", name="Support"),
        Line(number="1001", name="Поддержка", language="ru", redial_country="RU"),
    ]
    menus: dict[Name, Menu] = {"main": DEFAULT_MENU}
    queues: dict[Name, Queue] = {
        "support": Queue(name="Support", agents=["anna", "boris"]),
        "billing": Queue(name="Billing", agents=["anna", "boris"]),
    }
    surveys: dict[Name, Survey] = {
        "solved": Survey(
            question="Did we solve your problem?",
            prompt="survey-solved",
            options={
                "1": SurveyOption(label="Yes"),
                "2": SurveyOption(label="Partly"),
                "3": SurveyOption(label="No"),
            },
        )
    }
    agents: Annotated[list[Agent], AfterValidator(_no_section)] = [
        Agent(name="anna", display="Anna", extension="201"),
        Agent(name="boris", display="Boris", extension="202"),
    ]
    pause_limits: dict[str, Annotated[float, Field(gt=0)]] = {}
    """Seconds by the reason of a pause: who stays away longer is reported, e.g. `{coffee: 900}`."""
    vips: dict[Annotated[str, StringConstraints(pattern=r"^\+[0-9]{6,15}$")], Annotated[int, Field(ge=0, le=100)]] = {}
    """Priority of callers by their number in E.164, e.g. `{"+14155550100": 10}`."""
    redial_seconds: float = Field(60, ge=0, le=3600)
    """A caller cut off in the line who calls again within this time takes the old place."""

    @model_validator(mode="after")
    def names_exist(self) -> "Settings":
        """Every name that one part gives another is there."""
        agents = {a.name for a in self.agents}
        for number in _doubles([line.number for line in self.lines] + [a.extension for a in self.agents]):
            raise ValueError(f"number {number} is given twice: a line or an agent needs another")
        for line in self.lines:
            if line.menu not in self.menus:
                raise ValueError(f"line {line.number} leads to menu {line.menu}, which is not in menus")
        for name, menu in self.menus.items():
            if "0" in menu.options:
                raise ValueError(f"menu {name} gives key 0 away: 0 always reaches a person")
            for queue in [o.queue for o in menu.options.values()] + [menu.person]:
                if queue not in self.queues:
                    raise ValueError(f"menu {name} leads to queue {queue}, which is not in queues")
        for name, q in self.queues.items():
            for agent in q.agents:
                if agent not in agents:
                    raise ValueError(f"queue {name} names agent {agent}, who is not in agents")
            if q.survey is not None and q.survey not in self.surveys:
                raise ValueError(f"queue {name} asks survey {q.survey}, which is not in surveys")
        return self

    @model_validator(mode="after")
    def queues_can_serve(self) -> "Settings":
        """Limits lead somewhere, and somebody has the skills that are asked for in the end."""
        for name, queue in self.queues.items():
            if name in ("callback", "message"):
                raise ValueError(f"no queue may be called {name}: limits lead to a {name} by that word")
            for limit in (queue.longest_wait, queue.most_callers, queue.no_agents):
                if limit is not None and limit.to not in {*self.queues, "callback", "message"} - {name}:
                    raise ValueError(
                        f"queue {name} sends callers on to {limit.to}: not callback, message, another queue"
                    )
            self._somebody_has(f"queue {name}", queue, queue.needs)
        for name, menu in self.menus.items():
            for key, option in menu.options.items():
                queue = self.queues[option.queue]
                self._somebody_has(f"key {key} of menu {name}", queue, queue.needs + option.needs)
        return self

    def _somebody_has(self, where: str, queue: Queue, needs: list[Need]) -> None:
        last = [(need.skill, need.after[max(need.after)] if need.after else need.level) for need in needs]
        skills = {agent.name: agent.skills for agent in self.agents}
        served = any(all(skills[name].get(skill, 0) >= level for skill, level in last) for name in queue.agents)
        if last and not served:
            asked = ", ".join(f"{skill} {level}" for skill, level in last)
            raise ValueError(f"{where} asks for {asked}, which no agent of queue {queue.name} ever has")

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.store.url or f"sqlite:///{self.data.resolve() / 'ringback.db'}"

    @property
    def recordings(self) -> Path:
        """Where finished recordings lie."""
        return self.data / "recordings"

    @property
    def spool(self) -> Path:
        """Where Asterisk writes raw recordings: `<linkedid>.raw`."""
        return self.data / "spool" / "recordings"

    @property
    def fallback_spool(self) -> Path:
        """Where the fallback script leaves callback wishes: one JSON file each."""
        return self.data / "spool" / "fallback"


def _doubles(values: list[str]) -> list[str]:
    return sorted({v for v in values if values.count(v) > 1})


def load(path: Path | None) -> Settings:
    """The settings in `path`; the defaults where there is no such file and none was asked for.

    Relative folders are read from the file's own folder. Raises ConfigError with file and place.
    """
    chosen = path or Path("ringback.yaml")
    if not chosen.exists():
        if path is not None:
            raise ConfigError(f"{path} does not exist: give another --config, or leave it out for the defaults.")
        return Settings()
    try:
        raw = yaml.safe_load(chosen.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{chosen} is not YAML that can be read: {error}") from error
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigError(f"{chosen}: {where}: {first['msg'].removeprefix('Value error, ')}.") from error
    return settings.model_copy(update={"data": (chosen.parent / settings.data)})
