"""The whole of `ringback.yaml`: the sections together, and what one demands of another."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, model_validator

from ringback.config import checks
from ringback.config.alarms import AlarmSettings
from ringback.config.backup import BackupSettings
from ringback.config.base import Language, Model, Name, form
from ringback.config.callbacks import Callbacks
from ringback.config.channels import MessageChannels
from ringback.config.connectors import Connector
from ringback.config.hours import OpeningHours
from ringback.config.lines import EntryPoint
from ringback.config.live import Live
from ringback.config.lookups import Lookup
from ringback.config.menus import DEFAULT_MENU, Destination, Menu
from ringback.config.network import Ami, Sip, StoreSettings, Trunk, Web
from ringback.config.nuisance import NuisanceSettings
from ringback.config.old_names import with_new_names
from ringback.config.places import DataFolder, Zone
from ringback.config.playback_access import PlaybackAccess
from ringback.config.queues import Agent, Queue
from ringback.config.recordings import Recordings
from ringback.config.redaction import RedactionSettings
from ringback.config.remarks import Way, wrong_settings
from ringback.config.reports import ReportSettings
from ringback.config.restart import Restart
from ringback.config.scoring import ScoringSettings
from ringback.config.self_call import SelfCallSettings
from ringback.config.speech import Speech
from ringback.config.spellings import reach
from ringback.config.summary import SummarySettings
from ringback.config.surveys import DEFAULT_SURVEY, Survey
from ringback.config.tickets import TicketSettings
from ringback.config.tls import Tls
from ringback.config.webhooks import Webhook
from ringback.config.whole import Whole

PARTS = "parts"
"""The context in which sections are made one by one, and what they demand of one another is asked afterwards."""


class Settings(Model):
    """The whole of `ringback.yaml`."""

    data: DataFolder = Path("var")
    """Folder of recordings, database, passwords and logs; a relative one is in the file's own folder."""
    timezone: Zone = "UTC"
    """IANA name of the zone whose clock pages and opening hours follow."""
    sip: Sip = Sip()
    ami: Ami = Ami()
    web: Web = Web()
    store: StoreSettings = StoreSettings()
    recording: Recordings = Recordings()
    speech: Speech = Speech()
    redaction: RedactionSettings = RedactionSettings()
    summary: SummarySettings = SummarySettings()
    live: Live = Live()
    restart: Restart = Restart()
    backup: BackupSettings = BackupSettings()
    self_call: SelfCallSettings = SelfCallSettings()
    callbacks: Callbacks = Callbacks()
    alarms: AlarmSettings = AlarmSettings()
    channels: MessageChannels = MessageChannels()
    playback_access: PlaybackAccess = PlaybackAccess()
    tickets: TicketSettings = TicketSettings()
    reports: ReportSettings = ReportSettings()
    scoring: ScoringSettings = ScoringSettings()
    nuisance: NuisanceSettings = NuisanceSettings()
    tls: Tls = Tls()
    trunk: Trunk | None = None
    """None: nobody outside can be called; promises end as tickets for a person."""
    lines: list[EntryPoint] = [
        EntryPoint(number="1000", name="Support"),
        EntryPoint(number="1001", name="Поддержка", language="ru", default_country="RU"),
    ]
    hours: dict[Name, OpeningHours] = {}
    """Hours of opening by name, for lines and queues."""
    menus: dict[Name, Menu] = {"main": DEFAULT_MENU}
    lookups: dict[Name, Lookup] = {}
    """What callers can find out by themselves, by name, for menu options."""
    queues: dict[Name, Queue] = {
        "support": Queue(name="Support", names={"ru": "Поддержка"}, agents=["anna", "boris"]),
        "billing": Queue(name="Billing", names={"ru": "Счета и заказы"}, agents=["anna", "boris"]),
    }
    surveys: dict[Name, Survey] = {"solved": DEFAULT_SURVEY}
    agents: list[Agent] = [
        Agent(name="anna", display="Anna", extension="201"),
        Agent(name="boris", display="Boris", extension="202"),
    ]
    webhooks: dict[Name, Webhook] = {}
    """Systems that are told what happens, by name; the secrets they know us by are `webhook_secrets` in the secrets
    file."""
    connectors: dict[Name, Connector] = {}
    """Ticket systems beside, by name; passwords and tokens are `connector_passwords` in the secrets file."""
    pause_limits: dict[str, Annotated[float, Field(gt=0)]] = {}
    """Seconds by the reason of a pause: an agent who stays away longer is reported, e.g. `{coffee: 900}`."""
    vips: dict[Annotated[str, form(r"^\+[0-9]{6,15}$", "ringback.form_vip")], Annotated[int, Field(ge=0, le=100)]] = {}
    """Priority of callers by their number in E.164, e.g. `{"+14155550100": 10}`."""
    reconnect_seconds: float = Field(60, ge=0, le=3600)
    """A caller who was cut off in the line and calls again within this time takes the old place."""

    @model_validator(mode="before")
    @classmethod
    def old_names_are_read(cls, raw: Any) -> Any:
        """A file of the version before is understood."""
        return with_new_names(raw) if isinstance(raw, dict) else raw

    @model_validator(mode="after")
    def goes_together(self, info: ValidationInfo) -> "Settings":
        """What one section demands of another; a file is asked part by part, by `reading.py`."""
        if info.context is not PARTS:
            errors = [remark for remark in checks.remarks(Whole(self)) if remark.level == "error"]
            if errors:
                raise wrong_settings(errors)
        return self

    def destinations(self) -> Iterator[tuple[Way, Destination]]:
        """Everything that starts of lines and options of menus come to, each with its way in the file."""
        for at, line in enumerate(self.lines):
            for case_at, case in enumerate(line.start):
                yield from case.ends(("lines", at, "start", case_at))
        for name, menu in self.menus.items():
            yield from menu.ends(("menus", name))

    def menus_of(self, line: EntryPoint) -> list[str]:
        """The menus that a caller of this line can come to, the line's own first."""
        found: list[str] = []
        ahead = [line.menu, *(each.menu for case in line.start for _, each in case.ends())]
        while ahead:
            name = ahead.pop(0)
            if name is not None and name not in found and name in self.menus:
                found.append(name)
                ahead += [each.menu for _, each in self.menus[name].ends()]
        return found

    def destinations_of(self, line: EntryPoint) -> Iterator[tuple[Way, Destination]]:
        """`destinations`, for callers of one line."""
        for case_at, case in enumerate(line.start):
            yield from case.ends(("lines", self.lines.index(line), "start", case_at))
        for name in self.menus_of(line):
            yield from self.menus[name].ends(("menus", name))

    def queues_of(self, line: EntryPoint) -> set[str]:
        """The queues that a caller of this line can choose, or is led to."""
        reached = [each for _, each in self.destinations_of(line)]
        named = {name for each in reached for name in (each.queue, each.callback, each.message) if name is not None}
        return named | {self.menus[name].operator_queue for name in self.menus_of(line)}

    def agent_called(self, name: str) -> str:
        """How people are told of an agent; the bare name of one that is in the settings no longer."""
        return next((agent.display for agent in self.agents if agent.name == name), name)

    @property
    def served_languages(self) -> list[str]:
        """What callers are served in, those of the first lines first."""
        return list(dict.fromkeys(each for line in self.lines for each in (line.language, *line.languages)))

    @property
    def spoken_languages(self) -> list[Language]:
        """The languages in which anything may be said instead of pressing a key; empty: nobody listens."""
        options = [option.words for menu in self.menus.values() for option in menu.options.values()]
        questions = [question for survey in self.surveys.values() for question in survey.questions]
        options += [option.words for question in questions for option in question.options.values()]
        return sorted({language for words in options for language in words})

    @property
    def tells_others(self) -> bool:
        """Whether anybody outside is told what happens here, or is sent anything."""
        return bool(self.webhooks or self.connectors or self.channels.all)

    @property
    def room_for_callers(self) -> int:
        """Callers who have RTP ports while every agent's phone rings or talks, and a promised customer for each."""
        legs = self.sip.legs
        ours = len(self.agents) * (1 if self.trunk is None else 2)
        return max(1, legs - min(ours, legs // 2))

    @property
    def reach(self) -> dict[str, str]:
        """What can be dialled -> the number of the line that it reaches; numbers of agents and queues go before."""
        queues = {queue.extension for queue in self.queues.values()}
        inside = {agent.extension for agent in self.agents} | queues
        return {text: line for text, line in reach(self.lines).items() if text not in inside}

    @property
    def wants_certificate(self) -> bool:
        """Whether pages or phones are shown a certificate."""
        return self.web.https or self.sip.tls

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
    def asterisk_sounds(self) -> Path:
        """Where the embedded Asterisk looks for sounds: `<language>/ringback/<prompt>.wav` are ours."""
        return self.data.resolve() / "asterisk" / "share" / "sounds"

    @property
    def spool(self) -> Path:
        """Where Asterisk writes raw recordings: `<call_id>.raw`."""
        return self.data / "spool" / "recordings"

    @property
    def callback_reasons(self) -> Path:
        """Why promised calls are wanted, in the customers' own voices: `<promise>.wav`, for the agents' phones."""
        return self.data / "spool" / "reasons"

    @property
    def prompt_spool(self) -> Path:
        """Where recordings of prompts wait until somebody has heard them: see `prompts/recorded.py`."""
        return self.data.resolve() / "spool" / "prompts"

    @property
    def recogniser_life(self) -> Path:
        """The file that the recogniser touches while it can answer: the dialplan asks nobody who has stopped."""
        return self.data / "spool" / "recogniser.life"

    @property
    def fallback_spool(self) -> Path:
        """Where the fallback script leaves requests to be called back: one JSON file each."""
        return self.data / "spool" / "fallback"
