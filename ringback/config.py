"""Everything an owner can set: `ringback.yaml` read, checked and given types.

Defaults make an empty file a working support line. Secrets are not here: they lie in
`<data>/secrets.yaml` (mode 0600), see `ringback.secrets`. Owns the shape of the settings; what a menu
may look like is checked in `ivr/flow.py`.
"""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from ringback.errors import RingbackError

Key = Annotated[str, StringConstraints(pattern=r"^[0-9]$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Prompt = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,15}$")]
Language = Literal["en", "ru"]


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


class Store(Model):
    url: str = ""
    """SQLAlchemy URL; empty is SQLite in the data folder."""


class Speech(Model):
    engine: Literal["auto", "vosk", "whisper"] = "auto"
    """auto: Vosk where a model of the language is installed, else Whisper."""
    vosk_models: dict[Language, Path] = {}
    """Folders of Vosk models by language; empty: those under <data>/models that were fetched."""


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


class Option(Model):
    label: str
    queue: Name


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
    lines: list[Line] = [
        Line(number="1000", name="Support"),
        Line(number="1001", name="Поддержка", language="ru"),
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
    agents: list[Agent] = [
        Agent(name="anna", display="Anna", extension="201"),
        Agent(name="boris", display="Boris", extension="202"),
    ]

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
