"""Whose fault an error is: the work's own, or the machine's and what it depends on.

Work that fails by itself (a file that cannot be read, a word that nobody expected) is tried a few times and then set
aside, so that a person sees it. Where the disk is full or a storage is away, all work fails alike: trying again is
what helps, counting the tries would set everything aside. Every room and the worker ask here.
"""

import errno

from ringback.errors import RingbackError

TROUBLES = frozenset({
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS,  # it cannot be written: full, read-only
    errno.EIO, errno.ENODEV, errno.ENXIO, errno.EREMOTEIO, errno.ESTALE, errno.ENOTCONN,  # the disk or share is away
    errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH,
    errno.ETIMEDOUT, errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED,
    errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN,  # the machine has no more to give now
})  # fmt: skip
"""Numbers of an OSError that pass when the machine is mended. No rights, a folder in a file's place and a file that is
not there are no such numbers: they stay as they are until somebody looks."""


class Away(RingbackError):
    """Something that we depend on cannot be had now. A room's error that means this derives from it too."""


def is_environment(error: BaseException | None) -> bool:
    """Whether an error, or what it was raised from, is the machine's trouble: to be waited for, and not counted."""
    while error is not None:
        if isinstance(error, Away) or (isinstance(error, OSError) and error.errno in TROUBLES):
            return True
        error = error.__cause__
    return False
