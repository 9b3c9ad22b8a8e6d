"""A real mail server on loopback (aiosmtpd) that takes mail as it is told to: at once, slowly, not at all; and one real
service that apprise knows, which takes JSON over HTTP."""

import asyncio
import email
import email.policy
import http.server
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "ringback", "let me in"


@dataclass
class Mailbox:
    """What the server has taken, and how it is to behave."""

    mails: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """By address the answer to RCPT."""
    answer: str = "250 OK"
    """To the whole letter; what is no 2xx is not taken."""
    wait: threading.Event | None = None
    """The answer to the whole letter comes when this is set."""
    has_letter: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.has_letter.set()
        if self.wait is not None:
            await asyncio.to_thread(self.wait.wait, 30)
        if self.answer.startswith("2"):
            content = cast("bytes", envelope.content)
            found = email.message_from_bytes(content, policy=email.policy.default)
            self.mails.append(cast("EmailMessage", found))
            self.to += envelope.rcpt_tos
        return self.answer

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]

    @property
    def bodies(self) -> list[str]:
        """What is to be read. The server's library asks for it at each connection: it must hold for mail with files."""
        parts = (mail.get_body(("plain",)) for mail in self.mails)
        return ["" if part is None else part.get_content() for part in parts]


def certificate(folder: Path, days: float = 30.0) -> tuple[Path, Path]:
    """A certificate of its own for 127.0.0.1 and localhost, which ends in so many days; with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=40))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    crt, pem = folder / "mail.crt", folder / "mail.key"
    crt.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return crt, pem


@contextmanager
def mail_server(
    mailbox: Mailbox,
    *,
    security: str = "none",
    files: tuple[Path, Path] | None = None,
    login: bool = False,
    port: int = 0,
) -> Iterator[Mailbox]:
    """The server for as long as the block lasts; `mailbox.port` is where it listens."""
    context = None
    if files is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*files)

    def known(_server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
        good = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)

    more: dict[str, Any] = {}
    if security == "starttls":
        more |= {"tls_context": context, "require_starttls": True}
    if login:
        more |= {"authenticator": known, "auth_required": True, "auth_require_tls": security == "starttls"}
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port,
        ssl_context=context if security == "tls" else None,
        **more,
    )

    def knock() -> None:
        """The port is the system's choice, which the controller's own look whether it is up does not know."""
        socket.create_connection(controller.server.sockets[0].getsockname()).close()  # type: ignore[union-attr]

    controller._trigger_server = knock  # type: ignore[method-assign]
    controller.start()
    try:
        mailbox.port = controller.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        yield mailbox
    finally:
        if mailbox.wait is not None:
            mailbox.wait.set()
        controller.stop()


@dataclass
class Service:
    """A service that takes JSON over HTTP."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    port: int = 0


@contextmanager
def json_service() -> Iterator[Service]:
    """apprise reaches it as `json://127.0.0.1:PORT/`."""
    service = Service()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if service.status == 200:
                service.taken.append(json.loads(body))
            self.send_response(service.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
