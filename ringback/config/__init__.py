"""Everything an owner can set: `ringback.yaml` read, checked and given types.

Defaults make an empty file a working support line. Secrets are not here: they lie in
`<data>/secrets.yaml` (mode 0600), see `ringback.secrets`. Each section has a file of its own;
`settings.py` holds them together and `load` reads them.
"""

from ringback.config.alarms import AlarmSettings, MailServer, Recipient
from ringback.config.base import Digits, Language
from ringback.config.callbacks import Callbacks
from ringback.config.channels import MessageChannels
from ringback.config.hours import OpeningHours
from ringback.config.lines import EntryPoint
from ringback.config.live import Live
from ringback.config.lookups import TICKETS, AskedNumber, Lookup
from ringback.config.menus import DEFAULT_MENU, TICKET, Case, CaseCondition, Destination, Menu, Option
from ringback.config.network import Ami, Sip, StoreSettings, Trunk, Web
from ringback.config.queues import Agent, Limit, LongestWait, MostCallers, Need, NoAgents, Queue
from ringback.config.reading import ConfigError, Diagnostic, Reading, load, read
from ringback.config.redaction import RedactionSettings
from ringback.config.schema import schema
from ringback.config.settings import Settings
from ringback.config.speech import Speech
from ringback.config.spoken import Spoken
from ringback.config.surveys import DEFAULT_SURVEY, FollowUp, Question, Survey, SurveyComment, SurveyLink, SurveyOption
from ringback.config.webhooks import Webhook

__all__ = [
    "DEFAULT_MENU",
    "DEFAULT_SURVEY",
    "TICKET",
    "TICKETS",
    "Agent",
    "AlarmSettings",
    "Ami",
    "AskedNumber",
    "Callbacks",
    "Case",
    "CaseCondition",
    "ConfigError",
    "Destination",
    "Diagnostic",
    "Digits",
    "EntryPoint",
    "FollowUp",
    "Language",
    "Limit",
    "Live",
    "LongestWait",
    "Lookup",
    "MailServer",
    "Menu",
    "MessageChannels",
    "MostCallers",
    "Need",
    "NoAgents",
    "OpeningHours",
    "Option",
    "Question",
    "Queue",
    "Reading",
    "Recipient",
    "RedactionSettings",
    "Settings",
    "Sip",
    "Speech",
    "Spoken",
    "StoreSettings",
    "Survey",
    "SurveyComment",
    "SurveyLink",
    "SurveyOption",
    "Trunk",
    "Web",
    "Webhook",
    "load",
    "read",
    "schema",
]  # fmt: skip
