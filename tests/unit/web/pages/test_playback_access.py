"""Listening needs a right and a reason and leaves a receipt, which the agent of the call sees."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from calls.models import CallSegment
from retention.models import AccessReceipt
from ringback.store.base import utcnow
from tests.support.calls import EVIL, MISSING, OPEN, WHOLE, Store
from tests.support.pages import Client, listen, post, token
from web.models import User


def receipts(store: Store) -> list[AccessReceipt]:
    with store.sessions() as session:
        return list(session.scalars(select(AccessReceipt).order_by(AccessReceipt.at)))


@pytest.mark.parametrize(
    "given",
    [{}, {"reason": ""}, {"reason": "because"}, {"words": "no"}, {"words": "   "}, {"reason": "<script>", "words": ""}],
)
def test_no_sound_without_a_reason(signed: Client, store: Store, given: dict[str, str]) -> None:
    eva = signed("eva")
    answer = post(eva, f"/calls/{WHOLE}/listen", **given)
    assert answer.status_code == 403
    assert "<audio" not in answer.text and 'role="alert"' in answer.text
    assert receipts(store) == []
    assert eva.get(f"/calls/{WHOLE}/sound").status_code == 403
    assert "Listening needs a reason" in eva.get(f"/calls/{WHOLE}/sound").text


def test_a_reason_gives_the_sound_and_leaves_a_receipt(signed: Client, store: Store) -> None:
    eva = signed("eva")
    assert "<audio" not in eva.get(f"/calls/{WHOLE}").text
    address = listen(eva, WHOLE, reason="complaint")
    (receipt,) = receipts(store)
    assert (receipt.person, receipt.role, receipt.call_id) == ("eva", "supervisor", WHOLE)
    assert (receipt.reason, receipt.what, receipt.address) == ("complaint", "listen", "127.0.0.1")
    assert receipt.fetched_at is None
    for _ in range(2):
        with eva.get(address, headers={"Range": "bytes=0-9"}) as part:
            assert part.status_code == 206 and part.headers["Cache-Control"] == "private, no-store"
    assert receipts(store)[0].fetched_at is not None
    assert len(receipts(store)) == 1
    assert eva.get(f"/calls/{WHOLE}").text.count("<audio") == 1  # the reason lasts a while


def test_own_words_are_a_reason_and_stay_text(signed: Client, store: Store) -> None:
    listen(signed("eva"), WHOLE, reason="", words="  <b>Letter</b> of   3 March ")
    assert receipts(store)[0].reason == "<b>Letter</b> of 3 March"
    assert "&lt;b&gt;Letter&lt;/b&gt; of 3 March" in signed("anna").get("/heard").text


def test_an_address_is_its_persons_alone(signed: Client, app: Flask) -> None:
    address = listen(signed("eva"), WHOLE)
    assert signed("tom").get(address).status_code == 404
    assert app.test_client().get(address).status_code == 302
    signature = address.rpartition(".")[2]
    forged = address.removesuffix(signature) + signature[::-1]
    assert signed("eva").get(forged).status_code == 404
    assert signed("eva").get("/sound/nonsense").status_code == 404
    assert signed("eva").get(f"/sound/{uuid.uuid4().hex}").status_code == 404


def test_an_address_is_over_after_its_time(signed: Client, store: Store) -> None:
    eva = signed("eva")
    address = listen(eva, WHOLE)
    with store.sessions() as session, session.begin():
        receipt = session.scalars(select(AccessReceipt)).one()
        assert timedelta(minutes=15) < receipt.until - receipt.at < timedelta(minutes=20)
        receipt.until = utcnow()
    answer = eva.get(address)
    assert answer.status_code == 403 and "give the reason again" in answer.text
    assert "<audio" not in eva.get(f"/calls/{WHOLE}").text


def test_a_right_that_is_taken_away_ends_the_address(signed: Client, store: Store) -> None:
    eva = signed("eva")
    address = listen(eva, WHOLE)
    with store.sessions() as session, session.begin():
        session.scalars(select(User).where(User.name == "eva")).one().role = "agent"
    assert eva.get(address).status_code == 403


def test_a_download_is_a_receipt_of_its_own(signed: Client, store: Store) -> None:
    eva = signed("eva")
    address = listen(eva, WHOLE, what="download", reason="dispute")
    with eva.get(address) as file:
        assert file.headers["Content-Disposition"] == f"attachment; filename=call-{WHOLE}.flac"
    assert [(receipt.what, receipt.reason) for receipt in receipts(store)] == [("download", "dispute")]
    assert "<audio" not in eva.get(f"/calls/{WHOLE}").text
    listen(eva, WHOLE)
    assert post(eva, f"/calls/{WHOLE}/listen", what="download").status_code == 303
    assert [receipt.reason for receipt in receipts(store)] == ["dispute", "quality", "quality"]


def test_an_agent_hears_own_calls_without_a_reason_and_leaves_a_receipt(signed: Client, store: Store) -> None:
    anna = signed("anna")
    assert "no reason is needed" in anna.get(f"/calls/{WHOLE}").text
    with anna.get(listen(anna, WHOLE, reason="")) as sound:
        assert sound.status_code == 200
    assert [(receipt.person, receipt.reason) for receipt in receipts(store)] == [("anna", "own")]
    assert post(anna, f"/calls/{EVIL}/listen", reason="quality").status_code == 404
    with store.sessions() as session, session.begin():
        session.add(CallSegment(call_id=EVIL, seq=9, kind="talk", agent="anna", started_at=utcnow()))
    assert anna.get(f"/calls/{EVIL}").status_code == 200


def test_who_listened_is_shown_to_the_agent_and_to_those_with_the_right(signed: Client) -> None:
    eva, tom, anna = signed("eva"), signed("tom"), signed("anna")
    address = listen(tom, WHOLE, reason="training")
    answer = tom.post(f"{address}/played", data={"seconds": "1e9", "csrf_token": token(tom, "/now")})
    assert answer.status_code == 204
    for page in (anna.get("/heard"), anna.get(f"/calls/{WHOLE}"), eva.get("/heard"), eva.get(f"/calls/{WHOLE}")):
        assert "tom" in page.text and "Training" in page.text
    assert "Who listened</h2>" not in tom.get(f"/calls/{WHOLE}").text
    assert "tom" not in tom.get("/heard").text.partition("<main")[2]
    assert "127.0.0.1" in eva.get("/heard").text and "127.0.0.1" not in anna.get("/heard").text


@pytest.mark.parametrize(("told", "status"), [("nan", 400), ("inf", 400), ("x", 400), ("", 400), ("-5", 204)])
def test_what_a_browser_tells_is_believed_within_reason(signed: Client, store: Store, told: str, status: int) -> None:
    eva = signed("eva")
    address = listen(eva, WHOLE)
    assert eva.post(f"{address}/played", data={"seconds": told, "csrf_token": token(eva, "/now")}).status_code == status
    assert receipts(store)[0].played_seconds is None


def test_there_is_nothing_to_listen_to(signed: Client, store: Store) -> None:
    eva = signed("eva")
    for call_id in (MISSING, OPEN, "17.99"):
        assert post(eva, f"/calls/{call_id}/listen", reason="quality").status_code == 404
    assert receipts(store) == []


def test_where_to_begin_survives_the_reason(signed: Client) -> None:
    eva = signed("eva")
    assert 'name="at" value="25.2"' in eva.get(f"/calls/{WHOLE}?at=25.2").text
    answer = post(eva, f"/calls/{WHOLE}/listen", reason="quality", at="25.2")
    assert answer.location == f"/calls/{WHOLE}?at=25.2&play=1#player"
    assert 'data-at="25.2"' in eva.get(answer.location).text
    assert 'data-at=""' in eva.get(f"/calls/{WHOLE}?at=nan").text
