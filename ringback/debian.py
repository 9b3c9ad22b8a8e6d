"""Brings packages of Debian beside the system: unpacked into a folder of ours, running nothing of them.

Needs mmdebstrap and no root; the system stays as it is. What is brought, and whether it runs, is for those who ask.
"""

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from ringback.errors import RingbackError
from ringback.messages import text as own_words


class DebianError(RingbackError):
    """Packages could not be brought here."""


def unpack(
    packages: Sequence[str], suite: str, folder: Path, tell: Callable[[str], None], *, components: str = "main"
) -> None:
    """Unpacks `packages` of a suite, with all that they need, into an empty folder; `tell` gets lines of progress.

    Raises DebianError: mmdebstrap is missing, or Debian is not to be reached.
    """
    command = [
        "mmdebstrap",
        "--variant=extract",
        # Without root the packages are unpacked just so; with root that mode is held to be a danger.
        f"--mode={'root' if os.geteuid() == 0 else 'chrootless'}",
        "--format=directory",
        f"--components={components}",
        f"--include={','.join(packages)}",
        '--aptopt=APT::Install-Recommends "false"',
        '--aptopt=Acquire::Check-Valid-Until "false"',  # lets an old mirror through; signatures are checked
        suite,
        str(folder.resolve()),
    ]
    last = ""
    try:
        # It must not be started in a folder that others, to whom apt gives up its rights, may not enter.
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace", cwd="/") as source:
            assert source.stderr is not None
            for line in source.stderr:
                last = line.strip()
                if last.startswith("I: "):
                    tell(last.removeprefix("I: "))
    except FileNotFoundError as error:
        raise DebianError("ringback.no_mmdebstrap", packages=packages[0]) from error
    if source.returncode != 0:
        raise DebianError("ringback.not_unpacked", packages=packages[0], suite=suite, why=own_words(last))
