"""Which numbers may be called at all: the dialling rules as a small file, for the fallback.

The fallback script answers callers while nothing else runs, and must start fast: it reads this file beside its spool.
Only the standard library is imported at the top. Premium numbers are refused by `policy.read_number`, everywhere.
"""

import contextlib
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringback.config import Settings

log = logging.getLogger(__name__)

FILE = ".rules.json"
"""In the fallback's spool; the dot keeps it from being taken for a request."""
ONE_PRICE = (frozenset({"US", "CA"}), frozenset({"RU", "KZ"}))
"""Countries that share a code and that people call alike; other countries of +1 are costly to call."""


@dataclass(frozen=True, slots=True)
class AllowedDestinations:
    """What may be called."""

    prefixes: tuple[str, ...]
    """E.164 prefixes; empty: the countries decide."""
    countries: frozenset[str]
    """ISO 3166 alpha-2."""

    def allows(self, number: str) -> bool:
        """Whether `number` (E.164) may be called.

        The country counts and not its code: +1 is also a dozen islands whose numbers are dear to call.
        """
        import phonenumbers

        if self.prefixes:
            return number.startswith(self.prefixes)
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) in self.countries


def around(*countries: str) -> AllowedDestinations:
    """These countries and those of the same price."""
    home = set(countries)
    home |= {country for group in ONE_PRICE if group & home for country in group}
    return AllowedDestinations((), frozenset(home))


def allowed_destinations(settings: "Settings") -> AllowedDestinations:
    """The prefixes of the settings; where there are none, the lines' own countries."""
    home = around(*(line.default_country for line in settings.lines))
    return AllowedDestinations(tuple(settings.callbacks.allowed_prefixes), home.countries)


def write(destinations: AllowedDestinations, spool: Path) -> bool:
    """Puts the rules into the fallback's spool, whole or not at all; whether they lie there now.

    A full disk must not keep the program from starting: the log says what then holds.
    """
    wanted = json.dumps({"prefixes": destinations.prefixes, "countries": sorted(destinations.countries)})
    path, draft = spool / FILE, spool / f"{FILE}.{os.getpid()}"
    try:
        if path.is_file() and path.read_text(encoding="utf-8", errors="replace") == wanted:
            return True
        draft.write_text(wanted, encoding="ascii")
        draft.chmod(0o644)  # Asterisk may run as another user
        draft.replace(path)
    except OSError as error:
        log.warning("the fallback's dialling rules could not be written to %s, it goes by older ones: %s", spool, error)
        with contextlib.suppress(OSError):
            draft.unlink()
        return False
    return True


def read(spool: Path, country: str) -> AllowedDestinations:
    """The rules in the fallback's spool; without readable ones only the country of the line, and of its price."""
    try:
        rules = json.loads((spool / FILE).read_text(encoding="ascii"))
        prefixes, countries = tuple(rules["prefixes"]), frozenset(rules["countries"])
        if all(isinstance(each, str) for each in (*prefixes, *countries)):
            return AllowedDestinations(prefixes, countries)
    except (OSError, ValueError, KeyError, TypeError):
        return around(country)
    return around(country)
