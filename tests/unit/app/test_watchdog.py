"""The watchdog with a program in Asterisk's place: how it ends, and what is known of one that never comes up."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from app import stopping
from app.watchdog import Watchdog, forget_old
from pbx import running
from pbx.asterisk import AsteriskDirs, AsteriskProgram
from ringback.config import Settings
from tests.conftest import until
from tests.unit.app.test_occupied import private

STAYS = "import time; time.sleep(1000)"
NEVER_COMES_UP = "import sys; print('no module there', flush=True); sys.exit(3)"


def at(folder: Path, code: str) -> tuple[Settings, AsteriskDirs]:
    """Settings whose Asterisk is a line of Python, and where it runs."""
    settings = private(folder)
    place = AsteriskDirs(
        AsteriskProgram((sys.executable, "-c", code), folder, folder, "22", None),
        folder,
        folder / "run",
        folder / "log",
    )
    for each in (place.etc, place.log, place.run):
        each.mkdir(parents=True)
    for name in (*running.AT_START_ONLY, "pjsip.conf"):
        (place.etc / name).write_text("")
    return settings, place


async def live_until(watchdog: Watchdog, settings: Settings, seen: Callable[[], object]) -> None:
    """Lives until `seen`, then until an order that leaves no time is done."""
    life = asyncio.create_task(watchdog.live())
    await asyncio.to_thread(until, seen, 30)
    stopping.give(settings, 0.0, at_once=True)
    async with asyncio.timeout(30):
        await life


def test_an_order_ends_asterisk_then_the_watchdog_and_is_taken_back(tmp_path: Path) -> None:
    settings, place = at(tmp_path, STAYS)
    asyncio.run(live_until(Watchdog(settings, place, tied=False), settings, lambda: running.pid_of(place)))
    assert running.pid_of(place) is None
    assert stopping.given(settings) is None


def test_an_asterisk_that_never_comes_up_is_known_with_its_last_words(tmp_path: Path) -> None:
    settings, place = at(tmp_path, NEVER_COMES_UP)

    def second() -> bool:
        found = running.death_since(place, 0.0)
        return found is not None and found[1].in_a_row >= 2

    asyncio.run(live_until(Watchdog(settings, place, tied=False), settings, second))
    found = running.death_since(place, 0.0)
    assert found is not None
    assert found[1].what.endswith("status 3")
    assert running.last_words(place) == ["no module there"] * min(3, found[1].in_a_row)


def test_what_asterisk_puts_aside_of_its_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    log = tmp_path / "asterisk.log"
    for name in (
        "asterisk.log",
        *(f"asterisk.log.{number}" for number in range(12)),
        "asterisk.log.old",
        "other.log.9",
    ):
        (tmp_path / name).write_text(name)
    forget_old(log)
    assert {path.name for path in tmp_path.iterdir()} == {
        "asterisk.log",
        "asterisk.log.0",
        "asterisk.log.1",
        "asterisk.log.2",
        "asterisk.log.old",
        "other.log.9",
    }
