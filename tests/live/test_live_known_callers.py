"""Callers who are known: their language and their open ticket come first; whose ticket it is, and the word that its
agent owes it, on the real switch."""

from collections.abc import Callable
from typing import Any

from prompts import files as prompt_files
from tests.support.installation import SECONDS, Installation
from tests.support.scenarios import SETTINGS
from tickets import work

KNOWN = {
    "lines": [
        {
            "number": "1000",
            "name": "Support",
            "notice": None,
            "languages": ["ru"],
            "greets_known": True,
            "menu": "languages",
        }
    ],
    "menus": {
        "languages": {
            "prompt": "digit-5",
            "operator_queue": "support",
            "options": {
                "1": {"label": "Support", "queue": "support"},
                "2": {"label": "Russian", "language": "ru"},
                "3": {"label": "Opening hours", "end": "goodbye"},
                "4": {"label": "A bill", "queue": "billing"},
            },
        },
    },
    "queues": {
        **SETTINGS["queues"],
        "billing": {
            **SETTINGS["queues"]["billing"],
            "dispositions": {"helped": {"label": "Helped"}},
            "disposition_required": True,
            "disposition_grace_seconds": 120,
        },
    },
}


def test_a_caller_who_comes_again_is_asked_about_the_ticket_in_the_language_of_before(
    house_with: Callable[[dict[str, Any]], Installation],
) -> None:
    house = house_with(KNOWN)
    first = house.dial("1000", number="+12025550191")
    first.hear("welcome")
    first.press("2")
    first.sounds = prompt_files.sound_files("ru")
    first.hear("welcome")
    first.press("3")
    first.hear("goodbye")
    first.phone.wait("disconnected", SECONDS)
    call = house.wait_ended(first.number)
    assert (call.result, call.language, call.ended_by) == ("self_service", "ru", "us")
    ticket = call.ticket_number

    again = house.dial("1000", number=first.number)
    again.sounds = prompt_files.sound_files("ru")
    again.hear("ticket-about", "ticket-press")
    again.press("1")
    anna = house.sign_in("anna", "ringing")
    anna.wait("incoming", SECONDS)
    anna.answer()
    anna.wait("confirmed", SECONDS)
    again.phone.hangup()
    anna.wait("disconnected", SECONDS)
    calls = house.wait_calls_on(ticket, 2)
    assert [(each.result, each.language, each.about_ticket) for each in calls] == [
        ("self_service", "ru", None),
        ("served", "ru", ticket),
    ]
    assert calls[1].menu_path == [], "spared the menu"


def test_a_ticket_is_of_its_agent_whose_wrap_up_ends_with_the_disposition(
    house_with: Callable[[dict[str, Any]], Installation],
) -> None:
    house = house_with(KNOWN)
    number = "+12025550192"
    caller = house.dial("1000", number=number)
    caller.hear("welcome")
    caller.press("4")
    boris = house.sign_in("boris", "ringing")
    call = house.talk(caller, boris)
    caller.phone.hangup()
    ticket = house.wait_ended(number).ticket_number
    assert ticket is not None and house.wait_agent("boris", "wrap-up").state == "wrap-up"
    saw = {"owner": "boris", "disposition": None, "status": "open"}
    with house.trial.sessions()() as session, session.begin():
        done = work.change(
            session,
            ticket,
            "boris",
            saw,
            saw | {"disposition": "helped", "status": "solved"},
            settings=house.trial.settings,
        )
    assert (done.applied, done.conflicts) == (("status", "disposition"), {}), "boris owned it"
    assert house.wait_agent("boris", "free", seconds=30).state == "free"  # long before the grace has passed
    assert call.agent == "boris"
