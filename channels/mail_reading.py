"""A mail as it came over the line, read as plain text of a sane length: bytes in, one dataclass out. Pure.

Everything in it is a stranger's: charsets that do not exist, headers that never end, pages of HTML, mails in mails.
What cannot be read is replaced, never followed: no address in it is opened, no file of it is kept.
"""

import codecs
import email
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Mail
from html import unescape

from channels.policy import LONGEST_MAIL, LONGEST_NAME, LONGEST_SUBJECT, is_mail_address, plain_text
from ringback.foreign_text import one_line

MOST_PARTS = 200
"""Of a mail that are looked at."""
LONGEST_HEADER = 4000
"""Characters of a header that are read."""
MOST_MARKUP = 300_000
"""Characters of HTML that are read."""
ODD_CODECS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
"""They are no way in which mail is written, and some take long."""
TOKEN = re.compile(r"(?:\+|<)([0-9a-f]{24})@", re.IGNORECASE)
"""Our own, in an address or a reference: see `ChannelMessage.token`."""
ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
ANSWERED = ("In-Reply-To", "References")
BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ANGLED = re.compile(r"<[^<>]*>\s*$")
_FROM = re.compile(r"[^<>]*<\s*([^<>\s]+)\s*>|([^<>\s,;:]+)")
_TAG = re.compile(r"(<[^<>]*>)")
_TAG_NAME = re.compile(r"</?\s*([a-zA-Z][a-zA-Z0-9]*)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ORIGINAL = re.compile(r"^\s*-{2,}\s*(?:original message|исходное сообщение|пересылаемое сообщение)\s*-{2,}\s*$", re.I)
UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol", "hr"})


@dataclass(frozen=True)
class MailReport:
    """What a mail server says became of a message (RFC 3464)."""

    action: str
    """failed, delayed, delivered, relayed, expanded"""
    status: str
    """5.1.1 and the like; empty: it says none."""
    why: str
    """In the server's words."""
    recipient: str


@dataclass(frozen=True)
class ReadMail:
    """What is left of a mail."""

    key: str
    """The same for the same mail, whichever way it came and however often."""
    sender: str
    """In small letters; empty: nobody can be read from it."""
    sender_name: str
    subject: str
    text: str
    is_cut: bool
    attachments: int
    is_automatic: bool
    """A program wrote it: an answer to whoever is away, a list, a report."""
    own: bool
    """It is one of ours that came back."""
    addressed: tuple[str, ...]
    """Our tokens in the addresses that it went to, ..."""
    answered: tuple[str, ...]
    """... and among the references."""
    report: MailReport | None = None
    reported: tuple[str, ...] = ()
    """Of a report: our tokens in the message that it is about."""


def read_mail(raw: bytes, *, is_cut: bool = False, own_address: str = "") -> ReadMail:
    """Reads a mail; with `is_cut` only its beginning is there."""
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
    sender, name = _sender(mail)
    text, attachments = _content(mail)
    report, reported = _report(mail)
    message_id = header(mail, "Message-ID")
    words = plain_text(without_quotes(text), LONGEST_MAIL)
    digest = hashlib.sha256("\0".join((message_id, sender, header(mail, "Date"), words)).encode("utf-8", "replace"))
    return ReadMail(
        key=f"mail:{digest.hexdigest()}",
        sender=sender,
        sender_name=name,
        subject=one_line(header(mail, "Subject"), LONGEST_SUBJECT),
        text=words,
        is_cut=is_cut or len(text) > LONGEST_MAIL,
        attachments=attachments,
        is_automatic=report is not None or _is_automatic(mail),
        own=(bool(own_address) and sender == own_address.lower()) or bool(_tokens(message_id)),
        addressed=_tokens(*(each for name in ADDRESSED for each in headers(mail, name))),
        answered=_tokens(*(each for name in ANSWERED for each in headers(mail, name))),
        report=report,
        reported=reported,
    )


def _sender(mail: Mail) -> tuple[str, str]:
    """The one address of the mail's From, and the name beside it.

    Read before anything is decoded: what is encoded in a name is no address, whatever it looks like. Where there are
    several, it is nobody's.
    """
    raw = [str(each)[:LONGEST_HEADER] for each in mail.get_all("From") or []]
    bare = _QUOTED.sub("", raw[0]) if len(raw) == 1 else ""
    found = _FROM.fullmatch(" ".join(bare.split()))
    address = (found[1] or found[2]) if found else ""
    if not is_mail_address(address):
        return "", ""
    name = decoded_header(_ANGLED.sub("", raw[0])) if found and found[1] else ""
    return address.lower(), one_line(name.replace('"', " "), LONGEST_NAME)


def header(mail: Mail, name: str) -> str:
    """A header in words; empty: there is none."""
    return next(iter(headers(mail, name)), "")


def headers(mail: Mail, name: str) -> list[str]:
    """All headers of a name, unfolded and decoded."""
    return [decoded_header(str(raw)) for raw in (mail.get_all(name) or [])[:10]]


def decoded_header(raw: str) -> str:
    """One header in words."""
    text = raw[:LONGEST_HEADER].replace("\r", " ").replace("\n", " ")
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError, LookupError):
        pieces = [(text, None)]
    words = (piece if isinstance(piece, str) else decoded(piece, charset) for piece, charset in pieces)
    return "".join(words)[:LONGEST_HEADER]


