"""Settings are put in force at once or not at all, whoever else publishes, is killed, or finds the disk full."""

import errno
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from publishing import history
from publishing.errors import PublishRefused
from publishing.models import SettingsVersion
from publishing.service import PublishedVersion, Publisher, settings_of
from ringback import config
from ringback.config import Settings, in_force
from ringback.config.current import Current
from ringback.config.remarks import Remark
from ringback.messages import message

TEXT = "data: data\nqueues:\n  support: {name: Support, agents: [anna]}\n  billing: {name: Billing, agents: [anna]}\n"
NEW = TEXT.replace("name: Support", "name: Help")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ringback.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def publisher(file: Path, store: sessionmaker[Session]) -> Publisher:
    """Of an installation that has taken its file up."""
    settings = config.load(file)
    made = Publisher(lambda: settings, store)
    made.take_up(file, "anna")
    return made


def publish(publisher: Publisher, text: str = NEW, *, base: int | None = None, why: str = "a new name") -> int:
    known = publisher.now().version if base is None else base
    return publisher.publish(text, base=known, by="boris", why=why, source="page").number


def rows(store: sessionmaker[Session]) -> list[tuple[int, str, str, str]]:
    with store() as session:
        return [(row.number, row.by, row.source, row.why) for row in history.versions(session)]


def queue_name(publisher: Publisher) -> str:
    return Current(publisher.settings()).settings.queues["support"].name


def test_the_file_of_a_start_is_a_version(publisher: Publisher, store: sessionmaker[Session], file: Path) -> None:
    assert rows(store) == [(1, "anna", "file", "")]
    publisher.take_up(file, "anna")
    assert rows(store) == [(1, "anna", "file", "")], "another start with the same file changes nothing"
    file.write_text(NEW, encoding="utf-8")
    publisher.take_up(file, "anna")
    assert [number for number, *_ in rows(store)] == [2, 1]
    assert queue_name(publisher) == "Help"


def test_what_is_published_holds_for_processes_that_go_on(publisher: Publisher, store: sessionmaker[Session]) -> None:
    process = Current(publisher.settings())
    assert not process.look()
    assert publish(publisher) == 2
    assert process.look()
    assert (process.version, process.settings.queues["support"].name) == (2, "Help")
    assert not process.look()
    assert rows(store)[0] == (2, "boris", "page", "a new name")


def test_errors_refuse_with_their_lines(publisher: Publisher) -> None:
    with pytest.raises(PublishRefused) as refused:
        publish(publisher, NEW + "lines: [{number: '1000', name: Line, menu: mian}]\n")
    assert [(each.line, each.what.code) for each in refused.value.diagnostics] == [(5, "ringback.no_menu")]
    assert publisher.now().version == 1


def test_what_other_rooms_find_wrong_refuses_too(publisher: Publisher) -> None:
    def remarks(_settings: Settings) -> Iterable[Remark]:
        return [Remark(("queues", "support"), message("ringback.no_lines"))]

    publisher.remarks = remarks
    with pytest.raises(PublishRefused) as refused:
        publish(publisher)
    assert [each.line for each in refused.value.diagnostics] == [3]


def test_what_cannot_be_made_ready_refuses(publisher: Publisher) -> None:
    def no_voice(_settings: Settings) -> None:
        raise PublishRefused("publishing.same")

    publisher.make_ready = no_voice
    with pytest.raises(PublishRefused):
        publish(publisher)
    assert publisher.now().version == 1


@pytest.mark.parametrize(("text", "why", "code"), [
    (NEW, "  ", "publishing.no_why"),
    (TEXT, "nothing", "publishing.same"),
    (TEXT.replace("data: data", "data: other"), "elsewhere", "publishing.data_stays"),
])  # fmt: skip
def test_what_is_refused(publisher: Publisher, text: str, why: str, code: str) -> None:
    with pytest.raises(PublishRefused) as refused:
        publish(publisher, text, why=why)
    assert code in (refused.value.code, *(each.what.code for each in refused.value.diagnostics))
    assert publisher.now().version == 1


def test_of_two_who_publish_one_is_told(publisher: Publisher) -> None:
    publish(publisher, base=1)
    with pytest.raises(PublishRefused) as refused:
        publish(publisher, TEXT + "reconnect_seconds: 30\n", base=1)
    assert (refused.value.code, refused.value.facts) == ("publishing.outdated", {"number": 2, "by": "boris"})
    assert queue_name(publisher) == "Help"


def test_many_who_publish_at_once_follow_one_another(publisher: Publisher, store: sessionmaker[Session]) -> None:
    results = _in_processes(store, [_publish_named(publisher, f"Name {number}") for number in range(4)])
    won = [number for number in results if number]
    assert won == [2], "one wins, the others are told"
    assert len(rows(store)) == 2


def test_roll_back_is_a_new_version_with_the_old_text(publisher: Publisher, store: sessionmaker[Session]) -> None:
    publish(publisher)
    made = publisher.roll_back(1, base=2, by="boris", why="as before", source="page")
    assert made.number == 3
    assert publisher.now().text.decode() == TEXT
    with store() as session:
        row = history.version(session, 3)
        assert row is not None
        assert row.rolls_back_to == 1
    with pytest.raises(PublishRefused, match="no version 7"):
        publisher.roll_back(7, base=3, by="boris", why="?", source="page")


