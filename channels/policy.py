"""Plain decisions about messages: how many parts a text message has, when it is quiet, what an address is. Pure."""

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklm"
    "nopqrstuvwxyzäöñüà"
)
"""Characters that take one place of a text message in the phones' own alphabet (3GPP TS 23.038)."""
GSM_TWICE = frozenset("\f^{}\\[~]|€")
"""Those that take two."""
GSM_ONE, GSM_EACH = 160, 153
"""Places of a message of one part, and of each part of a longer one, which begins with how they hang together."""
WIDE_ONE, WIDE_EACH = 70, 67
"""The same where any character is of another alphabet: Cyrillic, most pictures."""
LONGEST_MAIL = 20_000
LONGEST_CHAT = 4_096
LONGEST_SUBJECT = 150
LONGEST_NAME = 64
MAIL_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?", re.ASCII
)
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class MessageParts:
    """How a text message goes over the air."""

    count: int
    places: int
    """That it takes."""
    is_wide: bool
    """Whether some character is in no alphabet of one place."""

    @property
    def each(self) -> int:
        """Places of a part."""
        if self.count <= 1:
            return WIDE_ONE if self.is_wide else GSM_ONE
        return WIDE_EACH if self.is_wide else GSM_EACH


def parts_of(text: str) -> MessageParts:
    """Of a text; no pair of places is cut in two, as phones want it."""
    is_wide = any(char not in GSM and char not in GSM_TWICE for char in text)
    if is_wide:
        sizes = [len(char.encode("utf-16-le", "surrogatepass")) // 2 for char in text]
        one, each = WIDE_ONE, WIDE_EACH
    else:
        sizes = [2 if char in GSM_TWICE else 1 for char in text]
        one, each = GSM_ONE, GSM_EACH
    places = sum(sizes)
    if places <= one:
        return MessageParts(1, places, is_wide)
    if max(sizes) == 1:
        return MessageParts(math.ceil(places / each), places, is_wide)
    count, left = 1, each
    for size in sizes:
        if size > left:
            count, left = count + 1, each
        left -= size
    return MessageParts(count, places, is_wide)


def quiet_until(hours: tuple[time, time] | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When it ends that nothing goes out; None: it may go now. By the clock of `zone`."""
    if hours is None or hours[0] == hours[1]:
        return None
    begin, end = hours
    here = now.astimezone(zone)
    clock = here.time().replace(tzinfo=None)
    is_quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not is_quiet:
        return None
    day = here.date() if clock < end else here.date() + timedelta(days=1)
    until = datetime.combine(day, end, zone)
    return until if until > now else until + timedelta(hours=1)  # the hour that the clock is put back


def plain_text(words: str, longest: int) -> str:
    """Several lines without control characters and marks of direction, never more than one empty line after another."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    clean = ("".join(char for char in line if _shows(char)).rstrip() for line in lines)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(clean)).strip()
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _shows(char: str) -> bool:
    return char == "\t" or char in "\u200c\u200d" or unicodedata.category(char)[0] != "C"


def is_mail_address(text: str) -> bool:
    """Whether it is one address of mail as servers take it: no name around it, nothing that could end a line."""
    return bool(MAIL_ADDRESS.fullmatch(text)) and ".." not in text and len(text) <= 254
