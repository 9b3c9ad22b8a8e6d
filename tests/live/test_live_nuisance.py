"""Nuisance callers on the real Asterisk: refused before anybody answers, in whatever way their number is written."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.trial.trial import until
from calls.models import Call
from nuisance import service
from nuisance.models import NuisanceCaller
from pbx.phones.prompt_match import Ear
from prompts import files as prompt_files
from ringback.store.base import utcnow
from tests.support.installation import SECONDS, Installation
from tests.support.raw_caller import RawCall

PROVIDER, STRANGER = "127.0.0.2", "127.0.0.3"
"""Where the trunk is, and where nobody answers for numbers."""
CHANGES: dict[str, Any] = {
    "lines": [{"number": "+12025550100", "name": "Support"}],
    "trunk": {"host": PROVIDER, "port": 9, "caller_number": "p-asserted-identity", "qualify_seconds": 0},
    "nuisance": {"hears": "busy", "calls_per_minute": 60},
}
LISTED, OFTEN = "+12025559100", "+12025559200"
BUSY = 486

House = Callable[[dict[str, Any]], Installation]


def refuse(house: Installation, number: str, came_from: str = "") -> uuid.UUID:
    with house.trial.sessions()() as session, session.begin():
        settings = house.trial.settings
        entry = service.add(session, settings, number, "Shouts", "anna", utcnow(), days=1, came_from=came_from)
        return entry.id


def code(house: Installation, caller: str, source: str = PROVIDER, *headers: str) -> int:
    """The answer to a call, which is over then."""
    with RawCall(
        house.trial.settings.sip.port, "sip:+12025550100@x", caller=caller, headers=headers, source=source
    ) as call:
        return call.code


def wait_refused(house: Installation, caller: str, source: str = PROVIDER) -> None:
    until(f"{caller} is refused", SECONDS, lambda: code(house, caller, source) == BUSY or None)


@pytest.fixture
def door(house_with: House) -> Installation:
    return house_with(CHANGES)


def test_a_listed_number_is_refused_in_every_spelling_and_answered_again_by_one_press(door: Installation) -> None:
    assert code(door, LISTED) == 200
    entry = refuse(door, LISTED)
    wait_refused(door, LISTED)
    since = utcnow()
    for spelling in ("12025559100", "2025559100", "%2B12025559100", "+1-202-555-9100"):
        assert code(door, spelling) == BUSY, spelling
    assert code(door, "4711", PROVIDER, f'P-Asserted-Identity: "x" <sip:{LISTED}@x>') == BUSY
    assert code(door, LISTED, PROVIDER, "P-Asserted-Identity: <sip:+12025559101@x>") == 200, "somebody else calls"
    assert code(door, "+12025559101") == 200

    def counted() -> int | None:
        with door.trial.sessions()() as session:
            row = session.scalars(select(NuisanceCaller).where(NuisanceCaller.id == entry)).one()
            return row.refused if row.refused >= 6 else None

    assert until("the refused calls are counted", SECONDS, counted) >= 6
    assert calls_of(door, LISTED, since) == [], "no row, no recording, no ticket"
    with door.trial.sessions()() as session, session.begin():
        service.undo(session, entry, "eva", utcnow())
    until("answered again", SECONDS, lambda: code(door, LISTED) == 200 or None)


def test_a_number_that_nobody_vouches_for_is_refused_from_its_address_alone(door: Installation) -> None:
    number = "+12025559300"
    refuse(door, number, STRANGER)
    wait_refused(door, number, STRANGER)
    assert code(door, number) == 200, "whose number it is calls through the provider"


def test_a_stranger_who_makes_up_a_number_has_no_call_of_its_owner_refused(door: Installation) -> None:
    wait_refused(door, OFTEN, STRANGER)
    assert code(door, OFTEN) == 200


def test_who_is_refused_hears_a_polite_sentence_and_is_no_call(house: Installation) -> None:
    number = "+12025559400"
    refuse(house, number)
    until("refused", SECONDS, lambda: first_answer(house, number) is None or None)
    phone, recording = house.phone("refused"), house.folder / "refused.wav"
    phone.record(recording)
    phone.call(house.trial.uri("1000"), user=number)
    Ear(recording).wait(prompt_files.sound_files("en")["nuisance"], SECONDS)
    phone.wait("disconnected", SECONDS * 2)
    assert phone.seen("confirmed") == 0, "it was never answered"


def first_answer(house: Installation, number: str) -> int | None:
    """The code of an answered call; None: it was not answered."""
    with RawCall(house.trial.settings.sip.port, "sip:1000@x", caller=number) as call:
        return call.code if call.code == 200 else None


def calls_of(house: Installation, number: str, since: datetime) -> list[str]:
    with house.trial.sessions()() as session:
        calls = select(Call.call_id).where(Call.caller_number == number, Call.arrived_at > since)
        return list(session.scalars(calls))
