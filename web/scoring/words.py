"""The words for codes of scoring."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

SCORING: dict[str, dict[str, LazyString]] = {
    "watch": {
        "silence": _("The longest silence"),
        "overlap": _("Both talk at once"),
        "hold": _("The longest hold"),
        "notice": _("Told of the recording"),
    },
}
