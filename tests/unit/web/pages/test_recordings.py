"""What a call's page says of its recording: notes in the reader's language, pauses, and the wish to keep it."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from calls.models import Call
from recording.models import KeepRequest, Recording
from ringback.store.base import utcnow
from tests.support.calls import OPEN, TRUNCATED, WHOLE, Store
from tests.support.pages import Client, post


def change(store: Store, call_id: str, **values: object) -> None:
    with store.sessions() as session, session.begin():
        session.execute(update(Recording).where(Recording.call_id == call_id).values(**values))


def in_russian(client: FlaskClient, page: str) -> str:
    return client.get(page, headers={"Accept-Language": "ru"}).text


def test_what_is_odd_is_said_beside_the_sound(signed: Client, store: Store) -> None:
    change(
        store, WHOLE, notes=[["silent_agent", {}], ["clipped_caller", {"percent": 3.2}]], fault="changed",
        levels={
            "caller": {"dbfs": -18.4, "peak_dbfs": 0.0, "clipped": 0.032, "heard": 0.5},
            "agent": {"dbfs": None, "peak_dbfs": None, "clipped": 0.0, "heard": 0.0},
        },
    )  # fmt: skip
    page = signed("eva").get(f"/calls/{WHOLE}").text
    assert "Nothing is heard of the agent while they talked." in page
    assert "3.2% of the sound is cut off at the top" in page
    assert "-18 dBFS" in page and ">silent<" in page
    assert "damaged or has been changed" in page
    russian = in_russian(signed("eva"), f"/calls/{WHOLE}")
    assert "Во время разговора оператора совсем не слышно." in russian


def test_prompts_are_told_apart_from_the_agent(signed: Client, store: Store) -> None:
    quiet = {"dbfs": -31.0, "peak_dbfs": -9.0, "clipped": 0.0, "heard": 0.5}
    nobody = {"dbfs": None, "peak_dbfs": None, "clipped": 0.0, "heard": 0.0}
    change(store, WHOLE, levels={"caller": quiet, "agent": quiet, "ours": {**quiet, "dbfs": -12.0}})
    page = signed("eva").get(f"/calls/{WHOLE}").text
    assert "<dt>Prompts and music</dt>" in page and "-12 dBFS" in page and "Prompts and music, outside the talk" in page
    assert "Сообщения и музыка, вне разговора" in in_russian(signed("eva"), f"/calls/{WHOLE}")
    change(store, WHOLE, levels={"caller": quiet, "agent": nobody, "ours": quiet})
    with store.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == WHOLE).values(agent=None))
    page = signed("eva").get(f"/calls/{WHOLE}").text
    assert "<dt>Agent</dt><dd>silent" not in page, "nobody was there to be heard"
    assert 'class="lane-name ours">Prompts and music<' in page


def test_why_it_is_short_is_said_in_russian_too(signed: Client, store: Store) -> None:
    change(store, TRUNCATED, notes=[["short_disk", {"seconds": 5.0, "answered": 30.0, "lost": 25.0}]])
    russian = in_russian(signed("eva"), f"/calls/{TRUNCATED}")
    assert "потому что диск был полон" in russian


def test_a_row_of_old_says_its_sentence(signed: Client) -> None:
    assert "Asterisk was stopped." in signed("eva").get(f"/calls/{TRUNCATED}").text


def test_something_in_the_place_of_the_file(signed: Client, store: Store) -> None:
    change(store, TRUNCATED, state="missing", path=None, notes=[["not_a_file", {"kind": "pipe"}]])
    assert "лежит не файл (канал)" in in_russian(signed("eva"), f"/calls/{TRUNCATED}")


def test_pauses_are_marked_on_the_waveform(signed: Client, store: Store) -> None:
    change(store, WHOLE, gaps=[[20.0, 30.5]])
    page = signed("eva").get(f"/calls/{WHOLE}").text
    assert '<rect x="20.0" width="10.5"' in page


@pytest.fixture
def on_demand(store: Store) -> Store:
    """The open call is in a queue that records on demand."""
    queues = dict(store.settings.queues)
    queues["support"] = queues["support"].model_copy(update={"recording": "on_demand"})
    object.__setattr__(store.settings, "queues", queues)
    with store.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == OPEN).values(queue="support"))
    return store


def test_a_recording_on_demand_can_be_kept_while_it_is_there(signed: Client, on_demand: Store) -> None:
    eva = signed("eva")
    page = f"/calls/{OPEN}"
    assert "Keep the recording" in eva.get(page).text
    assert post(eva, f"{page}/recording/keep", page, reason=" a promise ").status_code == 302
    with on_demand.sessions() as session:
        wish = session.scalars(select(KeepRequest)).one()
        assert (wish.call_id, wish.by, wish.reason) == (OPEN, "eva", "a promise")
    after = eva.get(page).text
    assert "Kept at the request of" in after and "Keep the recording" not in after
    assert "Keep the recording" not in eva.get(f"/calls/{WHOLE}").text
    assert post(eva, f"/calls/{WHOLE}/recording/keep", page).status_code == 404


def test_what_a_queue_never_records_is_not_called_kept(signed: Client, store: Store) -> None:
    queues = {name: queue.model_copy(update={"recording": "never"}) for name, queue in store.settings.queues.items()}
    object.__setattr__(store.settings, "queues", queues)
    eva = signed("eva")
    page = f"/calls/{OPEN}"
    answer = post(eva, f"{page}/recording/keep", "/now")
    assert "The queue does not record" in (answer.text + eva.get(page).text)
    with store.sessions() as session:
        assert session.scalars(select(KeepRequest)).all() == []


def test_what_was_thrown_away_cannot_be_kept(signed: Client, on_demand: Store) -> None:
    now = utcnow()
    with on_demand.sessions() as session, session.begin():
        session.execute(
            update(Call).where(Call.call_id == OPEN).values(ended_at=now - timedelta(seconds=30), state="ended")
        )
        session.add(Recording(call_id=OPEN, state="not_recorded", notes=[["rule_on_demand", {}]]))
    eva = signed("eva")
    page = eva.get(f"/calls/{OPEN}").text
    assert "nobody asked: the sound was thrown away" in page and "Not recorded" in page
    assert post(eva, f"/calls/{OPEN}/recording/keep", "/now").status_code == 404
