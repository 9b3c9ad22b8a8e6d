"""`ringback retry` and `ringback transcribe`: rows that the worker takes up, and sentences for what cannot be."""

import json
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from typer.testing import CliRunner

from app.cli import app
from ringback.config import Settings
from ringback.errors import RingbackError
from ringback.messages import text
from ringback.store import dead_letters
from ringback.store.base import utcnow
from tests.unit.transcripts.test_pipeline import ARRIVED, CALL_ID, add
from transcripts.models import Transcript
from transcripts.pipeline.reprocess import STAGES
from transcripts.stages import NEEDS

Sessions = sessionmaker[Session]


@pytest.fixture
def config(settings: Settings, sqlite_store: Sessions) -> Path:
    file = settings.data.parent / "ringback.yaml"
    file.write_text(yaml.safe_dump({"data": settings.data.name}), encoding="utf-8")
    add(sqlite_store, settings)
    return file


def ringback(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def state(store: Sessions) -> str:
    with store() as session:
        return session.scalars(select(Transcript.state)).one()


def test_what_is_set_aside_is_listed_and_tried_again(config: Path, sqlite_store: Sessions) -> None:
    given = ("--config", str(config))
    assert "Nothing is set aside." in ringback("retry", "--list", *given)
    with sqlite_store() as session, session.begin():
        for _ in range(dead_letters.TRIES):
            dead_letters.note(session, "tickets", CALL_ID, text("\x1b[2J[bold]No."), utcnow())
        session.scalars(select(Transcript)).one().state = "failed"
    assert "[bold]No." in ringback("retry", "--list", *given)
    rows = json.loads(ringback("retry", "--list", "--json", *given))
    assert {(row["stage"], row["key"]) for row in rows} == {("tickets", CALL_ID), ("recognise", CALL_ID)}
    with pytest.raises(RingbackError, match="Nothing of that name"):
        ringback("retry", "callbacks", *given)
    assert "1 tried again." in ringback("retry", "tickets", CALL_ID, *given)
    assert state(sqlite_store) == "failed"
    assert "1 tried again." in ringback("retry", *given)
    assert state(sqlite_store) == "waiting"


def test_a_stage_is_made_again_of_one_call_of_some_and_of_all(config: Path, sqlite_store: Sessions) -> None:
    given = ("--config", str(config))
    assert "1 transcripts: turns" in ringback("transcribe", "--again", "turns", *given)
    assert "0 transcripts" in ringback("transcribe", "--again", "measure", "--since", "2030-01-01", *given)
    assert "1 transcripts" in ringback("transcribe", "--again", "measure", "--since", ARRIVED.isoformat(), *given)
    assert state(sqlite_store) == "done"
    assert "1 transcripts: recognise" in ringback("transcribe", CALL_ID, *given)
    assert state(sqlite_store) == "waiting"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--again", "tidy"], "There is no stage “tidy”"),
        (["--since", "yesterday"], "“yesterday” is no day or time"),
        (["nobody"], "Call “nobody” has no transcript"),
    ],
)
def test_what_cannot_be_made_again_is_said(config: Path, arguments: list[str], sentence: str) -> None:
    with pytest.raises(RingbackError, match=sentence):
        ringback("transcribe", *arguments, "--config", str(config))


def test_every_stage_that_can_be_made_again_is_named(config: Path) -> None:
    named = ringback("transcribe", "--list", "--config", str(config)).split()
    assert named == list(STAGES)
    assert set(NEEDS) < set(named)
    for stage in named:
        assert f"{stage} is made again." in ringback("transcribe", "--again", stage, "--config", str(config))
    with pytest.raises(RingbackError, match="There is no stage “listen”: choose one of speech"):
        ringback("transcribe", "--again", "listen", "--config", str(config))
