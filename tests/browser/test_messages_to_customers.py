"""The form that writes to a customer: what a channel needs is shown, templates are filled in, parts are counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from channels.models import ChannelMessage
from tests.browser.conftest import Faults, Site, Visit
from tests.browser.test_everybody import faults_of
from tests.support.calls import EVIL_NAME, TICKET, WHOLE, Store, open_copy
from tests.support.channels import every_channel, furnish

pytestmark = pytest.mark.browser


@pytest.fixture
def site(evening: Path, tmp_path: Path) -> Iterator[Site]:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "prices.pdf").write_bytes(b"%PDF")
    store = open_copy(evening, tmp_path / "data")
    made = Site(Store(every_channel(store.settings, documents), store.sessions))
    made.start()
    yield made
    made.stop()
    made.store.sessions.kw["bind"].dispose()


def test_a_text_message_is_written_with_its_parts_counted(visit: Visit, site: Site) -> None:
    page = visit(f"/tickets/{TICKET}")
    page.click("#write > summary")
    page.select_option("#message-channel", "text_message")
    assert page.input_value("#message-address") == "+14155550123"
    assert not page.is_visible("#message-subject") and page.is_visible("#message-agreed")
    page.fill("#message-text", "я" * 71)
    assert page.inner_text("#message-count") == "71 characters, 2 of 4 parts"
    page.fill("#message-text", "")
    page.select_option("#message-template", "document")
    assert "Here is the document we promised: {link}" in page.input_value("#message-text")
    assert page.is_checked("[name=link][value=document]") and "1 of 4 parts" in page.inner_text("#message-count")
    page.check("#message-agreed")
    page.press("#message-address", "Enter")  # sends, and fills no template in
    page.wait_for_selector("#messages .badge")
    with site.store.sessions() as session:
        row = session.scalars(select(ChannelMessage)).one()
    assert "https://ringback.example/l/" in row.text and row.channel == "text_message"


@pytest.mark.parametrize("locale", ["en-US", "ru-RU"])
def test_messages_and_channels_are_for_everybody(visit: Visit, seen: Faults, site: Site, locale: str) -> None:
    seen.expected = ("Applying inline style",)  # axe's own, for what it measures
    with site.store.sessions() as session, session.begin():
        furnish(session, TICKET, WHOLE, EVIL_NAME)
    page, found = visit("/now", locale=locale), []
    for address in (f"/tickets/{TICKET}", "/channels"):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto(address)
        found += [f"{address} {fault}" for fault in faults_of(page)]
    assert found == [], "\n".join(found)