def test_a_version_that_fails_the_checks_of_today_stays_history(
    publisher: Publisher, store: sessionmaker[Session]
) -> None:
    publish(publisher)
    with store() as session, session.begin():
        row = history.version(session, 1)
        assert row is not None
        row.text = TEXT.replace("agents: [anna]", "agents: [zoe]")
    with pytest.raises(PublishRefused) as refused:
        publisher.roll_back(1, base=2, by="boris", why="as before", source="page")
    assert refused.value.code == "publishing.has_errors"
    assert publisher.now().version == 2
    assert len(rows(store)) == 2


def test_what_waits_for_a_start_holds_as_before_until_then(publisher: Publisher, file: Path) -> None:
    made = publisher.publish(
        NEW + "web: {port: 9999}\nsip: {port: 5070, most_calls: 7}\n", base=1, by="b", why="ports", source="page"
    )
    assert made == PublishedVersion(2, ("web.port", "sip.port"))
    copy = in_force.file_of(publisher.settings())
    for settings in (Current(publisher.settings()).settings, config.load(copy)):
        assert (settings.web.port, settings.sip.port, settings.sip.most_calls) == (8080, 5060, 7)
        assert settings.queues["support"].name == "Help"
    again = publisher.publish(NEW + "web: {port: 9999}\n", base=2, by="b", why="no limit", source="page")
    assert again.waiting == ("web.port",), "it still waits"
    publisher.go_on()
    started = config.load(copy)
    assert (started.web.port, started.sip.port) == (9999, 5060)


def test_passwords_are_in_no_row_and_come_back(publisher: Publisher, store: sessionmaker[Session]) -> None:
    url = "store: {url: 'postgresql://ring:s3cret@db.example/ringback'}\n"
    publish(publisher, TEXT + url)
    with store() as session:
        texts = [row.text for row in history.versions(session)]
    assert [("s3cret" in text) for text in texts] == [False, False]
    assert b"s3cret" in publisher.now().text
    publish(publisher, texts[0].replace("name: Support", "name: Help"))
    assert b"ring:s3cret@db.example" in publisher.now().text
    with pytest.raises(PublishRefused) as refused:
        publish(publisher, texts[0].replace("db.example", "other.example"))
    assert refused.value.code == "publishing.no_password"


@pytest.mark.parametrize("when", ["before the copy", "after the copy"])
def test_a_publisher_killed_in_the_middle(publisher: Publisher, store: sessionmaker[Session], when: str) -> None:
    real = in_force.put

    def killed(*given: object) -> Path:
        if when == "after the copy":
            real(*given)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("it is dead")

    def work() -> int:
        in_force.put = killed  # type: ignore[assignment]
        return publish(publisher)

    assert _in_processes(store, [work]) == [0]
    new = when == "after the copy"
    assert queue_name(publisher) == ("Help" if new else "Support")
    assert publisher.now().version == (2 if new else 1)
    assert publish(publisher, NEW + "reconnect_seconds: 30\n") == (3 if new else 2)
    assert [number for number, *_ in rows(store)] == ([3, 2, 1] if new else [2, 1]), "what never held is no version"


def test_a_full_disk_leaves_in_force_what_was(
    publisher: Publisher, store: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(PublishRefused, match="No space left"):
            publish(publisher)
    assert queue_name(publisher) == "Support"
    assert publish(publisher) == 2
    assert [number for number, *_ in rows(store)] == [2, 1]


def test_a_store_that_goes_away_after_the_copy_is_told_later(
    publisher: Publisher, store: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_session: Session, _number: int) -> None:
        raise OperationalError("UPDATE", {}, Exception("the store is away"))

    with monkeypatch.context() as patched:
        patched.setattr(history, "tidy", away)
        assert publish(publisher) == 2
    assert queue_name(publisher) == "Help"
    assert publish(publisher, NEW + "reconnect_seconds: 30\n") == 3
    assert [number for number, *_ in rows(store)] == [3, 2, 1]


def test_fifty_versions_are_kept_and_those_of_live_calls(
    publisher: Publisher, store: sessionmaker[Session], call_with_version: Callable[[int], None]
) -> None:
    with store() as session, session.begin():
        for _ in range(history.KEPT + 8):
            history.begin(session, TEXT, "anna", "again", "page").state = "published"
    call_with_version(3)
    number = publish(publisher)
    kept = [found for found, *_ in rows(store)]
    assert kept == [*range(number, number - history.KEPT, -1), 3]


def test_the_settings_of_a_version_can_be_had_again(publisher: Publisher, store: sessionmaker[Session]) -> None:
    publish(publisher)
    now = publisher.settings()
    with store() as session:
        first, second = (history.version(session, number) for number in (1, 2))
        assert first is not None
        assert second is not None
        found = [settings_of(row, now) for row in (first, second)]
    assert [each.queues["support"].name for each in found if each is not None] == ["Support", "Help"]
    assert settings_of(SettingsVersion(number=9, text="lines: [", digest="", by="", why="", source="page"), now) is None


def _publish_named(publisher: Publisher, name: str) -> Callable[[], int]:
    return lambda: publish(publisher, TEXT.replace("name: Support", f"name: {name}"), base=1)


def _in_processes(store: sessionmaker[Session], works: list[Callable[[], int]]) -> list[int]:
    """What each gave in a process of its own; 0: it was refused, or killed."""
    context = multiprocessing.get_context("fork")
    results = [context.Value("i", 0) for _ in works]

    def run(work: Callable[[], int], result: object) -> None:
        store.kw["bind"].dispose(close=False)
        try:
            result.value = work()  # type: ignore[attr-defined]
        except PublishRefused:
            return

    processes = [context.Process(target=run, args=pair) for pair in zip(works, results, strict=True)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
        assert process.exitcode is not None
    return sorted(result.value for result in results)
