"""Corrections: unchanged words keep their times, history and undo, and what a machine's new run does to them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from ringback.config import RedactionSettings as Wanted
from ringback.config import Settings
from tickets.transcript_line import rebuild
from transcripts.engines.recogniser import Word
from transcripts.models import Correction, Segment, Transcript, TranscriptStage
from transcripts.pipeline import corrections
from transcripts.pipeline.corrections import CorrectionRefused, Edit
from transcripts.redaction.masks import rules_of
from transcripts.redaction.models import Redaction, RedactionPlace
from transcripts.text import raw_recognition
from transcripts.text.align import changes, put_in
from transcripts.text.turns import Turn

CALL_ID = "1700000000.1"
Sessions = sessionmaker[Session]
CALLER = "Hello my rooter shows a red light"
AGENT = "Please hold the button"


def said(text: str, start: float = 0.0) -> list[Word]:
    return [Word(start + at * 0.5, start + at * 0.5 + 0.4, 0.8, word) for at, word in enumerate(text.split())]


def transcript(session: Session) -> Transcript:
    return session.scalars(select(Transcript).where(Transcript.call_id == CALL_ID)).one()


def hear(store: Sessions, settings: Settings, caller: str, agent: str = AGENT, shift: float = 0.0) -> None:
    """A recogniser's run, the first or another one."""
    with store() as session, session.begin():
        if session.scalar(select(Call.id)) is None:
            arrived = datetime(2026, 3, 1, tzinfo=UTC)
            call: dict[str, Any] = {"line": "1000", "language": "en", "caller_number": "201", "caller_name": ""}
            session.add(Call(call_id=CALL_ID, state="ended", arrived_at=arrived, ended_at=arrived, **call))
            session.flush()
            session.add(Transcript(call_id=CALL_ID, state="done", language="en"))
            session.flush()
        row = transcript(session)
        raw_recognition.save(session, row.id, {"caller": said(caller, 1.0 + shift), "agent": said(agent, 9.0)}, None)
        rebuild(session, row.id, settings)


def correct(store: Sessions, settings: Settings, text: str, seq: int = 0) -> Correction | None:
    with store() as session, session.begin():
        row = transcript(session)
        rules = rules_of(settings.redaction)
        made = corrections.correct(session, row, Edit(seq, row.revision, text, "vera"), rules)
        rebuild(session, row.id, settings)
        session.flush()
        session.expunge_all()
        return made


def text(store: Sessions, seq: int = 0) -> str:
    with store() as session:
        return session.scalars(select(Segment.text).where(Segment.seq == seq)).one()


def words(store: Sessions, seq: int = 0) -> list[list[Any]]:
    with store() as session:
        return session.scalars(select(Segment.words).where(Segment.seq == seq)).one()


def states(store: Sessions) -> list[str]:
    with store() as session:
        return list(session.scalars(select(Correction.state).order_by(Correction.at)))


def test_a_corrected_turn_keeps_the_times_of_its_other_words(store: Sessions, settings: Settings) -> None:
    hear(store, settings, CALLER)
    before = words(store)
    correct(store, settings, "Hello, my router shows a red light!")
    after = words(store)
    assert text(store) == "Hello, my router shows a red light!"
    assert [word[:2] for word in after] == [word[:2] for word in before]
    assert after[2][2:] == [1.0, "router"]
    with store() as session:
        row = session.scalars(select(Correction)).one()
        assert (row.by, row.before, row.after) == ("vera", CALLER, "Hello, my router shows a red light!")


def test_more_and_fewer_words_share_the_time_of_those_they_replace(store: Sessions, settings: Settings) -> None:
    hear(store, settings, CALLER)
    old = words(store)
    correct(store, settings, "Hello my old white router shows light")
    new = words(store)
    assert [word[3] for word in new] == "Hello my old white router shows light".split()
    times = [at for word in new for at in word[:2]]
    assert times == sorted(times)
    assert (new[2][0], new[4][1]) == (old[2][0], old[2][1])  # the three stand where "rooter" stood
    assert new[6][:2] == old[6][:2]


