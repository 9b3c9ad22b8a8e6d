"""The words for systems beside: what sorts there are, how one is, what is told of them."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

SYSTEMS: dict[str, dict[str, LazyString]] = {
    "system": {"webhook": _("Webhook"), "connector": _("Connector"), "channel": _("Channel")},
    "system_state": {
        "works": _("Works"),
        "slow": _("Slow"),
        "away": _("Not reachable"),
        "password": _("Password refused"),
        "disabled": _("Disabled"),
        "gone": _("Not in the settings"),
    },
    "event": {
        "call.arrived": _("Call arrived"),
        "call.answered": _("Call answered"),
        "call.ended": _("Call ended"),
        "callback.promised": _("Callback promised"),
        "callback.kept": _("Callback made"),
        "callback.broken": _("Callback missed"),
        "message.left": _("Voice message left"),
        "recording.ready": _("Recording ready"),
        "survey.answered": _("Survey answered"),
        "ticket.opened": _("Ticket opened"),
        "ticket.changed": _("Ticket changed"),
        "ticket.merged": _("Tickets merged"),
        "ticket.note": _("Note on a ticket"),
        "transcript.ready": _("Transcript ready"),
        "webhook.test": _("Test"),
        "message": _("Message to a customer"),
    },
}
SYSTEM_TONES = {"works": "good", "slow": "warn", "away": "bad", "password": "bad", "disabled": "bad", "gone": "calm"}
