"""When a letter is tried again and when it is given up, and why somebody gets none: plain decisions."""

from datetime import timedelta

from letters.colleagues import Colleague
from letters.kinds import TOPIC_OF, LetterKind
from ringback.messages import Message, message

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
GIVEN_UP = timedelta(days=4)
"""What the mail server did not take for so long is old news."""


def pause(age: timedelta) -> timedelta:
    """Until the next try of a letter that has waited for so long: half as long again, between a minute and an hour."""
    return min(max(age / 2, FIRST_PAUSE), LONGEST_PAUSE)


def hindrance(has_server: bool, who: Colleague, kind: LetterKind) -> Message | None:
    """Why somebody gets no such letter; None: nothing is in the way."""
    if not who.address:
        return message("letters.no_address")
    if TOPIC_OF[kind] in who.unwanted:
        return message("letters.unwanted")
    return None if has_server else message("letters.no_server")