def test_undo_brings_back_what_was_heard_and_stays_in_the_history(store: Sessions, settings: Settings) -> None:
    hear(store, settings, CALLER)
    correct(store, settings, "Hello my router shows a red light")
    with store() as session, session.begin():
        row = session.scalars(select(Correction)).one()
        assert corrections.undo(session, row, "anna")
        assert not corrections.undo(session, row, "anna")
        rebuild(session, row.transcript_id, settings)
    assert text(store) == CALLER
    with store() as session:
        row = session.scalars(select(Correction)).one()
        assert (row.state, row.by, row.ended_by) == ("undone", "vera", "anna")
        assert row.ended_at is not None


def test_a_new_run_gets_the_correction_where_its_words_still_stand(store: Sessions, settings: Settings) -> None:
    hear(store, settings, CALLER)
    correct(store, settings, "Hello my router shows a red light")
    hear(store, settings, "Hello, my rooter shows the red light", shift=0.4)
    assert text(store) == "Hello, my router shows the red light"
    hear(store, settings, "Hello my router shows a red light")  # the new model knows better by itself
    assert (text(store), states(store)) == ("Hello my router shows a red light", ["applied"])


def test_a_correction_whose_words_are_gone_is_to_be_looked_at(store: Sessions, settings: Settings) -> None:
    hear(store, settings, CALLER)
    correct(store, settings, "Hello my router shows a red light")
    hear(store, settings, "Hello my computer shows a red light")
    assert (text(store), states(store)) == ("Hello my computer shows a red light", ["lost"])
    hear(store, settings, CALLER)
    assert (text(store), states(store)) == ("Hello my router shows a red light", ["applied"])


def test_turns_are_made_again_from_what_was_heard(store: Sessions, settings: Settings) -> None:
    hear(store, settings, "I have twenty three routers")
    assert text(store) == "I have 23 routers"
    correct(store, settings, "I have 24 routers")
    with store() as session, session.begin():
        before = transcript(session).revision
        rebuild(session, transcript(session).id, settings)
        session.expire_all()
        assert transcript(session).revision == before + 1
    assert text(store) == "I have 24 routers"
    with store() as session:
        found = {row.stage: row.state for row in session.scalars(select(TranscriptStage))}
    assert found["turns"] == "done"
    assert set(found.values()) == {"done", "waiting"}


def test_a_transcript_from_before_can_be_corrected(store: Sessions, settings: Settings) -> None:
    hear(store, settings, CALLER)
    with store() as session, session.begin():
        for row in session.scalars(select(raw_recognition.RawRecognition)):
            session.delete(row)
    correct(store, settings, "Hello my router shows a red light")
    assert text(store) == "Hello my router shows a red light"
    assert text(store, 1) == AGENT


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"revision": 99}, "changed while you were writing"),
        ({"seq": 7}, "changed while you were writing"),
        ({"text": "  \x00 \u202e"}, "cannot be left empty"),
        ({"text": "x" * 5000}, "longer than a turn"),
    ],
)
def test_what_cannot_be_put_in_is_refused_in_a_sentence(
    sqlite_store: Sessions, settings: Settings, wrong: dict[str, Any], sentence: str
) -> None:
    hear(sqlite_store, settings, CALLER)
    with sqlite_store() as session:
        row = transcript(session)
        wish = {"seq": 0, "revision": row.revision, "text": "Hello", "by": "vera"} | wrong
        with pytest.raises(CorrectionRefused, match=sentence):
            corrections.correct(session, row, Edit(**wish), rules_of(settings.redaction))


def test_the_same_text_is_no_correction(sqlite_store: Sessions, settings: Settings) -> None:
    hear(sqlite_store, settings, CALLER)
    assert correct(sqlite_store, settings, CALLER) is None
    assert states(sqlite_store) == []


def test_a_card_number_that_a_person_types_is_masked(sqlite_store: Sessions, settings: Settings) -> None:
    hear(sqlite_store, settings, "my card is fear one one one")
    correct(sqlite_store, settings, "my card is 4111 1111 1111 1111")
    assert text(sqlite_store) == "my card is •card•"
    with sqlite_store() as session:
        assert "4111" not in str(session.execute(select(Correction.after, Correction.changes)).all())


