"""The benchmark of answering machines: its arithmetic, and that it follows the dialplan that it measures."""

from pathlib import Path

import numpy as np
import pytest

from app.trial.trial import TrialError
from bench import amd
from bench.amd_cases import Case
from pbx import asterisk_conf
from ringback import secrets
from ringback.config import Settings

SILENCE = np.zeros(1, np.int16)


def verdict(who: str, taken_for: str, spoken_at: float = 1.0, decided_at: float = 2.5) -> amd.Verdict:
    case = Case("900000", "voice", who, "word", "none", spoken_at, SILENCE)
    return amd._verdict(case, f"{taken_for}^HUMAN-800-800^100.0^{100 + decided_at}", played_at=100.5)


def test_what_the_dialplan_wrote_is_read() -> None:
    found = verdict("person", "machine")
    assert (found.taken_for, found.cause, found.seconds) == ("machine", "HUMAN", 2.5)
    assert found.waited == pytest.approx(1.0), "from the end of the first word, half a second after the answer"


def test_both_mistakes_are_counted_apart() -> None:
    found = [verdict("person", "person")] * 3 + [verdict("person", "machine")] + [verdict("machine", "person")]
    figures = {figure.what: figure for figure in amd._figures(found, found)}
    assert figures[amd.PEOPLE].value == 25.0 and figures[amd.PEOPLE].met is False
    assert figures["machines taken for people"].value == 100.0


def test_who_says_nothing_waits_for_no_word() -> None:
    found = [verdict("person", "person"), verdict("person", "person", spoken_at=0.0, decided_at=9.0)]
    measured = amd._measures([*found, verdict("machine", "machine")])
    assert measured["silence after a person's first words, p95"] == pytest.approx(1.0)


def dialplan(settings: Settings) -> dict[str, str]:
    values = asterisk_conf.values_of(settings, secrets.load_or_create(settings)[0], Path("/nowhere"))
    return asterisk_conf.texts_for_own(values | {"external": True, "folder": settings.data})


def test_the_dialplan_is_the_one_that_is_measured(settings: Settings) -> None:
    texts = {"extensions.conf": dialplan(settings)["ringback-extensions.conf"], "modules.conf": "", "pjsip.conf": ""}
    changed = amd._change(texts, defaults=False)["extensions.conf"]
    assert changed.count("Set(DB(amd/${CASE})=") == 2
    assert "AMD(2500," in changed
    assert "AMD()" in amd._change(texts, defaults=True)["extensions.conf"]


def test_another_dialplan_is_told() -> None:
    with pytest.raises(TrialError, match="must follow it"):
        amd._change({"extensions.conf": "[ringback-callbacks]\n", "modules.conf": ""}, defaults=False)
