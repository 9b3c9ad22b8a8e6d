"""Names of the prompts: what can be said, and in which order. Pure: names in, names out.

Text and sound of each lie in `prompts/texts` and `prompts/sounds` (`prompts/files.py`); to Asterisk each is
`ringback/<name>` in the channel's language.
"""

import re

LANGUAGES = ("en", "ru")
LAST_POSITION = 10
"""The last place in line that has a prompt of its own; behind it `position-many` is said."""
WAIT_MINUTES = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
"""The expected waits that have a prompt of their own, each "less than ..."; above them `wait-long` is said."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
"""The code of a language, ISO 639: the name of its folder and of its file."""

CORE = (
    "menu-invalid",
    "menu-silent",
    "to-person",
    "please-wait",
    "survey-thanks",
    "survey-opted-out",
    "goodbye",
    "unknown-line",
    "trouble",
    "agent-lost",
    "nuisance",
    "position-many",
    *(f"position-{n}" for n in range(1, LAST_POSITION + 1)),
    *(f"digit-{n}" for n in range(10)),
)
"""What the call itself says, whatever the settings are."""

WORDS = ("words-unknown", "words-keys", "words-meant", "words-person", "words-yes-no")
"""What is said where an answer may be said, too, and was not understood for sure."""

WAITING = (
    *(f"wait-{minutes}" for minutes in WAIT_MINUTES),
    "wait-long",
    "redial-place",
    "closing-soon",
)
"""What the line says: the expected wait, the place that was kept, and that we close soon."""

CLOSED = (
    "closed",
    "closed-holiday",
    "opens-today",
    "opens-tomorrow",
    *(f"opens-{day}" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
    *(f"at-{hour}-{minute}" for hour in range(6, 13) for minute in ("00", "30")),
    "message-offer",
    "leave-message",
    "message-thanks",
    "callback-thanks-later",
    "callback-reason",
)
"""What callers hear while we are closed."""

CALLBACK = (
    "callback-offer",
    "callback-thanks",
    "callback-already",
    "callback-later",
    "callback-brief",
    "callback-connecting",
    "callback-forbidden",
    "callback-limit",
    "callback-number",
    "callback-busy",
    "callback-machine",
    "callback-no-answer",
    "callback-not-reached",
)
"""What is said around a promise to call back; the number is asked for with the prompts of FALLBACK."""

TICKET = ("ticket-about", "ticket-press")
"""What a caller with an open ticket is asked; its number is said digit by digit between the two."""

LOOKUP = (
    "lookup-moment",
    "lookup-no-number",
    "lookup-unknown",
    "lookup-failed",
    "ticket-number",
    "ticket-open",
    "ticket-closed",
    "ticket-unknown",
    "ticket-who",
)
"""What is said where something is looked up, a ticket at the least."""

PROBLEM = ("problem-offer", "problem-thanks", "problem-hello", "problem-fixed", "problem-person")
"""What is said around a known problem, whose own words are a sound of their own."""

AGENT = (
    "agent-logged-in",
    "agent-logged-out",
    "agent-paused",
    "agent-resumed",
    "agent-unknown-code",
    "record-prompt",
    "record-kept",
)
"""What agents hear who use feature codes on their phone."""

FALLBACK = (
    "fallback-apology",
    "fallback-offer",
    "fallback-number",
    "fallback-confirm",
    "fallback-enter",
    "fallback-bad-number",
    "fallback-thanks",
    "fallback-no-number",
)
"""What asterisk-conf/agi-bin/fallback.py says besides."""

EVERY_LINE = CORE + WAITING + CLOSED + CALLBACK + TICKET + LOOKUP + PROBLEM + AGENT + FALLBACK
"""All that is said on every line, whatever the settings are."""


def position_prompts(position: int) -> tuple[str, ...]:
    """What to say to the caller in place `position` of the line; 1 is next."""
    if position < 1:
        raise ValueError(f"place {position} in line: the first is 1")
    return (f"position-{position}" if position <= LAST_POSITION else "position-many",)


def wait_prompts(minutes: float | None) -> tuple[str, ...]:
    """What to say to a caller who will wait at most so long: the next larger bound; None: nothing is known."""
    if minutes is None:
        return ()
    bound = next((bound for bound in WAIT_MINUTES if minutes <= bound), None)
    return ("wait-long" if bound is None else f"wait-{bound}",)


def digits_prompts(digits: str) -> tuple[str, ...]:
    """A number said digit by digit; characters that are no ASCII digits (+, spaces) are left out."""
    return tuple(f"digit-{digit}" for digit in digits if digit in "0123456789")
