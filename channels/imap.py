"""A mailbox read by IMAP, over the library of Python's own: which mails are new, and as much of each as is wanted.

Read only (EXAMINE): whoever reads the mailbox besides sees it as it was. Whatever goes wrong comes out as `InboxAway`
(tried again for ever) or `InboxRefuses` (somebody has to mend it).
"""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.errors import ChannelError, InboxAway, InboxRefuses
from ringback.config.channels import MailBox
from ringback.handover.smtp import trust_of, words_in

MOST_BYTES = 2 * 1024 * 1024
"""A mail that is no longer is read whole, ..."""
BEGINNING = 256 * 1024
"""... of a longer one the beginning: its words stand before its files."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,18})")
_NUMBER = re.compile(rb"\d{1,10}")


@dataclass(frozen=True)
class Raw:
    """A mail as it lies in the mailbox."""

    size: int
    """Bytes of all of it."""
    content: bytes
    is_cut: bool


class OpenMailbox:
    """One connection, in the folder."""

    def __init__(self, imap: imaplib.IMAP4, validity: int, next_uid: int) -> None:
        self._imap = imap
        self.validity = validity
        """What the mails' numbers hold for."""
        self.next_uid = next_uid
        """The number that the next mail will have, or less."""

    def after(self, uid: int) -> list[int]:
        """Numbers of the mails that came after this one, in order."""
        # `uid + 1:*` names the last mail even where there is none after it.
        return [each for each in self._search("UID", f"{uid + 1}:*") if each > uid]

    def since(self, at: datetime) -> list[int]:
        """Numbers of the mails since the day before, for a mailbox whose numbers are no longer those of before."""
        day = at - timedelta(days=1)
        return self._search("SINCE", f"{day.day}-{MONTHS[day.month - 1]}-{day.year}")

    def _search(self, *criteria: str) -> list[int]:
        found = self._said(self._imap.uid("SEARCH", *criteria))
        return sorted({int(each) for line in found if isinstance(line, bytes) for each in _NUMBER.findall(line)})

    def fetch(self, uid: int) -> Raw | None:
        """A mail, or its beginning; None: it is gone."""
        sizes = b" ".join(part for part in _flat(self._said(self._imap.uid("FETCH", str(uid), "(RFC822.SIZE)"))))
        found = _SIZE.search(sizes)
        if found is None:
            return None
        size = int(found[1])
        most = size if size <= MOST_BYTES else BEGINNING
        told = self._said(self._imap.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{max(1, most)}>)"))
        content = next((part[1] for part in told if isinstance(part, tuple) and len(part) > 1), None)
        if content is None:
            return None
        return Raw(size, content[:MOST_BYTES], is_cut=size > len(content))

    @staticmethod
    def _said(answer: tuple[str, list[object]]) -> list[object]:
        status, told = answer
        if status != "OK":
            raise InboxAway("channels.inbox_answer", answer=words_in(b" ".join(_flat(told))) or status)
        return told


def _flat(told: list[object]) -> Iterator[bytes]:
    for part in told:
        if isinstance(part, tuple):
            yield from (each for each in part if isinstance(each, bytes))
        elif isinstance(part, bytes):
            yield part


@contextmanager
def mailbox(box: MailBox, password: str) -> Iterator[OpenMailbox]:
    """Signs in and opens the folder. Raises InboxAway and InboxRefuses, for whatever happens inside the block too."""
    imap: imaplib.IMAP4 | None = None
    try:
        imap = _connected(box)
        _sign_in(imap, box, password)
        yield _opened(imap, box)
    except ChannelError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise InboxRefuses("ringback.mail_certificate", host=box.host, why=error.verify_message) from error
    except (OSError, imaplib.IMAP4.error) as error:
        if isinstance(error, TimeoutError):
            raise InboxAway("ringback.mail_slow", host=box.host) from error
        why = words_in(str(error))
        raise InboxAway("ringback.mail_away", host=box.host, port=box.imap_port, why=why) from error
    finally:
        if imap is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                imap.logout()


def _connected(box: MailBox) -> imaplib.IMAP4:
    if box.security == "tls":
        return imaplib.IMAP4_SSL(box.host, box.imap_port, ssl_context=trust_of(box), timeout=box.timeout_seconds)
    imap = imaplib.IMAP4(box.host, box.imap_port, timeout=box.timeout_seconds)
    if box.security == "starttls":
        if "STARTTLS" not in imap.capabilities:
            imap.shutdown()
            raise InboxRefuses("ringback.mail_no_starttls", host=box.host)
        imap.starttls(ssl_context=trust_of(box))
    return imap


def _sign_in(imap: imaplib.IMAP4, box: MailBox, password: str) -> None:
    if not password:
        raise InboxRefuses("channels.inbox_no_password")
    try:
        imap.login(box.user, password)
    except UnicodeError as error:
        raise InboxRefuses("channels.inbox_password_form") from error
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        said = error.args[0] if error.args else ""
        answer = words_in(said if isinstance(said, bytes) else str(said))
        if "[UNAVAILABLE]" in answer or "[INUSE]" in answer or "[LIMIT]" in answer:
            raise InboxAway("channels.inbox_answer", answer=answer) from error
        raise InboxRefuses("channels.inbox_login", host=box.host, user=box.user, answer=answer) from error


def _opened(imap: imaplib.IMAP4, box: MailBox) -> OpenMailbox:
    status, told = imap.select(f'"{box.folder}"', readonly=True)
    if status != "OK":
        raise InboxRefuses("channels.inbox_no_folder", folder=box.folder, answer=words_in(b" ".join(_flat(list(told)))))
    return OpenMailbox(imap, _number(imap, "UIDVALIDITY"), _number(imap, "UIDNEXT"))


def _number(imap: imaplib.IMAP4, name: str) -> int:
    found = imap.response(name)[1]
    text = found[0] if found else None
    return int(text) if isinstance(text, bytes) and text.isdigit() else 0
