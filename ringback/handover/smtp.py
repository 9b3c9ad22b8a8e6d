"""One letter to one address by SMTP, over the library of Python's own; what an answer means is decided here.

Never in the clear where the settings want it encrypted. However slow the server is, it ends: each word within the
settings' time, all of it within LONGEST seconds, except that a server that has the whole letter is waited for, because
one that is asked again might take it twice (RFC 5321, section 4.5.3.2.6).
"""

import smtplib
import socket
import ssl
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import Protocol

from ringback.config import MailServer
from ringback.errors import RingbackError
from ringback.handover.errors import HandoverError, OtherSideAway, RefusesAddress, RefusesMessage, RefusesUs

LONGEST = 60.0
"""Seconds from the connection until the whole letter is there."""
LAST_WORD = 300.0
"""Seconds more until the server says that it has taken it."""
TICK_SECONDS = 2.0
"""How often whoever waits says that it is still there."""
LONGEST_ANSWER = 200
"""Characters of a server's answer that people are shown."""


def send(
    server: MailServer,
    password: str,
    letter: EmailMessage,
    to: str,
    still_here: Callable[[], None],
    *,
    reports_to: str = "",
) -> None:
    """Hands `letter` over, or raises one of `ringback.handover.errors`. `still_here` is called all the while, in
    another thread; what it raises ends the talk and is raised here. `reports_to`: the address for reports that it did
    not arrive; empty: the server's `sender`."""
    talk = _Talk(server)
    with talk.watched(still_here):
        talk.open(password)
        talk.hand_over(letter.as_bytes(policy=SMTP_POLICY), to, reports_to or server.sender)


def look(server: MailServer, password: str) -> None:
    """Whether the server lets us in, without a letter. Raises as `send`."""
    talk = _Talk(server)
    with talk.watched(lambda: None):
        talk.open(password)
        talk.close()


class _Talk:
    """One connection, from the first word to the last."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._until = time.monotonic() + LONGEST
        self._smtp: smtplib.SMTP = (
            smtplib.SMTP_SSL(timeout=server.timeout_seconds, local_hostname=_own_name(), context=trust_of(server))
            if server.security == "tls"
            else smtplib.SMTP(timeout=server.timeout_seconds, local_hostname=_own_name())
        )

    @contextmanager
    def watched(self, still_here: Callable[[], None]) -> Iterator[None]:
        """Ends the talk when it takes too long or `still_here` says so; whatever goes wrong comes out as ours."""
        over, found = threading.Event(), list[RingbackError]()
        watching = threading.Thread(target=self._watch, args=(still_here, over, found), daemon=True)
        watching.start()
        try:
            yield
        except HandoverError as error:
            if found:
                raise found[0] from error
            raise
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise found[0] if found else self._meaning(error) from error
        finally:
            over.set()
            watching.join()
            self._cut()

    def open(self, password: str) -> None:
        """Connects, encrypts, signs in."""
        server, smtp = self._server, self._smtp
        smtp._host = server.host  # type: ignore[attr-defined]  # whose certificate it must be: smtplib asks it here
        code, answer = smtp.connect(server.host, server.smtp_port)
        _expect(code, answer, OtherSideAway if code < 500 else RefusesUs)
        if server.security == "starttls":
            smtp.ehlo_or_helo_if_needed()
            if not smtp.has_extn("starttls"):
                raise RefusesUs("ringback.mail_no_starttls", host=server.host)
            smtp.starttls(context=trust_of(server))
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, password)

    def hand_over(self, letter: bytes, to: str, sender: str) -> None:
        """The letter itself; returns when the server has taken it."""
        smtp = self._smtp
        _expect(*smtp.mail(sender), RefusesUs)
        _expect(*smtp.rcpt(to), RefusesAddress)
        code, answer = smtp.docmd("DATA")
        if code != 354:
            _expect(code, answer, RefusesMessage)
        self._until = time.monotonic() + LONGEST
        smtp.send(_dotted(letter))
        if smtp.sock is not None:
            smtp.sock.settimeout(LAST_WORD)
        self._until = time.monotonic() + LAST_WORD
        _expect(*smtp.getreply(), RefusesMessage)
        self.close()

    def close(self) -> None:
        """Says goodbye; nobody waits for an answer."""
        try:
            self._smtp.putcmd("quit")
        except (OSError, smtplib.SMTPException):
            return  # all that mattered has been said

    def _watch(self, still_here: Callable[[], None], over: threading.Event, found: list[RingbackError]) -> None:
        while not over.wait(TICK_SECONDS):
            try:
                still_here()
            except RingbackError as error:
                found.append(error)
            if time.monotonic() > self._until:
                found.append(OtherSideAway("ringback.mail_slow", host=self._server.host))
            if found:
                self._cut()
                return

    def _cut(self) -> None:
        found = self._smtp.sock
        if found is not None:
            with suppress(OSError):  # the other side has gone before us
                found.shutdown(socket.SHUT_RDWR)
            found.close()

    def _meaning(self, error: Exception) -> HandoverError:
        host = self._server.host
        if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
            return RefusesUs("ringback.mail_login", host=host, answer=words_in(error.smtp_error))
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return RefusesUs("ringback.mail_answer", answer=words_in(str(error)))
        if isinstance(error, smtplib.SMTPResponseException):
            kind = OtherSideAway if error.smtp_code < 500 else RefusesUs
            return kind("ringback.mail_answer", answer=f"{error.smtp_code} {words_in(error.smtp_error)}")
        if isinstance(error, ssl.SSLCertVerificationError):
            return RefusesUs("ringback.mail_certificate", host=host, why=error.verify_message)
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            return OtherSideAway("ringback.mail_slow", host=host)
        port = self._server.smtp_port
        return OtherSideAway("ringback.mail_away", host=host, port=port, why=words_in(str(error)))


def _expect(code: int, answer: bytes, otherwise: type[HandoverError]) -> None:
    """What is no yes: for now (4xx), or for good."""
    if 200 <= code < 300:
        return
    kind = OtherSideAway if code < 500 else otherwise
    raise kind("ringback.mail_answer", answer=f"{code} {words_in(answer)}")


def words_in(answer: bytes | str) -> str:
    """What a server says, in one line of characters that show."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join("".join(char if unicodedata.category(char)[0] != "C" else " " for char in text).split())[
        :LONGEST_ANSWER
    ]


def _dotted(letter: bytes) -> bytes:
    """As it goes over the line: a dot doubled where it begins a line, and the end."""
    lines = letter.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"


def _own_name() -> str:
    """What we call ourselves; no name is asked for in the network for it."""
    name = socket.gethostname()
    return name if name.isascii() and name.replace("-", "").replace(".", "").isalnum() else "localhost"


class Trusting(Protocol):
    """What settings say about a server's certificate."""

    @property
    def verify(self) -> bool: ...

    @property
    def ca(self) -> Path | None: ...


def trust_of(server: Trusting) -> ssl.SSLContext:
    """How a server's certificate is looked at. Raises OSError for authorities that cannot be read."""
    context = ssl.create_default_context(cafile=None if server.ca is None else str(server.ca))
    if not server.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
