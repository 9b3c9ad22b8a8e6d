"""The caller's number and name, read from the From header of a SIP call.

Asterisk decodes what a caller writes there, line breaks and all, and would repeat it in every AMI event:
a caller could write events of its own making. So no channel carries that text (asterisk-conf/pjsip.conf.j2); the
dialplan keeps the header URL-encoded in RINGBACK_FROM, and this is where it is read, and cleaned of what no store keeps
(`ringback/foreign_text.py`). The result is still hostile text: data to be stored and shown with care.
"""

import re
from functools import lru_cache
from urllib.parse import unquote

from ringback.foreign_text import cleaned
from ringback.numbers import is_nobody

ADDRESS = re.compile(r"<?\s*(?:sips?|tel):([^@;>]*)", re.IGNORECASE)
WITHHELD = re.compile(r";\s*privacy\s*=\s*\"?(?:full|uri)\b", re.IGNORECASE)
"""A Remote-Party-ID whose number is not to be shown."""
LONGEST = 200
"""Characters of a name or number that are kept."""
DIALLABLE = re.compile(r"\+?[0-9]{1,20}")


@lru_cache(maxsize=1024)  # each event of a channel brings it again
def read_from(encoded: str) -> tuple[str, str]:
    """Number and name in a From header that is URL-encoded as a whole; empty where there is none.

    The number is the user part with its own encoding taken off, and without parameters of its own: what the caller
    gave, whatever that is. What stands for nobody (a withheld number, 0000000000) is empty.
    """
    header = unquote(encoded)
    # The last address is the real one: a display name may contain anything, another address too.
    addresses = list(ADDRESS.finditer(header))
    if not addresses:
        return "", ""
    found = addresses[-1]
    # Asterisk puts a backslash before each quote, also before those that hold the name.
    name = re.sub(r"\\(.)", r"\1", header[: found.start()].strip(), flags=re.DOTALL)
    number = unquote(found[1])
    if is_nobody(number) or WITHHELD.search(header, found.end()):
        number = ""
    return cleaned(number, LONGEST), cleaned(_unquoted(name), LONGEST)


def _unquoted(name: str) -> str:
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] == '"' else name


def shown_number(number: str) -> str:
    """The number as other phones may be told it: digits with a plus at most; empty for anything else."""
    return number if DIALLABLE.fullmatch(number) else ""
