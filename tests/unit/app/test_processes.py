"""One list of processes: each can be started, watched and named by it."""

import sys

import pytest
from typer.testing import CliRunner

from app import cli, supervise
from app.bootstrap import LIVES
from ringback.config import Settings
from ringback.messages import forms
from ringback.processes import NEEDED, PROCESSES, ProcessSpec


@pytest.mark.parametrize("spec", PROCESSES, ids=lambda spec: spec.name)
def test_each_has_a_command_a_life_and_words(spec: ProcessSpec) -> None:
    assert spec.name in LIVES
    assert spec.purpose in CliRunner().invoke(cli.app, [spec.name, "--help"]).output.replace("\n", " ")
    for said in (spec.title, spec.when_away):
        assert {"en", "ru"} <= set(forms(said.code))


def test_nothing_lives_that_is_not_in_the_list() -> None:
    assert list(LIVES) == [spec.name for spec in PROCESSES]
    assert NEEDED == ("controller", "worker", "web")


@pytest.mark.parametrize(("words", "last"), [(True, "listener"), (False, "web")])
def test_what_the_settings_switch_off_is_not_started(settings: Settings, words: bool, last: str) -> None:
    chosen = settings.model_copy(update={"live": settings.live.model_copy(update={"words": words})})
    started = supervise.parts(chosen, ["--config", "mine.yaml"])
    assert started[-1].name == last
    assert list(started[-1].command)[-3:] == [last, "--config", "mine.yaml"]
    assert started[-1].command[0] == sys.executable
