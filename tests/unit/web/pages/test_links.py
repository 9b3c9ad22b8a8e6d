"""What customers open from a message: links that programs open without a click, surveys answered once, no more."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from channels import consent, links
from channels.models import ChannelMessage, MessageConsent, ShortLink
from ringback.config import Web
from ringback.config.channels import MessageChannels
from ringback.store.base import utcnow
from survey.models import SurveyAnswer, SurveyOptOut, SurveyRun
from tests.support.calls import TICKET, WHOLE, Store
from tests.support.channels import PAGES, SITE, mail_channel
from tests.support.pages import app_of
from tickets.models import TicketEntry

Made = Callable[..., ShortLink]


@pytest.fixture
def own(store: Store, tmp_path: Path) -> Store:
    """The evening with channels, one document, and a survey that nobody answered."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "прайс.pdf").write_bytes(b"%PDF-1.7 prices")
    (folder / "page.html").write_text("<script>alert(1)</script>")
    channels = {"sites": [SITE], "documents": folder, "mail": mail_channel(25)}
    values = {"channels": MessageChannels.model_validate(channels), "web": Web(public_url=PAGES)}
    made = Store(store.settings.model_copy(update=values), store.sessions)
    with made.sessions() as session, session.begin():
        session.execute(delete(SurveyAnswer).where(SurveyAnswer.call_id == WHOLE))
        session.execute(delete(SurveyRun).where(SurveyRun.call_id == WHOLE))
        session.add(SurveyRun(call_id=WHOLE, survey="solved", at=utcnow(), outcome="silent", caller="x" * 64))
    return made


@pytest.fixture
def make(own: Store) -> Made:
    def made(kind: str, target: str = "", **facts: Any) -> ShortLink:
        with own.sessions(expire_on_commit=False) as session, session.begin():
            to = links.LinkTarget(kind, target)
            facts = {"ticket": TICKET, "language": "en", "call_id": WHOLE, **facts}
            return links.make(session, own.settings, to, now=utcnow(), **facts)

    return made


@pytest.fixture
def customer(own: Store) -> FlaskClient:
    return app_of(own).test_client()


def again(own: Store, link: ShortLink) -> ShortLink:
    with own.sessions() as session:
        return session.get_one(ShortLink, link.id)


def told(own: Store) -> list[str]:
    with own.sessions() as session:
        entries = select(TicketEntry.text).where(TicketEntry.ticket_number == TICKET, TicketEntry.kind == "link")
        return list(session.scalars(entries))


def test_only_the_button_is_a_click(own: Store, make: Made, customer: FlaskClient) -> None:
    link = make("site", f"{SITE}/orders/1?a=b")
    for method in ("GET", "HEAD", "GET"):
        page = customer.open(f"/l/{link.token}", method=method)
        assert page.status_code == 200 and "location" not in page.headers
    assert again(own, link).clicks == 0 and told(own) == []
    assert f"form-action 'self' {SITE};" in page.headers["Content-Security-Policy"]
    assert "shop.example" in page.text and page.headers["X-Robots-Tag"] == "noindex, nofollow"
    for _ in range(2):
        gone = customer.post(f"/l/{link.token}")
        assert (gone.status_code, gone.headers["Location"]) == (303, f"{SITE}/orders/1?a=b")
    now = again(own, link)
    assert now.clicks == 2 and now.clicked_at is not None
    assert told(own) == [f"The customer followed the link to {SITE}/orders/1?a=b."]


def test_a_site_that_is_no_longer_ours_is_led_to_no_more(own: Store, make: Made, customer: FlaskClient) -> None:
    link = make("site", f"{SITE}/")
    with own.sessions() as session, session.begin():
        session.execute(update(ShortLink).values(target="https://evil.example/"))
    for method in ("GET", "POST"):
        answer = customer.open(f"/l/{link.token}", method=method)
        assert answer.status_code == 404 and "evil" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("token", ["a" * 12, "x", "../../etc", "%00", "a" * 5000, "АААААААААААА"])
def test_an_address_that_never_was_leads_nowhere(customer: FlaskClient, token: str) -> None:
    answer = customer.get(f"/l/{token}")
    assert answer.status_code in (404, 400) and "Traceback" not in answer.text


