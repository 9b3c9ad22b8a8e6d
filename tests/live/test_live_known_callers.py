"""Callers who are known: their language and their open ticket come first, on the real switch."""

from collections.abc import Callable
from typing import Any

from prompts import files as prompt_files
from tests.support.installation import SECONDS, Installation
from tests.support.scenarios import SETTINGS

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
            },
        },
    },
}


def test_a_caller_who_comes_again_is_asked_about_the_ticket_in_the_language_of_before(
    house_with: Callable[[dict[str, Any]], Installation],
) -> None:
    house = house_with({**KNOWN, "queues": SETTINGS["queues"]})
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
