"""Promises to call back: from the spool's files to rows and tickets, on a real SQLite and a real PostgreSQL."""

import json
import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from callback.errors import CallbackError
from callback.models import Callback
from callback.policy import number_to_call, spoken_digits
from callback.spool import Intake, OpenTicket, take_in
from calls.models import Contact
from ringback.config import Settings
from ringback.store.base import utc
from tickets.models import Ticket
from tickets.service import open_callback_ticket

Sessions = sessionmaker[Session]

WISH: dict[str, Any] = {
    "number": "+12025550123",
    "language": "en",
    "line": "1000",
    "call_id": "1763764000.7",
    "arrived_at": 1763764001.5,
    "requested_at": 1763764030.25,
}
NAME = "1763764000.7.json"
SETTINGS = Settings()
OPEN: OpenTicket = partial(open_callback_ticket, settings=SETTINGS)


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


def leave(spool: Path, name: str = NAME, **changes: Any) -> Path:
    path = spool / name
    path.write_text(json.dumps(WISH | changes))
    return path


def kept(store: Sessions) -> tuple[list[Callback], list[Ticket]]:
    with store() as session:
        rows = session.scalars(select(Callback).order_by(Callback.source_key)).all()
        return list(rows), list(session.scalars(select(Ticket).order_by(Ticket.number)).all())


def test_a_wish_becomes_one_row_and_one_ticket(store: Sessions, spool: Path) -> None:
    leave(spool)
    [intake] = take_in(store, spool, OPEN, SETTINGS)
    [row], [ticket] = kept(store)
    assert intake == Intake(f"'{NAME}'", ticket.number)
    assert (row.source, row.source_key, row.number, row.line) == ("fallback", NAME, "+12025550123", "1000")
    assert (row.state, row.arrived_at, row.requested_at) == ("requested", utc(1763764001.5), utc(1763764030.25))
    assert row.ticket_number == ticket.number
    with store() as session:
        contact = session.get(Contact, ticket.contact_id)
        assert contact is not None
        assert contact.number == "+12025550123"
    assert list(spool.iterdir()) == []
    assert take_in(store, spool, OPEN, SETTINGS) == []


def test_no_folder_and_an_empty_one_are_no_news(store: Sessions, spool: Path) -> None:
    assert take_in(store, spool, OPEN, SETTINGS) == []
    assert take_in(store, spool / "missing", OPEN, SETTINGS) == []


def test_a_folder_that_cannot_be_read_is_said(store: Sessions, spool: Path) -> None:
    with pytest.raises(CallbackError, match="promised calls wait there"):
        take_in(store, leave(spool), OPEN, SETTINGS)


def test_a_file_that_is_being_written_is_left(store: Sessions, spool: Path) -> None:
    draft = leave(spool, f".{NAME}.4711")
    hidden = leave(spool, f".{NAME}")
    assert take_in(store, spool, OPEN, SETTINGS) == []
    assert draft.exists()
    assert hidden.exists()


def test_a_file_that_a_version_before_left_is_taken_in(store: Sessions, spool: Path) -> None:
    """It named the call by another word."""
    before = {"linkedid" if name == "call_id" else name: value for name, value in WISH.items()}
    (spool / NAME).write_text(json.dumps(before))
    assert [intake.trouble for intake in take_in(store, spool, OPEN, SETTINGS)] == [None]
    assert len(kept(store)[0]) == 1


def test_the_same_wish_again_is_not_doubled(store: Sessions, spool: Path) -> None:
    for _ in range(2):
        leave(spool)
        take_in(store, spool, OPEN, SETTINGS)
    rows, tickets = kept(store)
    assert (len(rows), len(tickets)) == (1, 1)
    assert list(spool.iterdir()) == []


def test_a_second_wish_of_one_number_joins_the_first(store: Sessions, spool: Path) -> None:
    for key in ("1.json", "2.json"):
        leave(spool, key, arrived_at=WISH["arrived_at"] - int(key[0]))
    first, second = take_in(store, spool, OPEN, SETTINGS)
    [row], [ticket] = kept(store)
    assert (first.ticket_number, second.ticket_number, second.trouble) == (ticket.number, None, None)
    assert row.arrived_at == utc(WISH["arrived_at"] - 2), "the better of the two places"
    leave(spool, "2.json")
    take_in(store, spool, OPEN, SETTINGS)
    assert [len(rows) for rows in kept(store)] == [1, 1]