def test_a_link_ends(own: Store, make: Made, customer: FlaskClient) -> None:
    link = make("site", f"{SITE}/")
    with own.sessions() as session, session.begin():
        session.execute(update(ShortLink).values(expires_at=utcnow() - timedelta(seconds=1)))
    for method in ("GET", "POST"):
        answer = customer.open(f"/l/{link.token}", method=method)
        assert answer.status_code == 410 and "has expired" in answer.text
    assert again(own, link).clicks == 0


@pytest.mark.parametrize("name", ["прайс.pdf", "page.html"])
def test_a_document_is_downloaded_and_never_shown(own: Store, make: Made, customer: FlaskClient, name: str) -> None:
    link = make("document", name)
    assert name in customer.get(f"/l/{link.token}").text
    with customer.post(f"/l/{link.token}") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.data
    assert told(own) == [f"The customer opened the document {name}."]
    assert own.settings.channels.documents is not None
    (own.settings.channels.documents / name).unlink()
    assert customer.post(f"/l/{link.token}").status_code == 404


def test_a_survey_is_answered_once(own: Store, make: Made, customer: FlaskClient) -> None:
    link = make("survey", "solved", language="ru")
    page = customer.get(f"/l/{link.token}")
    assert "Мы решили ваш вопрос?" in page.text and 'lang="ru"' in page.text
    assert customer.post(f"/l/{link.token}").status_code == 400
    assert "Спасибо" in customer.post(f"/l/{link.token}", data={"q-1": "3", "words": "Слишком долго\u202e"}).text
    for method in ("GET", "POST"):
        assert "already" in customer.open(f"/l/{link.token}", method=method, data={"q-1": "1"}).text
    with own.sessions() as session:
        answers = list(session.scalars(select(SurveyAnswer).where(SurveyAnswer.survey == "solved")))
        run = session.scalars(select(SurveyRun).where(SurveyRun.call_id == WHOLE)).one()
        words = session.scalars(select(TicketEntry.text).where(TicketEntry.kind == "comment")).all()
    assert ("3", "Нет", "poor") in [(each.key, each.label, each.means) for each in answers]
    assert (run.outcome, run.poor) == ("answered", True) and words == [
        "In the survey the customer wrote:\nСлишком долго"
    ]


def test_a_made_up_answer_is_none_and_nobody_has_to_be_asked_again(
    own: Store, make: Made, customer: FlaskClient
) -> None:
    link = make("survey", "solved")
    data = {"q-1": "7", "q-evil": "1", "no_more": "1"}
    assert "Thank you" in customer.post(f"/l/{link.token}", data=data).text
    with own.sessions() as session:
        assert session.scalars(select(SurveyOptOut.caller)).all() == ["x" * 64]
        assert session.scalars(select(SurveyRun.outcome).where(SurveyRun.call_id == WHOLE)).one() == "opted_out"


def test_a_customer_wants_no_more_mails(own: Store, make: Made, customer: FlaskClient) -> None:
    print_ = consent.print_of(own.settings, "mail", "dana@example.org")
    with own.sessions(expire_on_commit=False) as session, session.begin():
        facts = {"address": "dana@example.org", "address_print": print_, "token": "a" * 24, "text": "Hi"}
        row = ChannelMessage(channel="mail", language="en", ticket_number=TICKET, **facts)
        session.add(row)
    link = make("stop", message_id=row.id)
    assert "Stop messages" in customer.get(f"/l/{link.token}").text
    with own.sessions() as session:
        assert session.scalars(select(MessageConsent)).all() == []
    done = customer.post(f"/l/{link.token}", data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200 and "Done" in done.text
    with own.sessions() as session:
        assert [row.agreed for row in session.scalars(select(MessageConsent))] == [False]
    assert told(own) == ["The customer wants no more messages."]


def test_a_link_to_the_bot_opens_no_page(make: Made, customer: FlaskClient, own: Store) -> None:
    with own.sessions() as session, session.begin():
        session.add(
            ShortLink(
                token="b" * 12, kind="telegram", target="", language="en", expires_at=utcnow() + timedelta(days=1)
            )
        )
    assert customer.get(f"/l/{'b' * 12}").status_code == 404
