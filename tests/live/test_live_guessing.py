"""Strangers who try to be phones of ours, on the real Asterisk: told nothing, counted, and an alarm."""

import re

import pytest

from app.trial.trial import until
from ringback.store.alarms import standing_alarms
from ringback.store.bus import Alarm
from tests.support.installation import SECONDS, Installation
from tests.support.page import Page
from tests.support.stranger import ADDRESS, Stranger

OURS, NOBODYS = "anna", "zoe7"
"""As long as one another, as every answer repeats them."""
ASKED = [
    ("REGISTER", ""),
    ("INVITE", "sip:201@127.0.0.1"),
    ("INVITE", "sip:0019005551212@127.0.0.1"),
    ("INVITE", "sip:anna@127.0.0.1"),
    ("OPTIONS", ""),
    ("OPTIONS", "sip:anna@127.0.0.1"),
    ("SUBSCRIBE", "sip:anna@127.0.0.1"),
    ("MESSAGE", "sip:anna@127.0.0.1"),
    ("PUBLISH", "sip:anna@127.0.0.1"),
    ("REFER", "sip:anna@127.0.0.1"),
]


def without_chance(answer: str) -> str:
    """What is another one in each answer, taken out."""
    text = re.sub(r'(nonce|opaque)="[^"]*"', r'\1=""', answer)
    text = re.sub(r"(branch|tag|rport)=[^;>\s]+", r"\1=", text)
    return re.sub(r"(?m)^Call-ID:.*$", "Call-ID:", text)


@pytest.mark.parametrize(("method", "uri"), ASKED)
@pytest.mark.parametrize("password", [None, "wrong"])
def test_no_answer_tells_an_agents_name_from_any_other(
    house: Installation, method: str, uri: str, password: str | None
) -> None:
    with Stranger(house.trial.settings.sip.port) as stranger:
        ours = stranger.ask(method, OURS, uri, password)
        nobodys = stranger.ask(method, NOBODYS, uri, password)
    assert ours.startswith("SIP/2.0 401")
    assert without_chance(nobodys).replace(NOBODYS, OURS) == without_chance(ours)


def test_a_phone_with_the_right_password_is_let_in(house: Installation) -> None:
    with Stranger(house.trial.settings.sip.port) as phone:
        password = house.trial.secrets().agent_passwords[OURS]
        assert phone.ask("REGISTER", OURS, password=password).startswith("SIP/2.0 200")


def test_what_only_a_line_tells(house: Installation) -> None:
    """Who dials a line is let in, but for names of agents, who are asked: what docs/security.md says is left."""
    with Stranger(house.trial.settings.sip.port) as stranger:
        answers = [stranger.ask("OPTIONS", name, house.trial.uri("1000"))[:11] for name in (OURS, NOBODYS)]
    assert answers == ["SIP/2.0 401", "SIP/2.0 200"]


def guessed(house: Installation) -> Alarm | None:
    with house.trial.sessions()() as session:
        return next((alarm for alarm in standing_alarms(session) if alarm.kind == "phones.guessed"), None)


def test_who_guesses_is_an_alarm_that_says_who_from_where_and_how_much(house: Installation) -> None:
    with Stranger(house.trial.settings.sip.port) as stranger:
        for number in range(20):
            stranger.ask("REGISTER", OURS, password=f"wrong-{number}")
            stranger.ask("REGISTER", f"{NOBODYS}-{number}", password="wrong")
    alarm = until("the alarm", 2 * SECONDS, lambda: guessed(house))
    assert alarm.level == "yellow"
    assert ADDRESS in alarm.text and OURS in alarm.text and NOBODYS not in alarm.text
    with Stranger(house.trial.settings.sip.port) as stranger:
        for number in range(320):
            stranger.ask("REGISTER", OURS, password=f"wrong-{number}")
    until("the alarm to be urgent", 2 * SECONDS, lambda: (found := guessed(house)) and found.level == "red")
    page = Page(house.trial)
    page.sign_in()
    assert f"from {ADDRESS}" in page.get("/alarms")
    written = (house.trial.settings.data / "log" / "security.log").read_text()
    assert NOBODYS not in written, "nothing that a stranger writes into From stands there"
