"""Words: answers that are said instead of pressing a key. No state of its own: menus and the survey use it.

What was said comes as the key it stands for (`ivr.commands.Ask.words`), so a choice is a choice however it was made.
Here is what only words have: which may be said, and that they may be heard uncertainly or not at all.
"""

from collections.abc import Mapping

from ivr.events import Done
from ivr.memory import Dialogue
from ringback.config import Option, SurveyOption
from ringback.phrases import Phrases, with_numbers

UNKNOWN = "?"
"""How the value of a `Done` begins whose words were not understood for sure."""
CONFIRM = "meant-"
"""How the ids of the commands begin that ask what was meant."""
MOST_MISHEARD = 2
"""So often words may not be understood in one menu."""


def phrases_of(call: Dialogue, options: Mapping[str, Option | SurveyOption], *, person: bool = False) -> Phrases:
    """What may be said for these options in the language of the call, with the numbers of their keys.

    Empty where no option has words, or where words were not understood too often. `person`: 0 leads to one.
    """
    said = tuple((key, tuple(option.words_in(call.language))) for key, option in options.items())
    if are_given_up(call) or not any(phrases for _, phrases in said):
        return ()
    return with_numbers(said, call.language, person=person)


def are_given_up(call: Dialogue) -> bool:
    """Whether only keys are heard."""
    return call.memory.misheard >= MOST_MISHEARD


def is_words(done: Done) -> bool:
    """Whether words were heard that are no key for sure."""
    return done.value.startswith(UNKNOWN)


def key_of(call: Dialogue, done: Done) -> str:
    """The key that was pressed or said; of uncertain words, and of the question about them, the key they may mean."""
    if done.command.startswith(CONFIRM) and done.value == "1":
        return call.memory.meant or ""
    return done.value.removeprefix(UNKNOWN)
