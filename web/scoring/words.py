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
    "seen": {
        "silence": _("The longest silence"),
        "overlap": _("Both talk at once for longest"),
        "hold": _("The longest hold"),
        "none": _("nothing of note in this call"),
        "notice": _("The line says its notice before all else, as it is set today."),
        "no_notice": _("The line says no notice, as it is set today."),
    },
    "dispute": {
        "open": _("Disputed"),
        "late": _("Disputed, the answer is late"),
        "kept": _("Dispute: kept"),
        "changed": _("Dispute: changed"),
    },
    "evaluation": {
        "review": _("Evaluation"),
        "calibration": _("Calibration"),
        "grade": _("Beside a review"),
    },
}
