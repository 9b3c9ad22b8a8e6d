"""Persons from files and into files: what was not understood is said, nothing comes twice, words stay words."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Contact
from contacts import exporting, importing, tables, vcards
from contacts.errors import ContactError
from contacts.models import ContactPoint
from contacts.records import from_json
from contacts.service import find_by_number, points_of
from tests.support.contacts import add_person

NUMBER, OTHER = "+12025550123", "+12025550124"
Sessions = sessionmaker[Session]
TABLE = """Имя;Телефон;E-mail;Заметки;Согласие
Анна Петрова;8 (495) 123-45-67;anna@example.com;"перезванивать
после обеда";anna@example.com
;;;;
Борис;не знаю;;;
Только имя;;;;
Вера;+74951112233;вера;;
"""
CARDS = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=98=D0=B2=D0=B0=D0=BD;;;;\r\n"
    "TEL;CELL;PREF:(202) 555-0123\r\nPHOTO;ENCODING=BASE64;JPEG:AAAA\r\n BBBB\r\nEND:VCARD\r\n"
    "noise\r\n"
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\\, Smith\r\nitem1.TEL;TYPE=CELL:tel:+1 202 555 0124\r\n"
    "item1.X-ABLabel:_$!<Work>!$_\r\nEMAIL:ann@exa\r\n mple.com\r\nIMPP:xmpp:ann@x.org\r\nX-EVIL\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Never ends\r\nTEL:1\r\n"
)


def test_a_table_is_read_as_people_write_it_and_says_what_it_did_not_understand() -> None:
    for data in (TABLE.encode(), TABLE.encode("cp1251"), TABLE.encode("utf-16"), TABLE.replace(";", "\t").encode()):
        read = importing.read_file(data, "RU")
        anna, vera = read.records
        assert (anna.line, anna.name, anna.notes) == (2, "Анна Петрова", "перезванивать\nпосле обеда")
        assert [(each.value, each.consent) for each in anna.points] == [
            ("+74951234567", "unknown"),
            ("anna@example.com", "yes"),
        ]
        assert [each.value for each in vera.points] == ["+74951112233"]
        assert [(each.line, each.why.code) for each in read.unread] == [
            (5, "contacts.no_phone"),
            (6, "contacts.no_points"),
            (7, "contacts.no_email"),
        ]
        assert from_json(anna.as_json()) == anna


def test_vcards_of_every_version_are_read_and_a_broken_one_is_one_line_of_trouble() -> None:
    read = importing.read_file(CARDS.encode(), "US")
    ivan, ann = read.records
    assert (ivan.line, ivan.name, [each.value for each in ivan.points]) == (1, "Иван", [NUMBER])
    assert (ann.line, ann.name) == (9, "Ann, Smith")
    assert [(each.kind, each.value, each.label) for each in ann.points] == [
        ("phone", OTHER, "Work"),
        ("email", "ann@example.com", ""),
    ]
    assert [(each.line, each.why.code) for each in read.unread] == [
        (17, "contacts.card_line"),
        (19, "contacts.card_unended"),
    ]


@pytest.mark.parametrize("data", [b"", b" \r\n", b"Name,Town\nAnn,Rome\n", b"\x00\xff\xfe"])
def test_what_is_no_file_of_persons_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(ContactError) as refused:
        importing.read_file(data, "US")
    assert str(refused.value.message) != refused.value.message.code


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_is_the_end(data: bytes) -> None:
    for begin in (b"", b"Name,Phone\n", b"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL:+12025550123\r\n"):
        whole = begin + data + (b"\r\nEND:VCARD\r\n" if begin.startswith(b"BEGIN") else b"")
        try:
            read = importing.read_file(whole, "US")
        except ContactError:
            continue
        assert all(each.points for each in read.records)


def bring(store: Sessions, text: str, others: importing.Others = "leave") -> dict[str, int]:
    read = importing.read_file(text.encode(), "US")
    with store() as session:
        told = importing.counts_of(importing.plan(session, read.records, others))
    done = importing.bring(store, read.records, "eva", "list.csv", others)
    assert done == told, "what the preview says is what is done"
    return done


def counts(new: int = 0, changed: int = 0, same: int = 0, left: int = 0) -> dict[str, int]:
    return {"new": new, "changed": changed, "same": same, "left": left}


def test_brought_twice_nothing_comes_twice(store: Sessions) -> None:
    text = f"name,phone,email,agreed\nAnn,{NUMBER},ann@example.com,ann@example.com\nSmith Ann,,a.smith@example.com,\n"
    text += f"Ann,{NUMBER},a2@example.com,\n"
    assert bring(store, text) == counts(new=2, changed=1)
    assert bring(store, text) == counts(same=3)
    assert bring(store, f"name,phone,notes\nAnn,{NUMBER};{OTHER},deaf\n") == counts(changed=1)
    with store() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 2
        (ann,) = find_by_number(session, OTHER)
        row = session.get_one(Contact, ann)
        assert (row.name, row.named_by, row.number, row.notes) == ("Ann", "eva", NUMBER, "deaf")
        points = points_of(session, [ann])[ann]
        assert [(each.value, each.consent, each.consent_how) for each in points] == [
            (NUMBER, "unknown", ""),
            (OTHER, "unknown", ""),
            ("ann@example.com", "yes", "file list.csv"),
            ("a2@example.com", "unknown", ""),
        ]


def test_somebody_called_otherwise_is_thrown_together_with_nobody_without_a_persons_word(store: Sessions) -> None:
    with store.begin() as session:
        add_person(session, NUMBER, name="Ann", named_by="eva")
        add_person(session, OTHER, name="CALLER 7")
    text = f"name,phone\nBob,{NUMBER}\nCarl,{OTHER}\n"
    assert bring(store, text) == counts(changed=1, left=1)  # nobody has named the second one yet
    with store() as session:
        assert len(find_by_number(session, NUMBER)) == 1
    assert bring(store, text, "add") == counts(new=1, same=1)
    assert bring(store, text, "add") == bring(store, text) == counts(same=2)
    assert bring(store, f"phone\n{NUMBER}\n") == counts(left=1)
    with store() as session:
        assert len(find_by_number(session, NUMBER)) == 2
        assert session.scalar(select(func.count()).where(ContactPoint.value == NUMBER, ContactPoint.is_first)) == 1


EVIL = "=cmd|' /C calc'!A0\r\nEND:VCARD\r\nBEGIN:VCARD\u202e " + "x" * 10_000


def test_an_export_comes_back_as_it_was_and_evil_words_are_words(store: Sessions) -> None:
    with store.begin() as session:
        ann = add_person(
            session, NUMBER, "ann@example.com", "@ann_s", name="Ann; Smith, \\n", named_by="eva", notes="one\ntwo"
        )
        points_of(session, [ann.id])[ann.id][1].consent = "no"
        evil = add_person(session, OTHER, named_by="eva")
        evil.name, evil.notes = EVIL, EVIL  # as no page of ours writes it
        points_of(session, [evil.id])[evil.id][0].label = EVIL
    with store() as session:
        table = "".join(tables.lines(exporting.everybody(session)))
        cards = "".join(vcards.cards(exporting.everybody(session)))
    rows = list(csv.reader(io.StringIO(table)))
    assert len(rows) == 3 and not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-"))]
    assert "\0" not in table + cards and cards.count("BEGIN:VCARD\r\n") == cards.count("END:VCARD\r\n") == 2
    assert "\u202e" not in cards
    for data in (table, cards):
        read = importing.read_file(data.encode(), "US")
        assert [each.why for each in read.unread] == []
        assert {each.points[0].value for each in read.records} == {NUMBER, OTHER}
        (back,) = [each for each in read.records if each.points[0].value == NUMBER]
        assert (back.name, back.notes) == ("Ann; Smith, \\n", "one\ntwo")
        assert [(each.value, each.consent) for each in back.points] == [
            (NUMBER, "unknown"),
            ("ann@example.com", "no"),
            ("@ann_s", "unknown"),
        ]
        with store() as session:
            planned = importing.plan(session, [back])
        assert [each.what for each in planned] == ["same"]
