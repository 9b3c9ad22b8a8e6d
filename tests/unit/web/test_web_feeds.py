"""Who listens and what each is sent, without pages: one look for all, the latest only, signs of life, the end."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Collection, Hashable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from web import feeds
from web.feeds import Feed, Feeds, Looked
from web.pieces import Section, single

Until = Callable[..., object]


class Floor:
    """What there is to be seen: one word for each kind of viewer. A viewer is its kind and a name."""

    def __init__(self) -> None:
        self.words: dict[Hashable, str] = {"red": "r0", "blue": "b0"}
        self.gone: set[str] = set()
        self.looks: list[set[str]] = []
        self.fault: Exception | None = None

    def __call__(self, viewers: Collection[str]) -> Looked[str]:
        self.looks.append(set(viewers))
        if self.fault is not None:
            raise self.fault
        kinds = {each: each.partition(" ")[0] for each in viewers if each not in self.gone}
        pages: dict[Hashable, list[Section]] = {kind: [single("word", self.words[kind])] for kind in kinds.values()}
        return Looked(dict(kinds), pages)


@pytest.fixture
def floor(monkeypatch: pytest.MonkeyPatch) -> Floor:
    monkeypatch.setattr(feeds, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(feeds, "GATHER_SECONDS", 0.0)
    return Floor()


async def word(parts: AsyncIterator[bytes]) -> str:
    """What the next event but signs of life says."""
    async for part in parts:
        if part.startswith(b"data: ") and (told := json.loads(part[6:])["parts"]):
            return str(dict(told)["word"])
    return ""


def run(story: Any) -> None:
    asyncio.run(asyncio.wait_for(story, 10))


def test_everybody_is_shown_what_there_is_and_then_what_changed(floor: Floor) -> None:
    async def story() -> None:
        all_feeds = Feeds(floor)
        one, two, other = (all_feeds.feed(name, "").parts() for name in ("red 1", "red 2", "blue 1"))
        assert [await word(each) for each in (one, two, other)] == ["r0", "r0", "b0"]
        floor.words["red"] = "r1"
        assert (await word(one), await word(two)) == ("r1", "r1")
        floor.words["blue"] = "b1"
        assert await word(other) == "b1"
        assert {"red 1", "red 2", "blue 1"} in floor.looks, "one look for all"

    run(story())


def test_the_same_change_is_the_same_bytes_for_all_who_see_it(floor: Floor) -> None:
    floor.words["blue"] = "r0"

    async def story() -> None:
        all_feeds = Feeds(floor)
        parts = [all_feeds.feed(name, "").parts() for name in ("red 1", "red 2", "blue 1")]
        for each in parts:
            await word(each)
        floor.words = dict.fromkeys(floor.words, "next")
        told = [await anext(each) for each in parts]
        assert told[0] is told[1] is told[2]

    run(story())


def test_one_who_was_not_quick_enough_has_the_latest_and_nothing_in_between(floor: Floor) -> None:
    async def story() -> None:
        all_feeds = Feeds(floor)
        slow, quick = all_feeds.feed("red 1", "").parts(), all_feeds.feed("red 2", "").parts()
        await word(slow)
        await word(quick)
        for number in range(1, 6):
            floor.words["red"] = f"r{number}"
            assert await word(quick) == f"r{number}"
        assert await word(slow) == "r5"
        floor.words["red"] = "r6"
        assert (await word(slow), await word(quick)) == ("r6", "r6")

    run(story())


def test_nobody_looks_while_nobody_listens(floor: Floor, until: Until) -> None:
    async def story() -> None:
        await asyncio.to_thread(until, lambda: not looking())  # of the test before
        all_feeds = Feeds(floor)
        parts = all_feeds.feed("red 1", "").parts()
        await word(parts)
        assert looking()
        await parts.aclose()  # type: ignore[attr-defined]
        await asyncio.to_thread(until, lambda: not looking())
        again = all_feeds.feed("red 1", "").parts()
        assert await word(again) == "r0"

    run(story())


def looking() -> bool:
    return any(thread.name == "look" for thread in threading.enumerate())


def test_without_news_there_are_signs_of_life(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "BEAT_SECONDS", 0.02)

    async def story() -> None:
        parts = Feeds(floor).feed("red 1", "").parts()
        await word(parts)
        for _ in range(3):
            told = json.loads((await anext(parts))[6:])
            assert told["parts"] == [] and told["at"] > 1_700_000_000

    run(story())


def test_a_stream_ends_for_one_who_may_listen_no_more_and_for_nobody_else(floor: Floor) -> None:
    async def story() -> None:
        all_feeds = Feeds(floor)
        one, two = all_feeds.feed("red 1", "").parts(), all_feeds.feed("red 2", "").parts()
        await word(one)
        await word(two)
        floor.gone.add("red 1")
        assert await word(one) == ""
        floor.words["red"] = "r1"
        assert await word(two) == "r1"

    run(story())


def test_a_stream_ends_when_its_time_is_over(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "LIFE_SECONDS", (0.05, 0.05))
    monkeypatch.setattr(feeds, "BEAT_SECONDS", 0.02)

    async def story() -> None:
        parts = Feeds(floor).feed("red 1", "").parts()
        assert await word(parts) == "r0"
        assert await word(parts) == ""

    run(story())


@pytest.mark.parametrize("blind", [0.0, 60.0])
def test_streams_outlive_a_moment_without_the_store_and_no_more(
    floor: Floor, until: Until, blind: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "BLIND_SECONDS", blind)

    async def story() -> None:
        parts = Feeds(floor).feed("red 1", "").parts()
        await word(parts)
        floor.fault = OperationalError("look", None, OSError("the store is away"))
        looks = len(floor.looks)
        if blind:
            await asyncio.to_thread(until, lambda: len(floor.looks) > looks + 2)
            floor.fault, floor.words["red"] = None, "r1"
            assert await word(parts) == "r1"
        else:
            assert await word(parts) == ""

    run(story())


def test_a_fault_of_ours_ends_streams_and_the_next_one_is_served(floor: Floor) -> None:
    async def story() -> None:
        all_feeds = Feeds(floor)
        parts = all_feeds.feed("red 1", "").parts()
        await word(parts)
        floor.fault = ValueError("a fault of ours")
        assert await word(parts) == ""
        floor.fault = None
        assert await word(all_feeds.feed("red 1", "").parts()) == "r0"

    run(story())


def test_a_stream_that_is_given_up_before_anything_came_leaves_nothing_behind(floor: Floor) -> None:
    async def story() -> None:
        all_feeds = Feeds(floor)
        feed: Feed[str] = all_feeds.feed("red 1", "")
        feed.end()
        assert [part async for part in feed.parts()] == [b"retry: 2000\n\n"]

    run(story())
