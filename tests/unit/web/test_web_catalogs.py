"""Every text for people is there in both languages."""

import re

import pytest
from babel.messages.pofile import read_po

from web.catalogs import collect, path_of

PLACES = re.compile(r"%\(\w+\)[sd]|%%")


def test_no_text_lacks_its_russian() -> None:
    with path_of("ru").open("rb") as file:
        russian = {message.id: message.string for message in read_po(file, locale="ru")}
    texts = [message.id for message in collect() if message.id]
    assert len(texts) > 200
    assert [text for text in texts if not russian.get(text)] == []
    assert sorted(set(russian) - set(texts) - {""}) == []


def test_translations_keep_the_places_for_values() -> None:
    with path_of("ru").open("rb") as file:
        catalog = read_po(file, locale="ru")
    for message in catalog:
        if message.id:
            texts = list(message.id) if message.pluralizable else [message.id]
            forms = list(message.string or ()) if message.pluralizable else [message.string]
            places = sorted(PLACES.findall(str(texts[-1])))
            assert [sorted(PLACES.findall(str(form))) for form in forms] == [places for _ in forms], message.id


@pytest.mark.parametrize("text", ["Calls in progress", "Not done: %(why)s", "Hung up while waiting"])
def test_templates_code_and_labels_are_all_collected(text: str) -> None:
    assert text in collect()
