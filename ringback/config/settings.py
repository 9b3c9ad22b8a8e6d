"""The whole of `ringback.yaml`: the sections together, and what one demands of another."""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from ringback.config.base import ConfigError, Model, Name
from ringback.config.callbacks import Callbacks
from ringback.config.hours import OpeningHours
from ringback.config.lines import DEFAULT_MENU, EntryPoint, Menu, Survey, SurveyOption
from ringback.config.live import Live
from ringback.config.network import Ami, Sip, StoreSettings, Trunk, Web
from ringback.config.old_names import with_new_names
from ringback.config.playback_access import PlaybackAccess
from ringback.config.queues import Agent, Need, Queue
from ringback.config.recordings import Recordings
from ringback.config.redaction import RedactionSettings
from ringback.config.speech import Speech
from ringback.messages import text, words_of

TAKEN_NAMES = {"anonymous", "global", "ringback-agent", "ringback-aor", "ringback-auth", "system", "trunk"}


def _no_section(agents: list[Agent]) -> list[Agent]:
    """Agents are sections of pjsip.conf, as others are."""
    for agent in agents:
        if agent.name in TAKEN_NAMES:
            raise ValueError(f"no agent can be named {agent.name}: Asterisk's configuration uses that name")
    return agents


class Settings(Model):
    """The whole of `ringback.yaml`."""

    data: Path = Path("var")
    """Folder of recordings, database, passwords and logs; a relative one is in the file's own folder."""
    timezone: str = "UTC"
    """IANA name of the zone whose clock pages and opening hours follow."""
    sip: Sip = Sip()
    ami: Ami = Ami()
    web: Web = Web()
    store: StoreSettings = StoreSettings()
    recording: Recordings = Recordings()
    speech: Speech = Speech()
    redaction: RedactionSettings = RedactionSettings()
    live: Live = Live()
    callbacks: Callbacks = Callbacks()
    playback_access: PlaybackAccess = PlaybackAccess()
    trunk: Trunk | None = None
    """None: nobody outside can be called; promises end as tickets for a person."""
    lines: list[EntryPoint] = [
        EntryPoint(number="1000", name="Support"),
        EntryPoint(number="1001", name="Поддержка", language="ru", default_country="RU"),
    ]
    hours: dict[Name, OpeningHours] = {}
    """Hours of opening by name, for lines and queues."""
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
    """Seconds by the reason of a pause: an agent who stays away longer is reported, e.g. `{coffee: 900}`."""
    vips: dict[Annotated[str, StringConstraints(pattern=r"^\+[0-9]{6,15}$")], Annotated[int, Field(ge=0, le=100)]] = {}
    """Priority of callers by their number in E.164, e.g. `{"+14155550100": 10}`."""
    reconnect_seconds: float = Field(60, ge=0, le=3600)
    """A caller who was cut off in the line and calls again within this time takes the old place."""

    @model_validator(mode="before")
    @classmethod
    def old_names_are_read(cls, raw: Any) -> Any:
        """A file of the version before is understood."""
        return with_new_names(raw) if isinstance(raw, dict) else raw

    @model_validator(mode="after")
    def names_exist(self) -> "Settings":
        """Every name that lines and menus give another part is there, and each number is one thing."""
        for number in _doubles(self._numbers()):
            raise ValueError(f"number {number} is given twice: a line, a queue or an agent needs another")
        for line in self.lines:
            if line.menu not in self.menus:
                raise ValueError(f"line {line.number} leads to menu {line.menu}, which is not in menus")
            if line.hours is not None and line.hours not in self.hours:
                raise ValueError(f"line {line.number} is open at hours {line.hours}, which are not in hours")
        for name, menu in self.menus.items():
            if "0" in menu.options:
                raise ValueError(f"menu {name} gives key 0 away: 0 always reaches a person")
            for queue in [o.queue for o in menu.options.values()] + [menu.operator_queue]:
                if queue is not None and queue not in self.queues:
                    raise ValueError(f"menu {name} leads to queue {queue}, which is not in queues")
        return self

    @model_validator(mode="after")
    def names_of_queues_exist(self) -> "Settings":
        """What queues name is there."""
        agents = {a.name for a in self.agents}
        for name, q in self.queues.items():
            for agent in q.agents:
                if agent not in agents:
                    raise ValueError(f"queue {name} names agent {agent}, who is not in agents")
            if q.hours is not None and q.hours not in self.hours:
                raise ValueError(f"queue {name} is open at hours {q.hours}, which are not in hours")
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
                if option.queue is not None:
                    queue = self.queues[option.queue]
                    self._somebody_has(f"key {key} of menu {name}", queue, queue.needs + option.needs)
        return self

    def _numbers(self) -> list[str]:
        """All that can be dialled inside."""
        queues = [queue.extension for queue in self.queues.values() if queue.extension is not None]
        return [line.number for line in self.lines] + [agent.extension for agent in self.agents] + queues

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
    def recordings_cache(self) -> Path:
        """Where recordings lie for a while that were fetched from the storage."""
        return self.data / "cache" / "recordings"

    @property
    def spool(self) -> Path:
        """Where Asterisk writes raw recordings: `<call_id>.raw`."""
        return self.data / "spool" / "recordings"

    @property
    def callback_reasons(self) -> Path:
        """Why promised calls are wanted, in the customers' own voices: `<promise>.wav`, for the agents' phones."""
        return self.data / "spool" / "reasons"

    @property
    def fallback_spool(self) -> Path:
        """Where the fallback script leaves requests to be called back: one JSON file each."""
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
            raise ConfigError("ringback.no_settings", file=path)
        return Settings()
    try:
        raw = yaml.safe_load(chosen.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError("ringback.not_yaml", file=chosen, why=words_of(error)) from error
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        why = text(first["msg"].removeprefix("Value error, "))
        raise ConfigError("ringback.wrong_setting", file=chosen, where=where, why=why) from error
    return settings.model_copy(update={"data": (chosen.parent / settings.data)})
