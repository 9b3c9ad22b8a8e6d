"""Passwords in addresses of the settings, as in `postgresql://user:password@host/data`: in no row and on no page.

They are the one secret that a settings file may hold; all others lie in the secrets file. What is written instead is
read back as the password in force at the same address.
"""

import re

from publishing.errors import PublishRefused

HIDDEN = "*****"
_ADDRESS = re.compile(
    r"(?P<before>\b[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@'\"#]*:)(?P<password>[^\s@'\"]+)(?P<after>@[^\s'\"#]*)"
)


def hide(text: str) -> str:
    """The text without its passwords."""
    return _ADDRESS.sub(lambda found: f"{found['before']}{HIDDEN}{found['after']}", text)


def put_back(text: str, in_force: str) -> str:
    """The text with the passwords that stand at the same addresses in `in_force`. Raises PublishRefused."""
    known = {(found["before"], found["after"]): found["password"] for found in _ADDRESS.finditer(in_force)}

    def password(found: re.Match[str]) -> str:
        before, given, after = found["before"], found["password"], found["after"]
        if given == HIDDEN:
            if (before, after) not in known:
                raise PublishRefused("publishing.no_password", address=f"{before}{HIDDEN}{after}")
            given = known[before, after]
        return f"{before}{given}{after}"

    return _ADDRESS.sub(password, text)
