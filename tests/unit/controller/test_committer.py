"""Rows before commands, and how long a command waits for them."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.exc import OperationalError

from controller import committer
from controller.committer import Committer
from controller.output import Output
from ivr import commands as cmd
from queueing.router import Overstay

ENDED = uuid.UUID(int=1)


def rows(name: str = "anna") -> Output:
    """Rows that no command waits for."""
    return Output(overstays=[Overstay(name, "lunch", 0.0)])


def urgent(name: str = "anna") -> Output:
    return Output(overstays=[Overstay(name, "lunch", 0.0)], commands=[("c-1", cmd.HangUpNow())])


class Written:
    """A store that is quick, slow (until `go`), or away."""

    def __init__(self) -> None:
        self.steps: list[Output] = []
        self.go = asyncio.Event()
        self.go.set()
        self.away = False
        self.ended = {ENDED}
        self.troubles: list[str | None] = []
        self.three_are_written = asyncio.Event()
        self.all_is_written = asyncio.Event()

    def tell(self, trouble: Any) -> None:
        self.troubles.append(trouble)
        if trouble is None:
            self.all_is_written.set()

    async def write(self, out: Output) -> set[uuid.UUID]:
        await self.go.wait()
        if self.away:
            raise OperationalError("INSERT", {}, Exception("locked"))
        self.steps.append(out)
        if len(self.steps) == 3:
            self.three_are_written.set()
        return self.ended


def with_committer(story: Callable[[Committer, Written], Awaitable[None]]) -> None:
    async def play() -> None:
        store = Written()
        await story(Committer(store.write, store.tell, lambda: None), store)

    asyncio.run(play())


def test_rows_nobody_waits_for_join_the_next_commit() -> None:
    async def story(commits: Committer, store: Written) -> None:
        assert await commits.commit(rows(), 10.0) is None
        assert commits.flush_at == 10.0 + committer.DEFER_SECONDS
        assert store.steps == []
        sent = await commits.commit(urgent("boris"), 10.01)
        assert sent is not None
        assert [each.agent for each in sent.overstays] == ["anna", "boris"]
        assert store.steps == [sent] and commits.flush_at is None
        assert commits.take_ended_elsewhere() == {ENDED}
        assert commits.take_ended_elsewhere() == set()

    with_committer(story)


def test_a_command_does_not_wait_for_a_slow_store_and_rows_follow_in_order() -> None:
    async def story(commits: Committer, store: Written) -> None:
        store.go.clear()
        first, second = await commits.commit(urgent("anna"), 1.0), await commits.commit(urgent("boris"), 1.0)
        assert (store.steps, commits.is_behind) == ([], True)
        store.go.set()
        third = await commits.commit(urgent("clara"), 1.1)
        async with asyncio.timeout(5):
            await store.three_are_written.wait()
        assert store.steps == [first, second, third]

    with_committer(story)


def test_what_an_absent_store_refused_is_written_when_it_is_back() -> None:
    async def story(commits: Committer, store: Written) -> None:
        store.away = True
        first = await commits.commit(urgent(), 1.0)
        assert first is not None and commits.is_behind
        assert [text for text in store.troubles if text] != []
        store.away = False
        second = await commits.commit(urgent(), 2.0)
        assert store.steps == [first, second]
        assert store.troubles[-1] is None

    with_committer(story)


def test_a_promise_that_ended_elsewhere_is_told_of_once_also_while_the_store_is_slow() -> None:
    async def story(commits: Committer, store: Written) -> None:
        await commits.commit(urgent(), 1.0)
        store.go.clear()
        store.ended = set()
        await commits.commit(urgent(), 1.0)
        assert commits.take_ended_elsewhere() == {ENDED}
        store.all_is_written.clear()
        store.go.set()
        async with asyncio.timeout(5):
            await store.all_is_written.wait()
        assert commits.take_ended_elsewhere() == set()

    with_committer(story)
