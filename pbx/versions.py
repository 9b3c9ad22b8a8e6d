"""What the version of an Asterisk tells of it: whether it records both sides, and at which rates. Pure.

Knows no program and no connection: who has a version, of a program or of a running Asterisk, asks here. See
docs/adr/0030.
"""

import re

Version = tuple[int, ...]

STEREO_SINCE: dict[int, Version] = {20: (20, 11), 21: (21, 6), 22: (22, 1), 23: (23,)}
"""The first of each branch whose MixMonitor knows option D; without it both sides are one, and the file is read as
something else."""
WIDEBAND_SINCE: dict[int, Version] = {20: (20, 21), 22: (22, 11), 23: (23, 5)}
"""The first of each branch that records a leg of more than 8 kHz right (asterisk/asterisk#1779). Before, both channels
of a stereo recording are garbled as soon as one leg speaks G.722 or Opus: half of each packet is left out, the other
half stretched. Branch 21 was never mended."""
NEWEST_BRANCH = 23
"""Later ones had what the branches above were given from their first version on."""
NARROWBAND = ("ulaw", "alaw")
"""Codecs at 8 kHz that Asterisk has without a module of somebody else's: any telephone and any provider speaks one."""
WIDEBAND = "g722"


def version_in(text: str) -> str | None:
    """`22.10.1` in what an Asterisk says of itself: `Asterisk 22.10.1~ds`, `certified/20.7-cert2`, `22.11.0-rc1`."""
    found = re.match(r"\s*(?:Asterisk )?(?:certified[/-])?(\d+(?:\.\d+)*)", text)
    return found.group(1) if found else None


def numbers(version: str) -> Version:
    """To be compared: `22.10.1` is (22, 10, 1)."""
    return tuple(int(part) for part in version.split("."))


def records_stereo(version: str) -> bool:
    """Whether caller and agent are told apart in what this Asterisk records."""
    return _has_since(version, STEREO_SINCE)


def garbles_wideband(version: str | None) -> bool:
    """Whether recordings of this Asterisk are garbled by a leg above 8 kHz; an unknown version may."""
    return version is None or not _has_since(version, WIDEBAND_SINCE)


def codecs(version: str | None, first: str = "ulaw") -> list[str]:
    """What endpoints may agree on with this Asterisk; `first` of those at 8 kHz is preferred."""
    narrow = sorted(NARROWBAND, key=lambda name: name != first)
    return narrow if garbles_wideband(version) else [*narrow, WIDEBAND]


def above_8_khz(allowed: str) -> list[str]:
    """Of the codecs that an endpoint allows, as Asterisk lists them (`(ulaw|g722)`), those that are above 8 kHz."""
    return [name for name in re.findall(r"[a-z0-9.]+", allowed.lower()) if name in WIDER]


WIDER = frozenset(
    "g722 opus siren7 siren14 silk12 silk16 silk24 speex16 speex32 g719 slin12 slin16 slin24 slin32 slin44 slin48 "
    "slin96 slin192 all".split()
)
"""Asterisk's names of codecs above 8 kHz."""


def _has_since(version: str, since: dict[int, Version]) -> bool:
    found = numbers(version)
    if found[0] > NEWEST_BRANCH:
        return True
    first = since.get(found[0])
    return first is not None and found >= first