def places(store: Sessions) -> list[tuple[str, str, float, float, str]]:
    with store() as session:
        rows = session.scalars(select(RedactionPlace).order_by(RedactionPlace.start))
        return [(row.kind, row.speaker, row.start, row.end, row.source) for row in rows]


def test_the_sound_of_a_secret_that_only_a_person_understood_is_masked(store: Sessions, settings: Settings) -> None:
    hear(store, settings, "my cart is fear wan won one thanks a lot")
    with store() as session:
        assert session.scalars(select(Redaction.state)).one() == "clean"
    correct(store, settings, "my card is 4111 1111 1111 1111 thanks a lot")
    assert text(store) == "my card is •card• thanks a lot"
    assert places(store) == [("card", "caller", 2.5, 4.4, "corrected")]  # the words that were "fear wan won one"
    with store() as session, session.begin():
        assert session.scalars(select(Redaction.state)).one() == "waiting"
        rebuild(session, transcript(session).id, settings)
    assert (text(store), states(store)) == ("my card is •card• thanks a lot", ["applied"])
    assert [source for *_, source in places(store)] == ["corrected"]
    with store() as session, session.begin():
        corrections.undo(session, session.scalars(select(Correction)).one(), "anna")
        rebuild(session, transcript(session).id, settings)
    assert text(store) == "my cart is •card• thanks a lot"  # the sound says it still


def test_what_the_speaker_said_before_tells_what_a_corrected_turn_is(store: Sessions, settings: Settings) -> None:
    with_pause = [*said("the security code is", 1.0), *said("seventy tree won", 6.0)]
    hear(store, settings, "")
    with store() as session, session.begin():
        row = transcript(session)
        raw_recognition.save(session, row.id, {"caller": with_pause, "agent": said(AGENT, 12.0)}, None)
        rebuild(session, row.id, Settings(redaction=Wanted(codes=False)))
    correct(store, settings, "731", seq=1)
    assert text(store, 1) == "•code•"


def test_a_correction_is_masked_by_settings_that_came_later(store: Sessions, settings: Settings) -> None:
    hear(store, settings, "call me at five five five oh one two to please")
    correct(store, settings, "call me at 555 0122 please")
    correct(store, settings, "please hold the red button", seq=1)
    phones = settings.model_copy(update={"redaction": Wanted(phones=True)})
    with store() as session, session.begin():
        rebuild(session, transcript(session).id, phones)
    assert text(store) == "call me at •phone• please"
    with store() as session:
        first, second = session.scalars(select(Correction).order_by(Correction.at))
        assert "555" not in str((first.before, first.after, first.changes))
        assert (second.after, second.state) == ("please hold the red button", "applied")


def test_a_lost_correction_shows_no_secret_in_its_history(store: Sessions, settings: Settings) -> None:
    hear(store, settings, "call me at five five five oh one two to please")
    correct(store, settings, "call me at 555 0122 please")
    hear(store, settings, "something else was said here by now")
    phones = settings.model_copy(update={"redaction": Wanted(phones=True)})
    with store() as session, session.begin():
        rebuild(session, transcript(session).id, phones)
    assert states(store) == ["lost"]
    with store() as session:
        (row,) = session.scalars(select(Correction))
        assert "555" not in str((row.before, row.after, row.changes))


some_words = st.lists(st.sampled_from("a b c d e".split()), min_size=1, max_size=8)


@given(some_words, some_words)
def test_any_text_can_be_put_in_place_of_any_other(old: list[str], new: list[str]) -> None:
    turn = Turn("caller", tuple(said(" ".join(old))))
    turns = [turn]
    for change in changes(turn.words, new, turn.start, turn.end):
        turns = put_in(turns, "caller", change) or []
    assert len(turns) == 1
    times = [word.start for word in turns[0].words]
    assert times == sorted(times)
    assert times[0] >= turn.start and turns[0].end <= turn.end + 1e-9
