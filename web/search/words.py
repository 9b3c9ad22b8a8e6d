"""The words of the search: what was not understood, what finds more."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

SEARCH: dict[str, dict[str, LazyString]] = {
    "search_notice": {
        "date": _("This is not a date: write 2026-11-22, 2026-11 or today. This part was ignored."),
        "duration": _(
            "This is not a duration: write 90, 90s, 5m or 1:30; silence takes only >. This part was ignored."
        ),
        "speaker": _("The speaker is caller or agent. This part was ignored."),
        "ticket": _("A ticket is a number. This part was ignored."),
        "number": _("At least three digits of a number are needed. This part was ignored."),
        "prefix": _("At least two letters are needed before the asterisk. This part was ignored."),
        "minus": _("A minus goes before words, not before filters. This part was ignored."),
        "signs": _("There are no words here to search for: type what was said."),
        "long": _("Only the first 400 characters were read."),
        "many": _("Only the first 16 words were searched for."),
    },
    "wider": {
        "without_facts": _("The same words in all calls"),
        "any_form": _("The words in any form, in any order"),
        "any_word": _("Any of the words"),
    },
}


def word(kind: str, code: str) -> str:
    """The sentence for a code in the reader's language."""
    return str(SEARCH[kind].get(code, code))
