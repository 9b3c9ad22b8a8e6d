"""Rows before commands, with patience: what a step brought is written, and only then may be sent.

Owns how long that may take: rows that no command waits for join a later commit; when the store is slow or away the
calls go on without it, and what was to be written is kept and written in order as soon as it can be. Leaves what rows
look like to `controller/store.py`, and what is sent to `controller/controller.py`.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from controller.output import Output
from ringback.messages import Message, message, text

COMMIT_PATIENCE_SECONDS = 0.05
"""How long after a write began commands wait for it, before the caller matters more."""
PROMISE_PATIENCE_SECONDS = 0.5
"""The same where a promise is given or on its way: it must be neither forgotten nor kept twice."""
LATE_SECONDS = 1.0
"""A store that takes longer to write is a trouble that people are told of."""
DEFER_SECONDS = 0.1
"""How long rows that no command waits for may join a later commit."""


class Committer:
    """Everything that is not written yet, in order."""

    def __init__(
        self,
        write: Callable[[Output], Awaitable[set[uuid.UUID]]],
        tell: Callable[[Message | None], None],
        wake: Callable[[], None],
    ) -> None:
        """`write` returns promises that had ended before, elsewhere, and raises SQLAlchemyError where the store cannot
        write now; `tell` gets the trouble with the store, None once it is over; `wake` asks for another `commit`."""
        self._write = write
        self._tell = tell
        self._wake = wake
        self._unwritten: list[Output] = []
        self._deferred: Output | None = None
        self._flush_at = 0.0
        self._ended_elsewhere: set[uuid.UUID] = set()
        self._writing: asyncio.Task[None] | None = None
        self._writing_since = 0.0

    @property
    def flush_at(self) -> float | None:
        """When rows that were kept back want to be written at the latest; None: there are none."""
        return None if self._deferred is None else self._flush_at

    @property
    def is_behind(self) -> bool:
        """Rows are late."""
        return bool(self._unwritten)

    def take_ended_elsewhere(self) -> set[uuid.UUID]:
        """Promises of which a write found out that they had ended."""
        rows, self._ended_elsewhere = self._ended_elsewhere, set()
        return rows

    async def commit(self, out: Output, now: float) -> Output | None:
        """What may be sent now: its rows are written, or are late. None: kept back, for nothing waits for it."""
        if self._deferred is not None:
            out = self._deferred.followed_by(out)
        if out.has_rows and not out.is_urgent and self._deferred is None:
            # Nothing waits for these rows: they may join the next commit, which a busy moment brings soon.
            self._deferred, self._flush_at = out, now + DEFER_SECONDS
            return None
        if not out.is_urgent and self._deferred is not None and now < self._flush_at:
            self._deferred = out
            return None
        self._deferred = None
        if out.has_rows:
            self._unwritten.append(out)
        if self._unwritten:
            await self._wait(
                PROMISE_PATIENCE_SECONDS if out.callback_requests or out.promises else COMMIT_PATIENCE_SECONDS
            )
        return out

    async def _wait(self, patience: float) -> None:
        """For the store until `patience` seconds after it began to write: for what is late nobody waits again."""
        if self._writing is not None and self._writing.done():
            self._writing.result()  # a fault of ours that came after the wait
            self._writing = None
        if self._writing is None:
            self._writing, self._writing_since = asyncio.create_task(self._write_all()), time.monotonic()
        left = self._writing_since + patience - time.monotonic()
        if left > 0:
            written, _ = await asyncio.wait([self._writing], timeout=left)
            for writing in written:
                writing.result()  # a fault of ours

    async def _write_all(self) -> None:
        """Until everything is written, oldest first, or refused; tells of what people should know."""
        late = asyncio.get_running_loop().call_later(LATE_SECONDS, self._tell, message("controller.store_slow"))
        try:
            await self._write_in_order()
            self._tell(None)
            if self._ended_elsewhere:
                self._wake()
        except SQLAlchemyError as error:
            self._tell(message("controller.store_away", why=text(str(error.args[0]))))
        finally:
            late.cancel()

    async def _write_in_order(self) -> None:
        while self._unwritten:
            ended = await self._write(self._unwritten[0])
            self._ended_elsewhere |= ended
            self._unwritten.pop(0)
