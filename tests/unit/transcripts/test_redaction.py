"""The rows of redaction on both stores, what people hear by them, and how originals go; no model is needed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from recording.files import sha256_of
from recording.models import Recording
from retention.models import LegalHold
from ringback.config import RedactionSettings as Wanted
from ringback.config import Settings
from ringback.config.redaction import KINDS
from ringback.store.base import utcnow
from ringback.store.erasing import Scope
from tickets import service as tickets
from tickets.models import TicketEntry
from tickets.transcript_line import rebuild
from transcripts import stages
from transcripts.engines.recogniser import RATE, Word
from transcripts.erasing import ROOM
from transcripts.models import Segment, Transcript, TranscriptStage
from transcripts.pipeline import build, originals
from transcripts.redaction import service
from transcripts.redaction.models import Redaction, RedactionPlace
from transcripts.text import raw_recognition

CALL_ID = "1700000000.1"
NAME = f"2026/03/01/{CALL_ID}"
Sessions = sessionmaker[Session]


def said(text: str, start: float = 0.0, each: float = 0.5) -> list[Word]:
    return [Word(start + at * each, start + at * each + 0.4, 0.9, word) for at, word in enumerate(text.split())]


# -- rows ----------------------------------------------------------------------------------------------


@pytest.fixture
def add(store: Sessions, settings: Settings) -> Callable[..., None]:
    """A call whose words are transcribed, with sound; `of` are settings other than the usual."""

    def added(caller: str, agent: str = "", of: Settings | None = None) -> None:
        path = settings.recordings / f"{NAME}.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.ones((RATE, 2), np.int16), RATE)
        with store() as session, session.begin():
            call = Call(
                call_id=CALL_ID, line="1000", language="en", caller_number="201", caller_name="", state="ended",
                arrived_at=utcnow(), ended_at=utcnow(),
            )  # fmt: skip
            session.add(call)
            session.flush()
            digest = sha256_of(path, lambda: None)
            session.add(Recording(call_id=CALL_ID, state="stored", path=f"{NAME}.flac", sha256=digest, seconds=1.0))
            row = Transcript(call_id=CALL_ID, language="en", state="done", engine="whisper", model="base")
            session.add(row)
            session.flush()
            raw_recognition.save(session, row.id, {"caller": said(caller), "agent": said(agent, 0.2)}, None)
            rebuild(session, row.id, of or settings)

    return added


def texts(store: Sessions) -> str:
    with store() as session:
        return " ".join(session.scalars(select(Segment.text).order_by(Segment.seq)))


def hear(store: Sessions, settings: Settings) -> tuple[str, str]:
    with store() as session:
        found = service.audible_recording(session, settings, session.scalars(select(Recording)).one())
        return found.state, found.why


def prove(store: Sessions, settings: Settings, state: str = "passed") -> Path:
    """What the step leaves behind, without its model."""
    masked = settings.recordings / f"{NAME}.masked.flac"
    soundfile.write(masked, np.zeros((RATE, 2), np.int16), RATE)
    with store() as session, session.begin():
        row = session.scalars(select(Redaction)).one()
        recording = session.scalars(select(Recording)).one()
        row.state, row.path, row.sha256 = state, f"{NAME}.masked.flac", sha256_of(masked, lambda: None)
        row.of_sha256 = recording.sha256
    return masked


def test_text_is_masked_in_the_transaction_that_makes_it(store: Sessions, settings: Settings, add: Any) -> None:
    add("my card number is 4111 1111 1111 1111 okay")
    assert "•card•" in texts(store)
    assert "4111" not in texts(store)
    assert hear(store, settings) == ("withheld", "sound")
    with store() as session:
        (place,) = session.scalars(select(RedactionPlace))
        assert (place.kind, place.speaker, place.start, place.end, place.source) == ("card", "caller", 2.0, 3.9, "text")
        assert stages.is_current(session, CALL_ID, "redact")
        assert stages.due(session, "mask", full=False) == [CALL_ID]
        found = service.document(session, CALL_ID)
    assert found is not None
    assert (found["state"], [each["kind"] for each in found["places"]]) == ("waiting", ["card"])


def test_a_call_without_secrets_is_heard_at_once(store: Sessions, settings: Settings, add: Any) -> None:
    add("the heating does not work")
    assert hear(store, settings) == ("whole", "")


def test_switched_off_nothing_is_masked_and_switched_on_later_old_text_is(
    store: Sessions, settings: Settings, add: Any
) -> None:
    off = settings.model_copy(update={"redaction": Wanted(**dict.fromkeys(KINDS[:6], False))})
    add("my card number is 4111 1111 1111 1111", of=off)
    assert "4111" in texts(store)
    assert hear(store, off) == ("whole", "")
    with store() as session, session.begin():
        assert stages.reprocess(session, "redact", call_id=CALL_ID) == 1
    assert stages.run(stages.Step("redact", partial(build.make, rebuild=rebuild)), store, settings, CALL_ID) == "done"
    assert "4111" not in texts(store)
    assert hear(store, settings) == ("withheld", "sound")


def test_what_was_found_by_listening_stays_masked_when_the_text_is_made_anew(
    store: Sessions, settings: Settings, add: Any
) -> None:
    add("please write down fair seven")
    with store() as session, session.begin():
        transcript = session.scalars(select(Transcript)).one()
        place: dict[str, Any] = {"kind": "code", "speaker": "caller", "start": 1.5, "end": 2.4, "source": "sound"}
        session.add(RedactionPlace(transcript_id=transcript.id, **place))
        session.flush()
        rebuild(session, transcript.id, settings)
    assert "•code•" in texts(store)
    assert "fair" not in texts(store)


def test_a_place_known_by_its_sound_does_not_hide_what_the_words_around_it_are(
    store: Sessions, settings: Settings, add: Any
) -> None:
    add("please write down 4539 5787 6362 1486 okay")
    with store() as session, session.begin():
        transcript = session.scalars(select(Transcript)).one()
        place: dict[str, Any] = {
            "kind": "code",
            "speaker": "caller",
            "start": 3.0,
            "end": 3.4,
            "source": "sound",
        }  # the last group
        session.add(RedactionPlace(transcript_id=transcript.id, **place))
        session.flush()
        rebuild(session, transcript.id, settings)
    assert not any(sign.isdigit() for sign in texts(store))


def test_the_tickets_line_says_what_the_text_says_after_every_change(
    store: Sessions, settings: Settings, add: Any
) -> None:
    add("please call me at 212 555 0143")
    with store() as session, session.begin():
        tickets.open_ticket(session, CALL_ID, settings=settings)
        session.expire_all()
        rebuild(session, session.scalars(select(Transcript.id)).one(), settings)
    phones = settings.model_copy(update={"redaction": Wanted(phones=True)})
    with store() as session, session.begin():
        line = select(TicketEntry.text).where(TicketEntry.kind == "transcript")
        assert "0143" in session.scalars(line).one()
        stages.reprocess(session, "redact", call_id=CALL_ID)
    assert stages.run(stages.Step("redact", partial(build.make, rebuild=rebuild)), store, phones, CALL_ID) == "done"
    with store() as session:
        assert "0143" not in session.scalars(line).one()
        assert "•••• phone" in session.scalars(line).one()


def test_a_masked_copy_that_is_gone_is_made_again_and_nobody_hears_the_call_meanwhile(
    store: Sessions, settings: Settings, add: Any
) -> None:
    add("my card number is 4111 1111 1111 1111")
    masked = prove(store, settings)
    with store() as session, session.begin():
        stage = session.scalars(select(TranscriptStage).where(TranscriptStage.stage == "mask")).one()
        stage.state, stage.revision = "done", 1
    assert hear(store, settings) == ("masked", "")
    masked.unlink()
    assert hear(store, settings) == ("withheld", "sound")
    with store() as session:
        assert stages.due(session, "mask", full=False) == [CALL_ID]


@pytest.mark.parametrize(
    ("state", "heard_as"), [("passed", ("masked", "")), ("failed", ("withheld", "failed")), ("clean", ("whole", ""))]
)
def test_people_hear_what_the_proof_allows(
    store: Sessions, settings: Settings, add: Any, state: str, heard_as: tuple[str, str]
) -> None:
    add("my card number is 4111 1111 1111 1111")
    prove(store, settings, state)
    assert hear(store, settings) == heard_as


@pytest.mark.parametrize(
    ("transcript", "why"), [("waiting", "transcript"), ("running", "transcript"), ("failed", "unchecked")]
)
def test_sound_without_a_finished_text_is_kept_back(
    store: Sessions, settings: Settings, add: Any, transcript: str, why: str
) -> None:
    add("hello")
    with store() as session, session.begin():
        row = session.scalars(select(Transcript)).one()
        row.state, row.engine = transcript, None
    assert hear(store, settings) == ("withheld", why)


@pytest.mark.parametrize("transcript", ["waiting", "running", "failed"])
def test_a_call_that_is_recognised_anew_is_heard_as_before(
    store: Sessions, settings: Settings, add: Any, transcript: str
) -> None:
    add("my card number is 4111 1111 1111 1111")
    prove(store, settings)
    before = hear(store, settings)
    with store() as session, session.begin():
        row = session.scalars(select(Transcript)).one()
        row.state, row.engine = transcript, "whisper"
    assert hear(store, settings) == before == ("masked", "")


def test_a_recording_that_changed_is_not_given_as_its_masked_copy(
    store: Sessions, settings: Settings, add: Any
) -> None:
    add("my card number is 4111 1111 1111 1111")
    prove(store, settings)
    with store() as session, session.begin():
        session.scalars(select(Recording)).one().sha256 = "ab" * 32
    assert hear(store, settings) == ("withheld", "sound")


# -- originals -----------------------------------------------------------------------------------------


@pytest.fixture
def removing(settings: Settings) -> Settings:
    return settings.model_copy(update={"redaction": Wanted(originals="remove")})


def due(store: Sessions, settings: Settings) -> list[str]:
    with store() as session:
        return originals.due(session, settings)


def test_originals_go_only_where_it_is_wanted_and_proven(
    store: Sessions, settings: Settings, removing: Settings, add: Any
) -> None:
    add("my card number is 4111 1111 1111 1111", of=removing)
    assert due(store, removing) == []
    masked = prove(store, settings)
    assert due(store, settings) == []
    assert due(store, removing) == [CALL_ID]
    assert originals.remove(store, removing, CALL_ID) == CALL_ID
    assert due(store, removing) == []
    assert masked.is_file()
    assert not (settings.recordings / f"{NAME}.flac").exists()
    with store() as session:
        recording = session.scalars(select(Recording)).one()
        words = raw_recognition.load(session, session.scalars(select(Transcript.id)).one())["caller"]
    assert (recording.path, recording.size) == (f"{NAME}.masked.flac", masked.stat().st_size)
    assert [word.text for word in words] == ["my", "card", "number", "is", "•card•"]
    assert hear(store, removing) == ("masked", "")


def test_originals_stay_where_the_masked_copy_is_gone_and_it_is_made_again(
    store: Sessions, settings: Settings, removing: Settings, add: Any
) -> None:
    add("my card number is 4111 1111 1111 1111", of=removing)
    prove(store, settings).unlink()
    with store() as session, session.begin():
        stage = session.scalars(select(TranscriptStage).where(TranscriptStage.stage == "mask")).one()
        stage.state, stage.revision = "done", 1
    assert originals.remove(store, removing, CALL_ID) is None
    assert due(store, removing) == []
    assert (settings.recordings / f"{NAME}.flac").is_file()
    with store() as session:
        assert stages.due(session, "mask", full=False) == [CALL_ID]


def test_a_secret_that_is_found_after_the_originals_went_is_masked_and_goes_too(
    store: Sessions, settings: Settings, removing: Settings, add: Any
) -> None:
    add("my card number is 4111 1111 1111 1111 and call me at 212 555 0143", of=removing)
    prove(store, settings)
    assert originals.remove(store, removing, CALL_ID) == CALL_ID
    phones = settings.model_copy(update={"redaction": Wanted(phones=True, originals="remove")})
    with store() as session, session.begin():
        rebuild(session, session.scalars(select(Transcript.id)).one(), phones)
    assert texts(store).endswith("•phone•")
    assert hear(store, phones) == ("withheld", "sound")
    assert due(store, phones) == []  # not before it is proven


def test_a_legal_hold_keeps_the_originals(store: Sessions, settings: Settings, removing: Settings, add: Any) -> None:
    add("my card number is 4111 1111 1111 1111", of=removing)
    prove(store, settings)
    with store() as session, session.begin():
        session.add(LegalHold(kind="call", subject=CALL_ID, reason="A court asked.", placed_by="eva"))
    assert due(store, removing) == []
    assert originals.remove(store, removing, CALL_ID) is None
    assert (settings.recordings / f"{NAME}.flac").is_file()


def test_a_worker_that_died_before_the_file_went_leaves_that_to_the_next(
    store: Sessions, settings: Settings, removing: Settings, add: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("my card number is 4111 1111 1111 1111", of=removing)
    prove(store, settings)

    def dies(*_: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(originals.copies, "remove", dies)
        with pytest.raises(OSError, match="killed"):
            originals.remove(store, removing, CALL_ID)
    assert due(store, settings) == [CALL_ID]  # whatever is set by then
    assert originals.remove(store, removing, CALL_ID) == CALL_ID
    assert not (settings.recordings / f"{NAME}.flac").exists()


def test_erasing_takes_the_masked_copy_and_the_places(store: Sessions, settings: Settings, add: Any) -> None:
    add("my card number is 4111 1111 1111 1111")
    masked = prove(store, settings)
    scope = Scope(call_ids=(CALL_ID,))
    with store() as session, session.begin():
        doomed = ROOM.files(session, settings, scope)
        ROOM.erase(session, settings, scope)
        assert session.scalars(select(RedactionPlace)).all() == session.scalars(select(Redaction)).all() == []
    assert [(each.kind, each.name) for each in doomed] == [("masked sound", f"{NAME}.masked.flac")]
    assert ROOM.remove is not None
    assert ROOM.remove(settings, doomed[0].name)
    assert not masked.exists()
