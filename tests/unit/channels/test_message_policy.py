"""Parts of text messages, quiet hours, addresses, the owner's own sites and documents: plain decisions."""

import os
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.install import remarks
from channels import addresses, links
from channels.errors import NoSuchLink, WrongField
from channels.policy import is_mail_address, parts_of, plain_text, quiet_until
from channels.templates import filled, words_of
from ringback.config import Settings
from ringback.config.channels import MessageChannels
from ringback.foreign_text import one_line
from tests.support.channels import NUMBER, SITE

EVENING, MORNING = time(21), time(8)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "count", "places"),
    [
        ("a" * 160, 1, 160),
        ("a" * 161, 2, 161),
        ("a" * 306, 2, 306),
        ("a" * 307, 3, 307),
        ("€" * 80, 1, 160),
        ("я" * 70, 1, 70),
        ("я" * 71, 2, 71),
        ("a" * 133 + "я", 2, 134),
        ("a" * 134 + "я", 3, 135),
        ("😀" * 35, 1, 70),
        ("", 1, 0),
    ],
)
def test_a_text_message_has_as_many_parts_as_phones_are_sent(text: str, count: int, places: int) -> None:
    parts = parts_of(text)
    assert (parts.count, parts.places) == (count, places)


def test_no_pair_of_places_is_cut_in_two() -> None:
    # 67 places of a part: the 34th picture would lie across its end, so each part has 33 of them.
    assert parts_of("😀" * 67).count == 3 and parts_of("😀" * 66).count == 2
    assert parts_of("a" + "€" * 152).count == 2 and parts_of("€" * 153).count == 3


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-10T22:00", "2026-03-11T08:00"),
        ("2026-03-10T07:59", "2026-03-10T08:00"),
        ("2026-03-10T08:00", None),
        ("2026-03-10T20:59", None),
        ("2026-03-28T23:30", "2026-03-29T08:00"),
    ],
)
def test_quiet_hours_end_by_the_clock_of_the_customer(now: str, until: str | None) -> None:
    found = quiet_until((EVENING, MORNING), BERLIN, datetime.fromisoformat(now).replace(tzinfo=BERLIN))
    assert found == (None if until is None else datetime.fromisoformat(until).replace(tzinfo=BERLIN))


def test_without_quiet_hours_anything_may_go_at_once() -> None:
    assert quiet_until(None, BERLIN, datetime(2026, 3, 10, 3, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "address",
    [
        "a@b.c\r\nBcc: all@x.y",
        "a b@c.d",
        "Dana <a@b.c>",
        "a@b.c,d@e.f",
        "a@b..c",
        "@b.c",
        "a@",
        "a" * 65 + "@b.c",
        "я@b.c",
    ],
)
def test_what_is_no_single_address_is_refused(address: str) -> None:
    assert not is_mail_address(address)
    with pytest.raises(WrongField) as error:
        addresses.read(Settings(), "mail", address, "US")
    assert error.value.field == "address"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("+442079460018", "channels.number_not_allowed"),
        ("+74951234567", "channels.landline"),
        ("112", "channels.no_number"),
        ("dana", "channels.no_number"),
    ],
)
def test_text_messages_go_to_numbers_that_may_show_them(typed: str, code: str) -> None:
    with pytest.raises(WrongField) as error:
        addresses.read(Settings(), "text_message", typed, "US")
    assert (error.value.code, error.value.field) == (code, "address")
    assert addresses.read(Settings(), "text_message", "(202) 555-0123", "US") == NUMBER


def test_only_phones_that_surely_show_texts_are_written_to_unasked() -> None:
    assert addresses.takes_texts(NUMBER) and not addresses.takes_texts("+442079460018")
    assert not addresses.takes_texts("anonymous")


SHOP = Settings.model_validate({"channels": {"sites": [SITE, "http://localhost:8080"]}})


@pytest.mark.parametrize("address", [f"{SITE}/", f"{SITE}/a?b=c#d", SITE, "http://localhost:8080/x"])
def test_links_lead_to_the_owners_sites(address: str) -> None:
    assert links.is_own_site(SHOP, address)


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example.evil.com/",
        "https://shop.example@evil.com/",
        "https://evil.com/https://shop.example/",
        "//shop.example/",
        "https:shop.example",
        "http://shop.example/",
        "https://shop.example:444/",
        "https://shop.example\\@evil.com/",
        "javascript:alert(1)//https://shop.example",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/ evil",
        "https://shop.exаmple/",
        "https://[shop.example/",
        "https://shop.example:port/",
        "data:text/html,<script>",
        "",
    ],
)
def test_links_lead_nowhere_else(address: str) -> None:
    assert not links.is_own_site(SHOP, address)


def test_documents_are_the_files_of_the_folder_and_no_others(tmp_path: Path) -> None:
    folder, outside = tmp_path / "documents", tmp_path / "secret.txt"
    folder.mkdir()
    outside.write_text("secret")
    (folder / "price list.pdf").write_bytes(b"%PDF")
    (folder / ".hidden").write_text("x")
    (folder / "inner").mkdir()
    (folder / "link.txt").symlink_to(outside)
    os.mkfifo(folder / "pipe")
    settings = Settings(channels=MessageChannels(documents=folder))
    assert links.documents(settings) == ["price list.pdf"]
    with links.open_document(settings, "price list.pdf") as file:
        assert file.read() == b"%PDF"
    for name in ("../secret.txt", "link.txt", str(outside), "inner", "pipe", "", "..", "gone.pdf", "a\0b"):
        with pytest.raises(NoSuchLink):
            links.open_document(settings, name)


def test_typed_words_stay_words() -> None:
    assert one_line("Hi\r\nBcc: a@b.c\u202e", 50) == "Hi Bcc: a@b.c"
    assert plain_text("a\x00b\u2066\r\n\n\n\n\nc", 50) == "ab\n\nc"
    facts = {"ticket": "{agent}", "agent": "Anna", "from": ""}
    assert filled("{ticket} {agent} {link} {unknown}", facts) == "{agent} Anna {link} "


@pytest.mark.parametrize("name", ["answer", "link", "document", "survey", "fixed", "telegram"])
def test_templates_come_in_both_languages_and_an_owners_goes_before(name: str) -> None:
    both = {words_of(Settings(), name, language).text for language in ("en", "ru")}
    assert len(both) == 2
    own = {name: {"en": {"title": "Mine", "text": "Own {link}"}}}
    settings = Settings.model_validate({"channels": {"templates": own}})
    assert words_of(settings, name, "ru").text == "Own {link}"


def test_a_service_that_apprise_does_not_know_is_told_before_anything_is_sent() -> None:
    known, odd = {"title": "A", "url": "json://host/{to}"}, {"title": "B", "url": "pigeon://{to}"}
    settings = Settings.model_validate({"channels": {"services": {"a": known, "b": odd}}})
    found = {remark.setting: remark.what.code for remark in remarks(settings) if "services" in remark.way}
    assert found == {"channels.services.b.url": "ringback.service_unknown"}
