"""What owners write of a ticket system, what is refused with which words, and what a delivery says of how it went."""

from pathlib import Path
from typing import Any

import pytest

from connectors.errors import WrongPassword
from connectors.service import receivers
from outbox.receivers import Delivered, Later, LockedOut
from ringback import config
from ringback.config import Settings
from ringback.errors import RingbackError
from tests.support.beside import Beside
from tests.support.desk import Fate

RT = "kind: rt, url: https://rt.example, project: General, user: ringback"


def load(folder: Path, connector: str) -> Settings:
    path = folder / "ringback.yaml"
    path.write_text(f"data: {folder / 'data'}\nconnectors:\n  desk: {{{connector}}}\n", encoding="utf-8")
    return config.load(path)


@pytest.mark.parametrize(
    ("connector", "words"),
    [
        ("kind: rt, url: https://rt.example, user: x", "A connector of the kind rt needs project."),
        ("kind: rt, url: https://rt.example, project: General", "A connector of the kind rt needs user."),
        ("kind: jira, project: SUP", "A connector of the kind jira needs url."),
        ("kind: glpi, url: https://glpi.example/apirest.php, project: Root", "is the number of an entity, not Root"),
        ("kind: zammad, url: 'https://u:p@zammad.example', project: x", "without user, password"),
        ("kind: otrs, url: https://x.example", "rt"),
        (f"{RT}, queues: [nowhere]", "nowhere"),
        (f"{RT}, statuses: {{done: x}}", "done"),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, connector: str, words: str) -> None:
    with pytest.raises(RingbackError) as refused:
        load(tmp_path, connector)
    assert words in str(refused.value)


def test_each_kind_has_its_receiver_and_the_courier_runs_for_it(tmp_path: Path, beside: Beside) -> None:
    for connector in (
        RT,
        "kind: zammad, url: https://zammad.example, project: Users",
        "kind: zammad_cti, url: https://zammad.example",
        "kind: jira, url: https://x.atlassian.net, project: SUP, user: a@x.example",
        "kind: glpi, url: https://glpi.example/apirest.php",
        "kind: console",
    ):
        settings = load(tmp_path, connector)
        assert settings.tells_others
        (receiver,) = receivers(settings, beside.store)
        assert receiver.name == "connector:desk"
        assert receiver.wants("call.ended")
    assert not Settings().tells_others


@pytest.mark.parametrize(
    ("fate", "result"),
    [("unsent", "outbox.late"), ("busy", "connectors.busy"), ("refused", "connectors.refused")],
)
def test_what_failed_is_tried_later(beside: Beside, fate: Fate, result: str) -> None:
    number = beside.ticket()
    beside.desk.fate = lambda _verb: fate
    told = beside.deliver(beside.event(number))
    assert isinstance(told, Later)
    assert told.why.code == result
    assert (told.seconds, told.eases) == ((3, True) if fate == "busy" else (None, False))
    beside.desk.fate = lambda _verb: "well"
    assert beside.deliver(beside.event(number)) == Delivered()


def test_a_password_that_is_refused_waits_for_a_person(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(_mark: str) -> Any:
        raise WrongPassword("connectors.wrong_password", said="HTTP 401")

    monkeypatch.setattr(beside.desk, "find", refused)
    told = beside.deliver(beside.event(beside.ticket()))
    assert isinstance(told, LockedOut)
    assert str(told.why) == "it refuses our password or token: HTTP 401"
