"""The words people read for codes of messages to customers; `web/labels.py` takes them in."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

CHANNEL_WORDS: dict[str, dict[str, LazyString]] = {
    "message_state": {
        "kept": _("Waits"),
        "sent": _("Sent"),
        "delivered": _("Delivered"),
        "failed": _("Failed"),
        "not_sent": _("Not sent"),
    },
}
CHANNEL_ENTRIES: dict[str, LazyString] = {
    "mail": _("Email"),
    "text_message": _("Text message"),
    "telegram": _("Telegram"),
    "service": _("Message"),
    "undelivered": _("Not delivered"),
    "link": _("Link opened"),
    "comment": _("Words in the survey"),
}
"""Kinds of a ticket's entries."""
CHANNEL_STAGES: dict[str, LazyString] = {
    "kept messages": _("Messages to customers"),
    "survey links": _("Surveys by message"),
    "mail inbox": _("Customers' mails"),
    "telegram inbox": _("Customers' messages in Telegram"),
}
"""Stages of the worker."""
CHANNEL_TONES = {
    "message_kept": "warn",
    "message_sent": "good",
    "message_delivered": "good",
    "message_failed": "bad",
}
