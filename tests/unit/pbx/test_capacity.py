"""The limits in force: of the settings, or as measured once."""

import json
from pathlib import Path

import pytest

from pbx import capacity
from ringback.config import Settings


def write(settings: Settings, text: str) -> Path:
    path = settings.data / "capacity.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii")
    return path


def test_the_first_start_measures_and_the_next_ones_read(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = capacity.limits(settings)
    assert json.loads((settings.data / "capacity.json").read_text())["seconds"] > 0
    monkeypatch.setattr(capacity, "measure", lambda: pytest.fail("measured again"))
    assert capacity.limits(settings) == first


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"seconds": "soon"}', '{"seconds": null}', "\x00"])
def test_a_spoilt_file_is_measured_anew(settings: Settings, text: str) -> None:
    path = write(settings, text)
    capacity.limits(settings)
    assert json.loads(path.read_text())["seconds"] > 0


def test_a_machine_half_as_fast_takes_half_as_many(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    write(settings, json.dumps({"seconds": 2 * capacity.MEASURED_SECONDS}))
    assert capacity.limits(settings).new_calls == capacity.NEW_CALLS_PER_CORE
    write(settings, json.dumps({"seconds": 1e9}))
    assert capacity.limits(settings).new_calls == capacity.LEAST_NEW_CALLS
    assert capacity.limits(settings).calls >= 10


def test_no_more_are_let_in_than_have_ports(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    write(settings, json.dumps({"seconds": capacity.MEASURED_SECONDS}))
    few = settings.model_copy(update={"sip": settings.sip.model_copy(update={"rtp_first": 10000, "rtp_last": 10019})})
    assert few.sip.legs == 10
    assert capacity.limits(few).calls == 10 - len(settings.agents)


def test_what_the_owner_says_is_in_force(settings: Settings) -> None:
    sip = settings.sip.model_copy(update={"most_calls": 7, "most_new_calls": 3.0})
    found = capacity.limits(settings.model_copy(update={"sip": sip}))
    assert (found.calls, found.new_calls, found.calls_of_source) == (7, 3.0, 3)
    sip = sip.model_copy(update={"most_calls_of_source": 1})
    assert capacity.limits(settings.model_copy(update={"sip": sip})).calls_of_source == 1
