"""The words of the search: what was not understood, what finds more, why a search is not kept."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

SEARCH: dict[str, dict[str, LazyString]] = {
    "search_notice": {
        "date": _("This is no day: write 2026-11-22, 2026-11 or today. It was left out."),
        "duration": _("This is no duration: write 90, 90s, 5m or 1:30; silence takes > alone. It was left out."),
        "speaker": _("The speaker is caller or agent. It was left out."),
        "ticket": _("A ticket is a number. It was left out."),
        "number": _("At least three digits of a number are needed. It was left out."),
        "prefix": _("At least two letters are needed before the asterisk. It was left out."),
        "minus": _("A minus goes before words, not before filters. It was left out."),
        "signs": _("There is no word in this: write what was said."),
        "long": _("Only the first 400 signs were read."),
        "many": _("Only the first 16 words were looked for."),
    },
    "wider": {
        "without_facts": _("The same words in all calls"),
        "any_form": _("The words in any form and order"),
        "any_word": _("Any one of the words"),
    },
    "search_fault": {
        "many": _("You keep as many searches as one person can: delete one first."),
        "empty": _("This search asks for nothing: write a word or choose a filter first."),
        "name": _("A search needs a name of at most 80 signs."),
        "taken": _("You keep a search of this name already: take another name."),
    },
}


def word(kind: str, code: str) -> str:
    """The sentence for a code in the reader's language."""
    return str(SEARCH[kind].get(code, code))
