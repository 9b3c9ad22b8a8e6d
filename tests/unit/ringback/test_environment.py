"""Which errors are the machine's, so that no work is blamed for them."""

import errno

import pytest

from ringback.environment import Away, is_environment


@pytest.mark.parametrize(
    ("error", "environment"),
    [
        (OSError(errno.ENOSPC, "full"), True),
        (OSError(errno.ESTALE, "stale"), True),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), True),
        (Away("The storage is away."), True),
        (PermissionError(errno.EACCES, "no rights"), False),
        (IsADirectoryError(errno.EISDIR, "a folder"), False),
        (OSError("became shorter while it was read"), False),
        (ValueError("a fault of ours"), False),
    ],
)
def test_the_machines_trouble_is_told_from_the_works_own(error: Exception, environment: bool) -> None:
    assert is_environment(error) is environment
    told = RuntimeError("cannot be written")
    told.__cause__ = error
    assert is_environment(told) is environment