def decoded(raw: bytes, charset: str | None) -> str:
    """Bytes as text, whatever they say they are."""
    try:
        name = codecs.lookup(charset or "utf-8").name
        return raw.decode("utf-8" if name.replace("-", "_") in ODD_CODECS else name, "replace")
    except (LookupError, ValueError, TypeError):
        return raw.decode("utf-8", "replace")


def _tokens(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token.lower() for text in texts for token in TOKEN.findall(text)))[:20]


def _is_automatic(mail: Mail) -> bool:
    """RFC 3834, and what programs did before it."""
    if header(mail, "Auto-Submitted").partition(";")[0].strip().lower() not in ("", "no"):
        return True
    if header(mail, "Precedence").strip().lower() in BULK or header(mail, "Return-Path").strip() == "<>":
        return True
    return any(header(mail, name) for name in ("List-Id", "X-Autoreply", "X-Autorespond", "X-Auto-Reply"))


# -- what it says --------------------------------------------------------------------------------------


def _parts(mail: Mail) -> Iterator[Mail]:
    """The leaves of a mail, those of mails within it left out; no more than MOST_PARTS."""
    ahead, seen = [mail], 0
    while ahead and seen < MOST_PARTS:
        part = ahead.pop(0)
        seen += 1
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            inner = part.get_payload()
            ahead[:0] = (
                [each for each in inner if isinstance(each, Mail)][:MOST_PARTS] if isinstance(inner, list) else []
            )
        else:
            yield part


def _content(mail: Mail) -> tuple[str, int]:
    """The words, and how many files came along."""
    plain, markup, attachments = "", "", 0
    for part in _parts(mail):
        kind = part.get_content_type()
        is_file = "attachment" in str(part.get("Content-Disposition", "")).lower() or part.get_filename() is not None
        if is_file or kind not in ("text/plain", "text/html"):
            attachments += kind not in ("message/delivery-status", "text/rfc822-headers")
        elif kind == "text/plain":
            plain = plain or _payload(part)
        else:
            markup = markup or _payload(part)
    return (plain if plain.strip() else text_of(markup)), attachments


def _payload(part: Mail) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    charset = part.get_param("charset")
    return decoded(raw, charset if isinstance(charset, str) else None)


def text_of(markup: str) -> str:
    """HTML as plain text: no tag, no script, no style, and the lines where a page has them."""
    words: list[str] = []
    unseen = ""
    for piece in _TAG.split(_COMMENT.sub("", markup[:MOST_MARKUP])):
        found = _TAG_NAME.match(piece) if piece.startswith("<") else None
        if found is None:
            if not unseen and not (piece.startswith("<") and piece.endswith(">")):
                words.append(unescape(piece).replace("\n", " "))
            continue
        tag, closes = found[1].lower(), piece.startswith("</")
        if unseen:
            unseen = "" if closes and tag == unseen else unseen
        elif tag in UNSEEN and not closes and not piece.endswith("/>"):
            unseen = tag
        elif tag in BREAKS:
            words.append("\n")
    return re.sub(r"[ \t\xa0]{2,}", " ", re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(words))).strip()


def without_quotes(text: str) -> str:
    """Without what the answer quotes at its end: we know what we wrote. All of it where nothing else would be left."""
    lines = text.replace("\r\n", "\n").split("\n")
    for at, line in enumerate(lines):
        if _ORIGINAL.match(line[:200]):
            lines = lines[:at]
            break
    kept = list(lines)
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith(">")):
        kept.pop()
    if len(kept) < len(lines) and kept and kept[-1].rstrip().endswith(":") and re.search(r"[@\d]", kept[-1]):
        kept.pop()
    left = "\n".join(kept).strip()
    return left or text


# -- reports -------------------------------------------------------------------------------------------


def _report(mail: Mail) -> tuple[MailReport | None, tuple[str, ...]]:
    """What a mail server reports; the tokens of the message that it is about."""
    if mail.get_content_type() != "multipart/report":
        return None, ()
    found, about = None, list[str]()
    for part in _parts(mail):
        kind = part.get_content_type()
        if kind == "message/delivery-status" and found is None:
            found = _status(part)
        elif kind in ("message/rfc822", "text/rfc822-headers", "message/global-headers"):
            about += _original_id(part)
    return found, _tokens(*about)


def _status(part: Mail) -> MailReport | None:
    """The first recipient that it is told of."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, Mail) or not (action := header(block, "Action").strip().lower()):
            continue
        recipient = header(block, "Final-Recipient").partition(";")[2].strip() or header(block, "Original-Recipient")
        why = header(block, "Diagnostic-Code").partition(";")[2] or header(block, "Diagnostic-Code")
        return MailReport(
            action=one_line(action.split()[0], 20),
            status=one_line(header(block, "Status").split(" ")[0], 20),
            why=one_line(why, 200),
            recipient=one_line(recipient, 254).lower(),
        )
    return None


def _original_id(part: Mail) -> list[str]:
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        inner = part.get_payload()
        return headers(inner[0], "Message-ID") if isinstance(inner, list) and isinstance(inner[0], Mail) else []
    within = email.message_from_string(_payload(part)[:20_000], policy=email.policy.compat32)
    return headers(within, "Message-ID")