def test_a_number_that_the_rules_forbid_is_a_persons_task(store: Sessions, spool: Path) -> None:
    leave(spool, number="+18765551234")
    [intake] = take_in(store, spool, OPEN, SETTINGS)
    [row], [ticket] = kept(store)
    assert intake.ticket_number == row.ticket_number == ticket.number
    assert (row.state, row.ended_at is not None) == ("failed", True)
    assert "may not be called" in str(row.end_reason)


def test_russian_wishes_get_a_russian_subject(store: Sessions, spool: Path) -> None:
    leave(spool, language="ru", line="1001", number="+79161234567")
    take_in(store, spool, OPEN, SETTINGS)
    assert kept(store)[1][0].subject.startswith("Просьба перезвонить")


KILLED = """
import os, signal, sys
from functools import partial
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.orm import Session
from callback.spool import take_in
from ringback.config import Settings
from ringback.store.engine import open_store, sessions
from ringback.store.schema import metadata
from tickets.service import open_callback_ticket

metadata()
store = sessions(open_store(sys.argv[1]))
event.listen(Session, sys.argv[3], lambda session: os.kill(os.getpid(), signal.SIGKILL))
take_in(store, Path(sys.argv[2]), partial(open_callback_ticket, settings=Settings()), Settings())
"""


@pytest.mark.parametrize(("moment", "rows_then"), [("before_commit", 0), ("after_commit", 1)])
def test_killed_around_the_commit_nothing_is_lost_or_doubled(
    store: Sessions, spool: Path, moment: str, rows_then: int
) -> None:
    path = leave(spool)
    url = store.kw["bind"].url.render_as_string(hide_password=False)
    root = Path(__file__).parents[3]
    killed = subprocess.run([sys.executable, "-c", KILLED, url, str(spool), moment], cwd=root, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.exists()
    assert len(kept(store)[0]) == rows_then
    take_in(store, spool, OPEN, SETTINGS)
    rows, tickets = kept(store)
    assert (len(rows), len(tickets)) == (1, 1)
    assert rows[0].ticket_number == tickets[0].number
    assert not path.exists()


def test_two_runs_at_once_make_one_ticket(store: Sessions, spool: Path) -> None:
    for second in range(10):
        leave(spool, f"17637640{second:02}.7.json", number=f"+120255501{second:02}")
    start = threading.Barrier(2)

    def run() -> None:
        start.wait(10)
        take_in(store, spool, OPEN, SETTINGS)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    take_in(store, spool, OPEN, SETTINGS)
    rows, tickets = kept(store)
    assert (len(rows), len(tickets)) == (10, 10)
    assert {row.ticket_number for row in rows} == {ticket.number for ticket in tickets}
    assert list(spool.iterdir()) == []


HOSTILE: dict[str, bytes] = {
    "empty.json": b"",
    "half.json": json.dumps(WISH).encode()[:60],
    "text.json": b"call me",
    "binary.json": b"\xff\xfe\x00\x81",
    "list.json": b"[1, 2]",
    "deep.json": b"[" * 4000,
    "large.json": json.dumps(WISH | {"line": "1" * 5000}).encode(),
    "more.json": json.dumps(WISH | {"extra": 1}).encode(),
    "less.json": json.dumps({"number": "+12025550123"}).encode(),
    "premium.json": json.dumps(WISH | {"number": "+19005550123"}).encode(),
    "dialstring.json": json.dumps(WISH | {"number": "500&PJSIP/trunk/1900"}).encode(),
    "newline.json": json.dumps(WISH | {"number": "+12025550123\r\n"}).encode(),
    "arabic.json": json.dumps(WISH | {"number": "+١٢٠٢٥٥٥٠١٢٣"}).encode(),
    "number.json": json.dumps(WISH | {"number": 12025550123}).encode(),
    "language.json": json.dumps(WISH | {"language": "<script>"}).encode(),
    "line.json": json.dumps(WISH | {"line": "../1000"}).encode(),
    "call_id.json": json.dumps(WISH | {"call_id": "../../x"}).encode(),
    "never.json": json.dumps(WISH | {"arrived_at": float("nan")}).encode(),
    "far.json": json.dumps(WISH | {"arrived_at": 1e300}).encode(),
    "a b;rm -rf.json": json.dumps(WISH).encode(),
}


def test_what_is_no_wish_is_moved_aside_and_stops_nobody(
    store: Sessions, spool: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name, content in HOSTILE.items():
        (spool / name).write_bytes(content)
    secret = tmp_path / "secret"
    secret.write_text(json.dumps(WISH))
    (spool / "link.json").symlink_to(secret)
    (spool / "folder.json").mkdir()
    os.mkfifo(spool / "pipe.json")
    (spool / os.fsdecode(b"\xff\xfe.json")).write_text(json.dumps(WISH))
    leave(spool, "0.json")
    leave(spool, "z.json", number="+12025550199")
    intakes = take_in(store, spool, OPEN, SETTINGS)
    count = len(HOSTILE) + 4
    assert len(intakes) == count + 2
    assert [intake.file for intake in intakes if intake.trouble is None] == ["'0.json'", "'z.json'"]
    assert all("moved to rejected/" in str(intake.trouble) for intake in intakes if intake.trouble)
    assert len(kept(store)[0]) == 2
    assert [path.name for path in spool.iterdir()] == ["rejected"]
    assert len(list((spool / "rejected").iterdir())) == count
    assert len(caplog.records) == count
    assert secret.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[1]", "'x.json' is no callback request and was moved to rejected/: JSON: Input should be a"),
        (json.dumps({**WISH, "line": "../1"}), "'x.json' is no callback request and was moved to rejected/: line: "),
        ("{", "'x.json' is no callback request and was moved to rejected/: it is not JSON."),
    ],
)
def test_a_rejected_file_is_told_with_what_is_wrong_in_it(
    store: Sessions, spool: Path, caplog: pytest.LogCaptureFixture, content: str, said: str
) -> None:
    (spool / "x.json").write_text(content)
    (intake,) = take_in(store, spool, OPEN, SETTINGS)
    assert str(intake.trouble).startswith(said)
    assert "'x.json' is no callback request" in caplog.text


