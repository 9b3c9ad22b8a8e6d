"""How right announced waits were, as a document, on both stores."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from queueing.history import History
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.bus import AgentState
from ringback.store.waits import LineMemory
from tests.support.calls import Store
from tests.support.waits import seed_waits, tell
from web.documents.waits import accuracy_now, waits_document

NOON = utcnow().replace(hour=12, minute=0, second=0, microsecond=0)
"""Far from midnight, so that today is today."""


@pytest.fixture
def both(store: sessionmaker[Session], settings: Settings) -> Store:
    return Store(settings.model_copy(update={"timezone": "UTC"}), store)


def read(store: Store) -> dict[str, Any]:
    with store.sessions() as session:
        return waits_document(session, NOON.timestamp(), store.settings)


def test_the_figures_of_today(both: Store) -> None:
    tell(both, 5000, now=NOON - timedelta(days=1))
    seed_waits(both, NOON)
    found = read(both)
    support, billing = found["queues"]
    assert support["today"] == {
        "told": 11, "judged": 10, "kept": 6, "kept_share": 0.6, "mean_error": 154.0, "mean_waited": 286.0,
        "mean_bound": 300.0,
    }  # fmt: skip
    assert (billing["today"]["told"], billing["today"]["kept_share"]) == (3, 1.0), "no wait passes more than an hour"
    assert (found["today"]["told"], found["today"]["kept"], found["today"]["judged"]) == (14, 9, 13)
    assert [wait["outcome"] for wait in found["last"][:6]] == ["kept", "left", "wrong", "wrong", "wrong", "kept"]
    assert found["last"][0]["told"] is False and len(found["last"]) == 10


def test_silence_begins_with_the_third_wrong_one_and_ends_when_they_are_past(both: Store) -> None:
    with both.sessions() as session:
        assert accuracy_now(session, both.settings)["support"]["judged"] == 0
    for waited in (100, 460, 460):
        tell(both, waited, now=NOON)
    assert not read(both)["queues"][0]["lately"]["silent"]
    tell(both, 451, now=NOON)
    tell(both, 90, now=NOON, told=False)
    lately = read(both)["queues"][0]["lately"]
    assert (lately["silent"], lately["wrong"], lately["kept"], lately["judged"]) == (True, 3, 2, 5)
    assert lately["silent_since"] == NOON.isoformat()
    for _ in range(6):
        tell(both, 100, now=NOON, told=False)
    assert read(both)["queues"][0]["lately"]["silent_since"] is not None
    tell(both, 100, now=NOON, told=False)
    lately = read(both)["queues"][0]["lately"]
    assert (lately["silent"], lately["silent_since"], lately["wrong"]) == (False, None, 2)


def test_why_a_queue_tells_no_wait(both: Store) -> None:
    queues = {name: queue.model_copy() for name, queue in both.settings.queues.items()}
    settings = both.settings.model_copy(update={"queues": queues})
    store = Store(settings, both.sessions)

    def why() -> list[str | None]:
        return [each["why"] for each in read(store)["queues"]]

    assert why() == ["nobody", "nobody"]
    with store.sessions() as session, session.begin():
        session.add(AgentState(agent="anna", display="Anna", extension="201", state="free", queues=["support"]))
    assert why() == ["new", "nobody"]
    history = History("UTC")
    for _ in range(30):
        history.learn("support", NOON.timestamp() - 60, handled=200.0)
    with store.sessions() as session, session.begin():
        session.add(LineMemory(name="history", data=history.snapshot()))
    assert why() == [None, "nobody"]
    seed_waits(store, NOON)
    assert why() == ["wrong", "nobody"]
    queues["support"] = queues["support"].model_copy(update={"announce_wait": False})
    assert why()[0] == "off"
