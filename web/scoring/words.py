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
        "notice": _("The notice was read to its end."),
        "notice_cut": _("The notice was begun and not read to its end."),
        "notice_set": _(
            "By the settings of that time the line said its notice first; how much was heard nobody knows."
        ),
        "no_notice": _("By the settings of that time the line said no notice."),
        "notice_unknown": _("Whether the notice was read is not known: nothing of it is stored."),
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
