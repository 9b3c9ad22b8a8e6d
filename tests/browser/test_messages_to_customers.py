"""The form that writes to a customer: what a channel needs is shown, templates are filled in, parts are counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from channels.models import ChannelMessage
from tests.browser.conftest import Site, Visit
from tests.support.calls import TICKET, Store, open_copy
from tests.support.channels import every_channel

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
