"""A process follows what is in force: at once, whole, and never by a copy that it cannot read."""

import threading
from pathlib import Path

import pytest

from ringback import config
from ringback.config import Settings, at_start, in_force
from ringback.config.current import Current

TEXT = "data: data\nreconnect_seconds: 10\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ringback.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def take_up(file: Path, text: str, version: int) -> Settings:
    file.write_text(text, encoding="utf-8")
    settings = config.load(file)
    in_force.keep(file, settings, version)
    return settings


def test_without_a_copy_what_a_process_was_given_holds(file: Path) -> None:
    settings = config.load(file)
    current = Current(settings)
    assert (current.settings, current.version, current.look()) == (settings, 0, False)


def test_a_process_that_was_given_older_settings_begins_with_those_in_force(file: Path) -> None:
    old = config.load(file)
    take_up(file, TEXT.replace("10", "20"), 7)
    current = Current(old)
    assert (current.settings.reconnect_seconds, current.version) == (20, 7)


def test_it_looks_again_only_where_the_copy_was_replaced(file: Path) -> None:
    current = Current(take_up(file, TEXT, 1))
    assert not current.is_behind()
    take_up(file, TEXT.replace("10", "20"), 2)
    assert current.is_behind()
    assert current.look()
    assert not current.is_behind()
    assert (current.settings.reconnect_seconds, current.version) == (20, 2)


@pytest.mark.parametrize("broken", [b"lines: [", b"reconnect_seconds: never\n", b"\xc3\x28"])
def test_a_copy_that_cannot_be_read_changes_nothing_and_is_told(file: Path, broken: bytes) -> None:
    settings = take_up(file, TEXT, 1)
    current = Current(settings)
    copy = in_force.file_of(settings)
    copy.write_bytes(broken)
    assert not current.look()
    assert current.settings.reconnect_seconds == 10
    assert current.trouble is not None
    take_up(file, TEXT.replace("10", "30"), 3)
    assert current.look()
    assert (current.trouble, current.settings.reconnect_seconds) == (None, 30)


def test_a_copy_that_is_deleted_changes_nothing(file: Path) -> None:
    settings = take_up(file, TEXT, 1)
    current = Current(settings)
    in_force.file_of(settings).unlink()
    assert not current.look()
    assert in_force.put_back(in_force.file_of(settings), current.content)
    assert config.load(in_force.file_of(settings)).reconnect_seconds == 10


def test_many_threads_read_it_once_and_see_it_whole(file: Path) -> None:
    current = Current(take_up(file, TEXT, 1))
    take_up(file, TEXT.replace("10", "20"), 2)
    taken: list[bool] = []
    seen: list[float] = []

    def ask() -> None:
        taken.append(current.look())
        seen.append(current.settings.reconnect_seconds)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 1
    assert set(seen) <= {10, 20}
    assert current.settings.reconnect_seconds == 20


def test_what_only_a_start_takes_up_is_told_and_held(file: Path) -> None:
    before = config.load(file)
    after = Settings.model_validate({"web": {"port": 9000}, "sip": {"most_calls": 3}})
    waiting = at_start.waiting(before, after)
    assert waiting == {"web.port": 8080}
    document: dict[str, object] = {"web": {"port": 9000, "threads": 4}}
    at_start.put_in(document, waiting | {"sip.port": 5060})
    assert document == {"web": {"port": 8080, "threads": 4}, "sip": {"port": 5060}}


def test_every_name_on_the_list_is_a_setting() -> None:
    document = Settings().model_dump(mode="json")
    for name in at_start.AT_START:
        section, _, last = name.partition(".")
        assert last in document[section], name


def test_where_the_parts_are_bound_is_all_on_the_list() -> None:
    """A new address or port is forgotten easily: a process would try to bind it in the middle of its life, or not."""
    document = Settings().model_dump(mode="json")
    bound = {
        f"{section}.{name}"
        for section in ("sip", "ami", "web")
        for name in document[section]
        if name in ("address", "port") or name.endswith("_port") or name.startswith("rtp_")
    }
    assert bound <= set(at_start.AT_START)
