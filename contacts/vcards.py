"""Persons as vCards: read one by one, so that a broken one is one line of trouble; written so that nobody's words are
more than words.

The library knows the versions, the folding of lines and the escaping; what it is handed has no control characters.
"""

import io
import logging
import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import vobject
from vobject.base import ParseError, VObjectError

from calls.models import Contact
from contacts.errors import ContactError
from contacts.models import ContactPoint
from contacts.records import Read, Record, Unread, record_of, shortened
from contacts.tables import decoded
from ringback.messages import message, text

logging.getLogger("vobject").setLevel(logging.CRITICAL)  # it logs lines of the file

BEGIN = re.compile(r"\s*BEGIN\s*:\s*VCARD\s*", re.IGNORECASE)
END = re.compile(r"\s*END\s*:\s*VCARD\s*", re.IGNORECASE)
CARD_MOST = 2000
"""Lines of one card, but for a picture's."""
KINDS = {"tel": "phone", "email": "email", "impp": "telegram", "x-telegram": "telegram"}
CONSENT = "x-ringback-consent"
LABEL = "x-ablabel"
PICTURES = re.compile(r"(?:\w+\.)?(?:PHOTO|LOGO|SOUND|KEY)\b", re.IGNORECASE)
_BROKEN = (ParseError, VObjectError, ValueError, KeyError, IndexError, AttributeError, TypeError, AssertionError)
"""What the library raises at a card that is none; all of it is the card's fault."""


def read_cards(data: bytes, country: str, most: int | None = None) -> Read:
    """What a file of vCards says. Raises ContactError for a file that is none, or that is too long."""
    records: list[Record] = []
    unread: list[Unread] = []
    found = False
    for line, card in _cards(decoded(data)):
        found = True
        record, faults = _record(line, card, country)
        unread += faults
        if record is not None:
            records.append(record)
        if most is not None and len(records) > most:
            raise ContactError("contacts.too_long", most=most)
    if not found:
        raise ContactError("contacts.no_cards")
    return Read(records, unread)


def cards(persons: Iterator[tuple[Contact, Sequence[ContactPoint]]]) -> Iterator[str]:
    """An export: one vCard 3.0, which telephones of every age read, after the other."""
    for person, points in persons:
        card = vobject.vCard()
        shown = _inline(person.name or next((each.value for each in points), ""))
        card.add("n").value = vobject.vcard.Name(given=shown)
        card.add("fn").value = shown
        card.add("uid").value = f"urn:uuid:{person.id}"
        if person.language:
            card.add("lang").value = _inline(person.language)
        if person.notes:
            card.add("note").value = "\n".join(map(_inline, person.notes.splitlines()))
        for number, point in enumerate(points, 1):
            _add_point(card, point, f"item{number}")
        yield str(card.serialize(lineLength=75))


def _add_point(card: Any, point: ContactPoint, group: str) -> None:
    name = {"phone": "tel", "email": "email"}.get(point.kind, "impp")
    line = card.add(name)
    line.value = f"telegram:{point.value}" if name == "impp" else point.value
    line.group = group
    for property_, value in ((LABEL, _inline(point.label)), (CONSENT, point.consent)):
        if value and value != "unknown":
            more = card.add(property_)
            more.value, more.group = value, group


def _inline(words: str) -> str:
    """Words without what could end a line of the file."""
    return "".join(c for c in words if c.isprintable())


def _cards(whole: str) -> Iterator[tuple[int, list[str]]]:
    """Each card's lines with the number of the first; what stands between cards is nobody's."""
    card: list[str] | None = None
    first = 0
    for number, line in enumerate(re.split(r"\r\n|\r|\n", whole.replace("\0", "")), 1):
        if BEGIN.fullmatch(line):
            if card:
                yield first, card
            card, first = [line], number
        elif card is not None:
            card.append(line)
            if END.fullmatch(line):
                yield first, card
                card = None
    if card:
        yield first, card


def _record(line: int, card: list[str], country: str) -> tuple[Record | None, list[Unread]]:
    if not END.fullmatch(card[-1]):
        return None, [Unread(line, message("contacts.card_unended"))]
    card = list(_without_pictures(card))
    if len(card) > CARD_MOST:
        return None, [Unread(line, message("contacts.card_long"))]
    unread = []
    try:
        found = _parsed(card, strict=True)
    except _BROKEN as error:
        at = getattr(error, "lineNumber", None)
        bad = shortened(card[at - 1]) if isinstance(at, int) and 0 < at <= len(card) else ""
        unread.append(Unread(line + (at - 1 if isinstance(at, int) else 0), message("contacts.card_line", line=bad)))
        try:
            found = _parsed(card, strict=False)
        except _BROKEN:
            return None, [Unread(line, message("contacts.card_broken", why=text(shortened(str(error)))))]
    record, faults = _of_card(line, found, country)
    return record, unread + faults


def _without_pictures(card: list[str]) -> Iterator[str]:
    """The lines but for pictures, which are most of many files and are not read."""
    in_picture = False
    for line in card:
        if line[:1] in (" ", "\t"):
            if in_picture:
                continue
        else:
            in_picture = PICTURES.match(line) is not None
            if in_picture:
                continue
        yield line


def _parsed(card: list[str], *, strict: bool) -> Any:
    stream = io.StringIO("\r\n".join(card) + "\r\n")
    return next(vobject.readComponents(stream, allowQP=True, ignoreUnreadable=not strict))


def _of_card(line: int, card: Any, country: str) -> tuple[Record | None, list[Unread]]:
    contents: dict[str, list[Any]] = card.contents
    about = {
        (name, each.group): str(each.value).strip() for name in (LABEL, CONSENT) for each in contents.get(name, [])
    }
    typed: list[tuple[str, str, str]] = []
    agreed, refused = set[str](), set[str]()
    for property_, kind in KINDS.items():
        for each in contents.get(property_, []):
            value = str(each.value).strip()
            if property_ == "impp" and not value.lower().startswith(("telegram:", "https://t.me/", "t.me/")):
                continue  # another service's
            value = value.split(";ext=")[0].removeprefix("tel:") if kind == "phone" else value
            label = about.get((LABEL, each.group), "").removeprefix("_$!<").removesuffix(">!$_") if each.group else ""
            consent = about.get((CONSENT, each.group), "") if each.group else ""
            {"yes": agreed, "no": refused}.get(consent, set()).add(value)
            typed.append((kind, value, label))
    key = next((str(each.value) for each in contents.get("uid", [])), "").removeprefix("urn:uuid:")
    return record_of(
        line,
        _name(contents),
        typed,
        country,
        language=next((str(each.value) for each in contents.get("lang", [])), ""),
        notes="\n".join(str(each.value) for each in contents.get("note", [])),
        key=key if _is_key(key) else "",
        agreed=frozenset(agreed),
        refused=frozenset(refused),
    )


def _name(contents: dict[str, list[Any]]) -> str:
    for each in contents.get("fn", []):
        if str(each.value).strip():
            return str(each.value)
    for each in contents.get("n", []):
        parts = (getattr(each.value, part, "") for part in ("given", "additional", "family"))
        return " ".join(" ".join(part) if isinstance(part, list) else str(part) for part in parts if part)
    return next((str(each.value) for each in contents.get("org", [])), "")


def _is_key(text_: str) -> bool:
    try:
        uuid.UUID(text_)
    except ValueError:
        return False
    return True
