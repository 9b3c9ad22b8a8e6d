"""Mail to a real server: with and without encryption; away, slow, refusing, with a wrong password, hostile."""

import socket
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from ringback.config import MailServer
from ringback.handover import smtp
from ringback.handover.errors import HandoverError, OtherSideAway, RefusesAddress, RefusesMessage, RefusesUs
from ringback.store.lease import LeaseLost
from tests.support.mail import PASSWORD, USER, Mailbox, certificate, mail_server

TO = "ops@example.com"


def letter(text: str = "Asterisk is away.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "ringback@example.com", TO, "Test"
    made.set_content(text)
    return made


def server_at(port: int, **facts: Any) -> MailServer:
    values = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "ringback@example.com", **facts}
    return MailServer.model_validate(values)


def send(server: MailServer, password: str = "", made: EmailMessage | None = None, to: str = TO) -> None:
    smtp.send(server, password, made or letter(), to, lambda: None)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as found:
        yield found


def test_a_letter_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    send(server_at(mailbox.port), made=letter("First.\n.\n..dots begin lines\nЗвонки идут.\n"))
    assert mailbox.to == [TO] and mailbox.subjects == ["Test"]
    assert mailbox.bodies[0].replace("\r\n", "\n") == "First.\n.\n..dots begin lines\nЗвонки идут.\n"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_talk_is_encrypted_and_signed_in(security: str, files: tuple[Path, Path]) -> None:
    with mail_server(Mailbox(), security=security, files=files, login=security == "starttls") as box:
        send(server_at(box.port, security=security, ca=files[0], user=USER if security == "starttls" else ""), PASSWORD)
        assert box.subjects == ["Test"]


def test_a_wrong_password_is_told_and_is_no_other_sides_absence(files: tuple[Path, Path]) -> None:
    with mail_server(Mailbox(), security="starttls", files=files, login=True) as box:
        with pytest.raises(RefusesUs) as error:
            send(server_at(box.port, security="starttls", ca=files[0], user=USER), "wrong")
        assert error.value.code == "ringback.mail_login" and PASSWORD not in str(error.value) and box.mails == []


def test_a_server_without_encryption_is_told_nothing(mailbox: Mailbox) -> None:
    with pytest.raises(RefusesUs) as error:
        send(server_at(mailbox.port, security="starttls", user=USER), PASSWORD)
    assert error.value.code == "ringback.mail_no_starttls" and mailbox.mails == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_strangers_certificate_is_not_trusted(security: str, files: tuple[Path, Path]) -> None:
    with mail_server(Mailbox(), security=security, files=files) as box:
        with pytest.raises(RefusesUs) as error:
            send(server_at(box.port, security=security))
        assert error.value.code == "ringback.mail_certificate" and box.mails == []
        send(server_at(box.port, security=security, verify=False))
        assert len(box.mails) == 1


@pytest.mark.parametrize(
    ("answer", "kind"), [("450 Mailbox busy", OtherSideAway), ("550 No such user", RefusesAddress)]
)
def test_an_address_that_is_refused(mailbox: Mailbox, answer: str, kind: type[HandoverError]) -> None:
    mailbox.refused[TO] = answer
    with pytest.raises(kind, match=answer):
        send(server_at(mailbox.port))
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("answer", "kind"), [("451 Try later", OtherSideAway), ("554 Looks like spam", RefusesMessage)]
)
def test_a_letter_that_is_refused(mailbox: Mailbox, answer: str, kind: type[HandoverError]) -> None:
    mailbox.answer = answer
    with pytest.raises(kind, match=answer):
        send(server_at(mailbox.port))


def test_a_server_that_is_away() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(OtherSideAway) as error:
            send(server_at(closed.getsockname()[1]))
    assert error.value.code == "ringback.mail_away"


def _speak(listening: socket.socket, words: bytes, pause: float, over: threading.Event) -> None:
    """A server that says `words` again and again, a byte at a time, and never what is waited for."""
    talk, _ = listening.accept()
    with talk:
        while not over.wait(pause):
            try:
                talk.sendall(words)
            except OSError:
                return


@pytest.mark.parametrize(("words", "pause", "timeout"), [(b"", 0.05, 0.3), (b"2", 0.05, 20)])
def test_a_server_that_is_slow_ends(
    words: bytes, pause: float, timeout: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that says nothing by the settings' time, one that says a little for ever by ours."""
    monkeypatch.setattr(smtp, "LONGEST", 0.6)
    monkeypatch.setattr(smtp, "TICK_SECONDS", 0.1)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        speaker = threading.Thread(target=_speak, args=(listening, words, pause, over), daemon=True)
        speaker.start()
        began = time.monotonic()
        with pytest.raises(OtherSideAway) as error:
            send(server_at(listening.getsockname()[1], timeout_seconds=timeout))
        assert error.value.code == "ringback.mail_slow" and time.monotonic() - began < 10
        over.set()
        speaker.join()


def test_a_server_that_has_the_letter_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """To ask it again might be to be told twice."""
    monkeypatch.setattr(smtp, "LONGEST", 0.2)
    monkeypatch.setattr(smtp, "TICK_SECONDS", 0.05)
    with mail_server(Mailbox(wait=threading.Event())) as box:
        ticks = threading.Semaphore(0)
        sending = threading.Thread(
            target=smtp.send,
            args=(server_at(box.port, timeout_seconds=0.3), "", letter(), TO, ticks.release),
        )
        sending.start()
        assert box.has_letter.wait(10)
        for _ in range(12):  # longer than any time but the last word's
            assert ticks.acquire(timeout=10)
        assert sending.is_alive()
        assert box.wait is not None
        box.wait.set()
        sending.join(10)
        assert len(box.mails) == 1


def test_whoever_lost_the_work_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TICK_SECONDS", 0.05)

    def lost() -> None:
        raise LeaseLost

    with mail_server(Mailbox(wait=threading.Event())) as box, pytest.raises(LeaseLost):
        smtp.send(server_at(box.port), "", letter(), TO, lost)


def test_hostile_words_of_a_server_are_one_line(mailbox: Mailbox) -> None:
    mailbox.answer = "554-First\r\n554-\x1b[31m\u202eevil\r\n554 " + "x" * 400
    with pytest.raises(RefusesMessage) as error:
        send(server_at(mailbox.port))
    said = str(error.value)
    assert "\n" not in said and "\x1b" not in said and "\u202e" not in said and len(said) < 300
