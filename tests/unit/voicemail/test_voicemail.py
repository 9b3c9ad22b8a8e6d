"""Messages that callers left, on both stores: noted once, owned by one, answered by a word or a kept promise."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from callback.models import Callback
from calls.models import Call
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.erasing import Scope
from voicemail import erasing, service
from voicemail.errors import VoicemailError
from voicemail.models import VoiceMessage
from web.documents.voicemail import count_new, messages_document

NOW = utcnow()
ARRIVED = NOW.timestamp()


@pytest.fixture
def message(store: sessionmaker[Session]) -> UUID:
    """Left in the call 1.1, from second 12 to second 30."""
    with store.begin() as session:
        add_call(session, "1.1")
        service.note_left(session, "1.1", ARRIVED, ARRIVED + 12, ARRIVED + 30)
    return key_of(store, "1.1")


def add_call(session: Session, call_id: str) -> None:
    values = {"line": "1000", "language": "en", "caller_number": "+14155550123", "caller_name": ""}
    session.add(Call(call_id=call_id, state="ended", result="message", queue="support", arrived_at=NOW, **values))
    session.flush()


def key_of(store: sessionmaker[Session], call_id: str) -> UUID:
    with store() as session:
        return session.scalars(select(VoiceMessage.id).where(VoiceMessage.call_id == call_id)).one()


def promise(session: Session, state: str, connected: str | None = None) -> Callback:
    row = Callback(
        source="agent",
        source_key=f"test:{state}:{connected}",
        number="+14155550123",
        language="en",
        line="1000",
        queue="support",
        state=state,
        arrived_at=NOW,
        due_at=NOW,
        expires_at=NOW + timedelta(days=1),
        agent="anna",
        connected_call_id=connected,
        ended_at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def state_of(store: sessionmaker[Session]) -> tuple[str, str | None, str | None]:
    """As the lists have it: state, who has it, who answered."""
    with store() as session:
        lists = [messages_document(session, shown, "anna", None) for shown in ("open", "answered")]
    [found] = [each for document in lists for each in document["messages"]]
    return found["state"], found["owner"], found["answered_by"]


def test_it_is_noted_once_with_its_place_in_the_recording(store: sessionmaker[Session], message: UUID) -> None:
    with store.begin() as session:
        service.note_left(session, "1.1", ARRIVED, ARRIVED + 1, ARRIVED + 2)
    with store() as session:
        row = session.scalars(select(VoiceMessage)).one()
        assert (row.id, row.from_seconds, row.to_seconds, row.silent) == (message, 12.0, 30.0, False)


@pytest.mark.parametrize("ends", [12.0, 12.9])
def test_one_in_which_nothing_was_heard_is_there_to_listen_to_and_waits_for_nobody(
    store: sessionmaker[Session], ends: float
) -> None:
    with store.begin() as session:
        add_call(session, "1.2")
        service.note_left(session, "1.2", ARRIVED, ARRIVED + 12, ARRIVED + ends)
        row = session.scalars(select(VoiceMessage)).one()
        assert (row.silent, row.from_seconds, row.to_seconds) == (True, 12.0, 17.0)
        assert count_new(session, None) == 0
        assert messages_document(session, "open", "anna", None)["messages"] == []
        assert len(messages_document(session, "silent", "anna", None)["messages"]) == 1


def test_heard_keeps_who_was_first(store: sessionmaker[Session], message: UUID) -> None:
    with store.begin() as session:
        assert count_new(session, None) == 1
        service.heard(session, "1.1", "anna", NOW)
        service.heard(session, "1.1", "eva", utcnow())
    with store() as session:
        assert session.get_one(VoiceMessage, message).heard_by == "anna"
        assert count_new(session, None) == 0
    assert state_of(store) == ("heard", None, None)


def test_of_two_who_take_it_at_once_one_has_it_and_the_other_is_told(
    store: sessionmaker[Session], message: UUID
) -> None:
    told: list[str] = []
    at_once = threading.Barrier(2)

    def take(name: str) -> None:
        try:
            with store.begin() as session:
                at_once.wait(5)
                service.take(session, message, name, NOW)
        except VoicemailError as error:
            told.append(f"{name}: {error.facts['owner']}")

    both = [threading.Thread(target=take, args=(name,)) for name in ("anna", "boris")]
    for each in both:
        each.start()
    for each in both:
        each.join(10)
    _, owner, _ = state_of(store)
    assert (owner, told) in [("anna", ["boris: anna"]), ("boris", ["anna: boris"])]


def test_taken_twice_by_one_it_is_still_his_and_given_back_by_nobody_else(
    store: sessionmaker[Session], message: UUID
) -> None:
    with store.begin() as session:
        service.take(session, message, "anna", NOW)
        service.take(session, message, "anna", NOW)
    with pytest.raises(VoicemailError, match="not yours"), store.begin() as session:
        service.release(session, message, "boris")
    with store.begin() as session:
        service.release(session, message, "anna")
    assert state_of(store) == ("new", None, None)


def test_a_word_says_that_it_is_answered_and_it_can_be_opened_again(
    store: sessionmaker[Session], message: UUID
) -> None:
    with pytest.raises(VoicemailError, match="Say in a few words"), store.begin() as session:
        service.answer(session, message, "anna", "  ", NOW)
    with store.begin() as session:
        service.answer(session, message, "anna", " by \n e-mail ", NOW)
    for again in (service.take, lambda *args: service.answer(*args[:3], "twice", NOW)):
        with pytest.raises(VoicemailError, match="answered already"), store.begin() as session:
            again(session, message, "boris", NOW)  # type: ignore[operator]
    assert state_of(store) == ("answered", None, "anna")
    with store() as session:
        assert session.get_one(VoiceMessage, message).how == "by e-mail"
    with store.begin() as session:
        service.reopen(session, message)
    assert state_of(store) == ("new", None, None)


@pytest.mark.parametrize(
    ("state", "connected", "found"),
    [
        ("due", None, ("owned", "anna", None)),
        ("failed", None, ("owned", "anna", None)),
        ("cancelled", None, ("owned", "anna", None)),
        ("done", "1.9", ("answered", "anna", "anna")),
        ("cancelled", "1.9", ("answered", "anna", "anna")),
    ],
)
def test_a_promise_answers_it_once_it_is_kept(
    store: sessionmaker[Session], message: UUID, state: str, connected: str | None, found: tuple[str, ...]
) -> None:
    with store.begin() as session:
        service.promised(session, message, promise(session, state, connected).id, "anna", NOW)
    assert state_of(store) == found


def test_erasing_its_call_takes_its_place_and_the_words_about_it(store: sessionmaker[Session], message: UUID) -> None:
    with store.begin() as session:
        service.answer(session, message, "anna", "Called Mr Whitfield", NOW)
        scope = Scope(call_ids=("1.1",))
        assert [each.count for each in erasing.erase(session, Settings(), scope)] == [1]
        assert erasing.erase(session, Settings(), scope) == []
    with store() as session:
        row = session.get_one(VoiceMessage, message)
        assert (row.how, row.from_seconds, row.answered_by) == ("", None, "anna")


def test_a_thousand_messages_are_listed_with_a_few_queries(store: sessionmaker[Session], message: UUID) -> None:
    with store.begin() as session:
        for number in range(150):
            add_call(session, f"2.{number}")
            service.note_left(session, f"2.{number}", ARRIVED, ARRIVED + 3, ARRIVED + 9 + number)
        session.execute(update(Call).where(Call.call_id == "1.1").values(queue="billing"))
    with store() as session:
        document = messages_document(session, "open", "anna", None)
        assert (document["count"], len(document["messages"]), document["new"]) == (151, 100, 151)
        assert document["messages"][0]["seconds"] == 6.0, "who has waited longest comes first"
        assert messages_document(session, "open", "anna", None, "billing")["count"] == 1
        assert session.scalar(select(func.count()).select_from(VoiceMessage)) == 151