def test_a_second_reject_of_one_name_replaces_nothing(store: Sessions, spool: Path) -> None:
    for text in ("first", "second"):
        (spool / "x.json").write_text(text)
        take_in(store, spool, OPEN, SETTINGS)
    assert {path.name: path.read_text() for path in (spool / "rejected").iterdir()} == {
        "x.json": "first",
        "x-1.json": "second",
    }


def test_what_the_store_refuses_waits_for_the_next_run(store: Sessions, spool: Path) -> None:
    path = leave(spool)
    other = leave(spool, "1763764001.8.json", number="+12025550199")
    refused: list[str] = []

    def refuse_first(session: Session, *_: Any) -> None:
        if not refused:
            refused.append("once")
            raise OperationalError("INSERT", {}, Exception("disk is full"))

    event.listen(store.class_, "before_flush", refuse_first)
    try:
        intakes = take_in(store, spool, OPEN, SETTINGS)
    finally:
        event.remove(store.class_, "before_flush", refuse_first)
    assert [intake.ticket_number is None for intake in intakes] == [True, False]
    assert "tried again" in str(intakes[0].trouble)
    assert path.exists()
    assert not other.exists()
    take_in(store, spool, OPEN, SETTINGS)
    rows, tickets = kept(store)
    assert (len(rows), len(tickets)) == (2, 2)


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("2025550123", "US", "+12025550123"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("01144 20 7946 0018", "US", "+442079460018"),
        ("89161234567", "RU", "+79161234567"),
        ("+7 916 123-45-67", "US", "+79161234567"),
        ("810442079460018", "RU", "+442079460018"),
        ("+12025550123", "nowhere", "+12025550123"),
        ("2025550123", "nowhere", None),
        ("911", "US", None),
        ("112", "RU", None),
        ("1", "US", None),
        ("", "US", None),
        ("+", "US", None),
        ("2025550123x55", "US", "+12025550123"),
        ("2025550123\n", "US", None),
        ("88005553535", "RU", "+78005553535"),
        ("88091234567", "RU", None),
        ("19005550123", "US", None),
        ("00000000000", "US", None),
        ("999999999999999", "US", None),
    ],
)
def test_which_numbers_we_call(text: str, country: str, number: str | None) -> None:
    assert number_to_call(text, country) == number


def test_numbers_are_said_as_one_says_them_at_home() -> None:
    assert spoken_digits("+12025550123", "US") == "2025550123"
    assert spoken_digits("+79161234567", "RU") == "9161234567"
    assert spoken_digits("+79161234567", "US") == "79161234567"
    assert spoken_digits("+390612345678", "IT") == "0612345678"
