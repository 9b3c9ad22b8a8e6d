"""A call's text on its page: corrections with history, other formats, figures, and what was set aside."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import delete, select, update

from ringback.messages import text
from ringback.store import dead_letters
from ringback.store.base import utcnow
from tests.support.calls import EVIL, EVIL_NAME, MISSING, OPEN, WHOLE, Store
from tests.support.pages import Client
from tickets.transcript_line import rebuild
from transcripts import stages
from transcripts.models import Correction, Segment, Transcript, TranscriptStage
from transcripts.redaction.models import Redaction
from transcripts.text import measures, vocabulary
from transcripts.text.models import VocabularyTrial

SCHEMA = json.loads(Path("tests/support/vcon.schema.json").read_text(encoding="utf-8"))


def turns(store: Store, call_id: str = WHOLE) -> list[str]:
    with store.sessions() as session:
        query = select(Segment.text).join(Transcript).where(Transcript.call_id == call_id).order_by(Segment.seq)
        return list(session.scalars(query))


def revision(store: Store) -> int:
    with store.sessions() as session:
        return session.scalars(select(Transcript.revision).where(Transcript.call_id == WHOLE)).one()


def correct(store: Store, signed: Client, who: str, text: str, **more: Any) -> Any:
    form = {"text": text, "revision": revision(store)} | more
    return signed(who).post(f"/calls/{WHOLE}/turns/1", data=form)


@pytest.fixture(autouse=True)
def no_tokens(app: Any) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def test_a_correction_stands_in_the_text_with_its_history(store: Store, signed: Client) -> None:
    before = turns(store)[1]
    page = signed("tom").get(f"/calls/{WHOLE}?correct=1").text
    assert f">{before}</textarea>" in page
    assert correct(store, signed, "tom", before.replace("router", "modem")).status_code == 302
    assert "the modem shows" in turns(store)[1]
    page = signed("eva").get(f"/calls/{WHOLE}").text
    assert "the modem shows" in page and "<del>" in page and "tom" in page
    with store.sessions() as session:
        key = session.scalars(select(Correction.id)).one()
    assert signed("eva").post(f"/calls/{WHOLE}/corrections/{key}/undo").status_code == 302
    assert turns(store)[1] == before
    document = signed("eva").get(f"/api/calls/{WHOLE}").get_json()
    (row,) = document["transcript"]["corrections"]
    assert (row["state"], row["by"], row["ended_by"]) == ("undone", "tom", "eva")


def test_who_may_not_see_the_call_corrects_nothing(store: Store, signed: Client) -> None:
    assert signed("anna").post(f"/calls/{EVIL}/turns/0", data={"text": "x", "revision": 0}).status_code == 404
    assert correct(store, signed, "anna", "I talked here myself.").status_code == 302  # her own call
    assert signed("anna").post(f"/calls/{WHOLE}/again", data={"stage": "turns"}).status_code == 403


def test_two_at_the_same_turn_do_not_overwrite_each_other(store: Store, signed: Client) -> None:
    old = revision(store)
    correct(store, signed, "tom", "What Tom heard.")
    answer = correct(store, signed, "eva", "What <Eva> heard.", revision=old)
    assert answer.status_code == 409
    assert (
        "The text changed while you were writing" in answer.text and "What &lt;Eva&gt; heard.</textarea>" in answer.text
    )
    assert turns(store)[1] == "What Tom heard."


@pytest.mark.parametrize("form", [{"text": " \x00 "}, {"text": "x" * 5000}, {"text": "x", "revision": "abc"}, {}])
def test_what_cannot_be_put_in_is_refused_in_the_form(store: Store, signed: Client, form: dict[str, str]) -> None:
    given = {"revision": revision(store)} | form
    answer = signed("eva").post(f"/calls/{WHOLE}/turns/1", data=given)
    assert answer.status_code in (400, 409)
    assert 'role="alert"' in answer.text
    with store.sessions() as session:
        assert session.scalar(select(Correction.id)) is None


@pytest.mark.parametrize("name", [WHOLE, EVIL, MISSING])
@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("vtt", "text/vtt"),
        ("srt", "application/x-subrip"),
        ("txt", "text/plain"),
        ("json", "application/json"),
        ("vcon", "application/vcon+json"),
    ],
)
def test_every_format_is_a_file_for_who_may_see_the_call(signed: Client, name: str, kind: str, content: str) -> None:
    answer = signed("eva").get(f"/calls/{name}/transcript.{kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == f"{content}; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}.{kind}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if kind != "vcon":
        assert signed("eva").get(f"/api/calls/{name}/transcript.{kind}").data == answer.data
    if name == EVIL and kind == "vtt":
        assert EVIL_NAME not in answer.text
    assert signed("anna").get(f"/calls/{EVIL}/transcript.{kind}").status_code == 404


def test_there_is_no_export_of_a_call_without_transcript_or_in_a_format_unknown(signed: Client) -> None:
    assert signed("eva").get(f"/calls/{OPEN}/transcript.vtt").status_code == 404
    assert signed("eva").get(f"/calls/{WHOLE}/transcript.exe").status_code == 404


@pytest.mark.parametrize("name", [WHOLE, EVIL, MISSING])
def test_a_vcon_keeps_to_the_draft(signed: Client, name: str) -> None:
    found = signed("eva").get(f"/calls/{name}/transcript.vcon").get_json(force=True)
    Draft202012Validator(SCHEMA).validate(found)
    for dialog in found["dialog"]:
        assert all(party < len(found["parties"]) for party in dialog["parties"])
    if name == WHOLE:
        assert found["parties"][0] == {"name": "Dana Whitfield", "type": "person", "tel": "tel:+14155550123"}
        body = found["analysis"][0]["body"]
        assert [turn["party"] for turn in body["turns"]] == [1, 0, 1, 0, 1, 0, 1]
        assert "body" not in found["dialog"][0]


def test_a_vcon_names_the_sound_with_the_hash_of_what_may_be_heard(store: Store, signed: Client) -> None:
    sound = (store.settings.recordings / "whole.flac").read_bytes()
    with store.sessions() as session, session.begin():
        key = session.scalars(select(Transcript.id).where(Transcript.call_id == WHOLE)).one()
        session.execute(delete(Redaction).where(Redaction.transcript_id == key))
    (withheld,) = signed("eva").get(f"/calls/{WHOLE}/transcript.vcon").get_json(force=True)["dialog"]
    assert "url" not in withheld and "content_hash" not in withheld
    with store.sessions() as session, session.begin():
        session.add(Redaction(transcript_id=key, state="clean"))
    found = signed("eva").get(f"/calls/{WHOLE}/transcript.vcon").get_json(force=True)
    Draft202012Validator(SCHEMA).validate(found)
    (dialog,) = found["dialog"]
    wanted = base64.urlsafe_b64encode(hashlib.sha512(sound).digest()).decode().rstrip("=")
    assert dialog["content_hash"] == f"sha512-{wanted}"
    assert dialog["url"].endswith(f"/calls/{WHOLE}/sound") and dialog["mediatype"] == "audio/flac"


def measured(store: Store) -> None:
    with store.sessions() as session, session.begin():
        key = session.scalars(select(Transcript.id).where(Transcript.call_id == WHOLE)).one()
        rebuild(session, key, store.settings)
    step = stages.Step("measure", measures.make)
    assert stages.run(step, store.sessions, store.settings, WHOLE) == "done"


def test_the_figures_of_the_talk_are_on_its_page_and_in_its_document(store: Store, signed: Client) -> None:
    measured(store)
    found = signed("eva").get(f"/api/calls/{WHOLE}").get_json()["transcript"]["measures"]
    assert found["agent_seconds"] > found["caller_seconds"] > 0
    assert (found["agent_questions"], found["caller_questions"], found["holds"]) == (2, 0, 0)
    page = signed("eva").get(f"/calls/{WHOLE}").text
    assert "The conversation in figures" in page and "Words a minute" in page
    exported = signed("eva").get(f"/calls/{WHOLE}/transcript.json").get_json(force=True)
    assert exported["transcript"]["measures"] == found


def test_a_stage_that_failed_is_said_and_tried_again(store: Store, signed: Client) -> None:
    measured(store)
    with store.sessions() as session, session.begin():
        failed = update(TranscriptStage).where(TranscriptStage.stage == "measure")
        session.execute(failed.values(state="failed", error=text("Nobody <knows>."), finished_at=utcnow()))
    page = signed("eva").get(f"/calls/{WHOLE}").text
    assert "Nobody &lt;knows&gt;." in page and 'value="measure"' in page
    assert 'value="measure"' not in signed("tom").get(f"/calls/{WHOLE}").text
    assert signed("eva").post(f"/calls/{WHOLE}/again", data={"stage": "nonsense"}).status_code == 400
    assert signed("eva").post(f"/calls/{WHOLE}/again", data={"stage": "measure"}).status_code == 302
    with store.sessions() as session:
        row = session.scalars(select(TranscriptStage).where(TranscriptStage.stage == "measure")).one()
        assert (row.state, row.error) == ("waiting", None)


@pytest.mark.parametrize(
    ("state", "sentence"), [("waiting", "about to be made again"), ("failed", "could not be made again")]
)
def test_the_text_stays_until_a_new_one_is_there(store: Store, signed: Client, state: str, sentence: str) -> None:
    assert signed("eva").post(f"/calls/{WHOLE}/again", data={"stage": "recognise"}).status_code == 302
    with store.sessions() as session, session.begin():
        session.execute(update(Transcript).where(Transcript.call_id == WHOLE).values(state=state))
    page = signed("eva").get(f"/calls/{WHOLE}").text
    assert sentence in page and "the router shows" in page


def test_what_was_set_aside_is_listed_with_a_button(store: Store, signed: Client) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    with store.sessions() as session, session.begin():
        for _ in range(dead_letters.TRIES):
            dead_letters.note(session, "tickets", WHOLE, text("No <b>ticket</b>."), moment)
        failed = {"state": "failed", "error": text("No model.")}
        session.execute(update(Transcript).where(Transcript.call_id == EVIL).values(failed))
    assert signed("tom").get("/set-aside").status_code == 403
    page = signed("eva").get("/set-aside").text
    assert "No &lt;b&gt;ticket&lt;/b&gt;." in page and "No model." in page and f"/calls/{WHOLE}" in page
    for stage, key in (("tickets", WHOLE), ("recognise", EVIL)):
        assert signed("eva").post("/set-aside", data={"stage": stage, "key": key}).status_code == 302
    assert "No job has failed." in signed("eva").get("/set-aside").text
    with store.sessions() as session:
        states = session.scalars(select(Transcript.state).where(Transcript.call_id == EVIL)).all()
        assert (states, dead_letters.standing(session)) == (["waiting"], [])
    assert signed("eva").post("/set-aside", data={"stage": "x", "key": "y"}).status_code == 302


def test_the_vocabulary_is_shown_with_its_error_and_switched_off(store: Store, signed: Client) -> None:
    with store.sessions() as session, session.begin():
        session.add(
            VocabularyTrial(
                language="en", engine="whisper", model="whisper-base", words=["Zabbix", "<b>"], stretches=9,
                reference_words=120, errors_before=14, errors_after=9, taken=True,
            )
        )  # fmt: skip
    assert signed("tom").get("/vocabulary").status_code == 403
    page = signed("eva").get("/vocabulary").text
    assert "14 of 120 words wrong" in page and "9 of 120 words wrong" in page and "In use" in page
    for word in ("<i>zabbix", "*"):
        form = {"language": "en", "word": word}
        assert signed("eva").post("/vocabulary", data=form).status_code == 302
    page = signed("eva").get("/vocabulary").text
    assert "izabbix" in page and "Switched off" in page and "switched off by eva" in page
    with store.sessions() as session:
        assert vocabulary.learned(session, "en", "whisper-base") == []
    assert signed("eva").post("/vocabulary", data={"language": "en", "word": "*", "on": "1"}).status_code == 302
    assert "In use" in signed("eva").get("/vocabulary").text
    assert signed("eva").post("/vocabulary", data={"language": "xx", "word": "a"}).status_code == 400
    assert signed("eva").post("/vocabulary", data={"language": "en", "word": "a" * 101}).status_code == 400
